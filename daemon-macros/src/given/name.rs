//! The names in a list: which one is meant.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;

use crate::list::List;
use crate::literal;
use crate::messages::{Mistake, Mistakes};
use crate::options::known::{Known, Names};
use crate::suggest::{self, same};

/// The mistake that a token is where a name was expected.
pub(super) fn not_a_name(token: &TokenTree, names: &'static Names) -> Mistake {
    let string = match token {
        TokenTree::Literal(literal) => literal::string(literal),
        _ => None,
    };
    match string {
        Some(name) => names.find(&name).map_or(Mistake::BareString(names), Mistake::QuotedName),
        None => Mistake::NotAnOption { names, found: token.to_string() },
    }
}

/// Looks the name up among those that the list can have.
pub(super) fn find(
    name: &Ident,
    list: &mut List,
    mistakes: &mut Mistakes,
) -> Option<&'static Known> {
    let names = list.names;
    if list.is_path_separator() {
        mistakes.push(list.take_path(name), Mistake::PathAsName(names));
        return None;
    }
    if let Some((tokens, text)) = list.take_dashed(name) {
        mistakes.push(tokens, unknown(names, text, list));
        return None;
    }
    let text = name.to_string();
    let known = names.find(&text);
    if known.is_none() {
        mistakes.push(name, unknown(names, text, list));
    }
    known
}

/// The mistake in a name that is not in the table: it is misspelt, or another word for an option.
fn unknown(names: &'static Names, found: String, list: &List) -> Mistake {
    if let Some(name) = found.strip_prefix("r#") {
        if names.find(name).is_some() {
            return Mistake::RawOption { name: name.to_owned() };
        }
    }
    if let Some(known) = spelt_otherwise(names, &found) {
        return Mistake::Spelling(known);
    }
    if let Some((_, advice)) = names.synonyms.iter().find(|(other, _)| same(other, &found)) {
        return Mistake::Synonym { names, found, advice };
    }
    if let Some((option, entry)) = in_list_of_option(names, &found) {
        let value = list.literal_value().map(ToTokens::into_token_stream);
        return Mistake::InList { option, entry: written(entry, value) };
    }
    let meant = suggest::meant(&found, names.all.iter().map(|known| known.name));
    Mistake::UnknownOption { names, found, meant }
}

/// The name that this is in other letters, or in C.
fn spelt_otherwise(names: &'static Names, found: &str) -> Option<&'static Known> {
    names.all.iter().find(|known| {
        same(known.name, found)
            || names.prefixes.iter().any(|prefix| same(&format!("{prefix}{}", known.name), found))
    })
}

/// The option in whose list there is this name, and the name.
fn in_list_of_option(
    names: &'static Names,
    found: &str,
) -> Option<(&'static Known, &'static Known)> {
    names.all.iter().find_map(|option| {
        let entry = spelt_otherwise(option.takes.names()?, found)?;
        Some((option, entry))
    })
}

/// The entry of a list, with the value that the user gave.
fn written(entry: &Known, value: Option<TokenStream>) -> String {
    match value {
        Some(value) => format!("{} = {value}", entry.name),
        None => entry.to_string(),
    }
}
