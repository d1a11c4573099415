//! The options as the user gave them, read from the attribute's parentheses and from those of an
//! option that takes a list.

use std::iter;

use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::list::List;
use crate::literal;
use crate::messages::{Mistake, Mistakes};
use crate::options::OPTIONS;
use crate::options::known::{Known, Names, Takes};
use crate::suggest;
use crate::tokens::{is_punct, peel};

/// An option as the user gave it, or an entry in the list of one.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) known: &'static Known,
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

impl Given {
    /// The option, and the entries in its list.
    pub(crate) fn with_entries(&self) -> impl Iterator<Item = &Given> {
        let entries = match &self.value {
            Value::List(entries) => entries.as_slice(),
            _ => &[],
        };
        iter::once(self).chain(entries)
    }
}

/// The value of an option, as far as it is understood.
#[derive(Debug)]
pub(crate) enum Value {
    /// No value, or a word: the path of its meaning in the library.
    Meaning(&'static str),
    /// An expression, or a path for `crate`, as the user wrote it.
    Written(TokenStream),
    /// Two words or expressions, and the place of the parentheses around them.
    Pair(Box<[Value; 2]>, Span),
    /// The entries in the parentheses of an option that takes a list.
    List(Vec<Given>),
    /// A mistake, which has been reported.
    Mistaken,
}

impl Value {
    /// The value as a limit, if the macro can tell.
    fn number(&self) -> Option<u64> {
        match self {
            Value::Meaning(_) => Some(u64::MAX),
            Value::Written(tokens) => literal::number(&peel(tokens.clone())),
            _ => None,
        }
    }
}

/// The options that were given, each once.
#[derive(Debug)]
pub(crate) struct Options(Vec<Given>);

impl Options {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Given> {
        self.0.iter()
    }

    /// The tokens after `name =`.
    pub(crate) fn written(&self, name: &str) -> Option<&TokenStream> {
        self.find(name).and_then(|given| match &given.value {
            Value::Written(tokens) => Some(tokens),
            _ => None,
        })
    }

    fn find(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|given| given.known.name == name)
    }
}

/// Reads the list of options, and goes on after each mistake.
pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Options {
    let (given, all_understood) = read(tokens, &OPTIONS, mistakes);
    let options = Options(given);
    // An option that was not understood may be meant for `user`.
    if all_understood {
        check_capabilities(&options, mistakes);
    }
    options
}

/// `capabilities` needs `user`, or a `configure` that may set it.
fn check_capabilities(options: &Options, mistakes: &mut Mistakes) {
    if let Some(Given { name, value: Value::List(_), .. }) = options.find("capabilities") {
        if options.find("user").or(options.find("configure")).is_none() {
            mistakes.push(name, Mistake::CapabilitiesWithoutUser);
        }
    }
}

/// Reads a list, and says whether every name in it was understood.
fn read(tokens: TokenStream, names: &'static Names, mistakes: &mut Mistakes) -> (Vec<Given>, bool) {
    let mut list = List::new(tokens, names);
    let mut all: Vec<Given> = Vec::new();
    let mut all_understood = true;
    while let Some(first) = list.take() {
        if is_punct(Some(&first), ',') {
            mistakes.push(first, Mistake::NotAnOption { names, found: ",".to_owned() });
            continue;
        }
        match entry(first, &mut list, mistakes) {
            Some(given) if all.iter().any(|earlier| std::ptr::eq(earlier.known, given.known)) => {
                mistakes.push(&given.name, Mistake::Duplicate(names, given.known));
            }
            Some(given) => all.push(given),
            None => all_understood = false,
        }
        list.take_if(|token| is_punct(Some(token), ','));
    }
    (all, all_understood)
}

/// Reads the entry that begins with `first`, or skips it if it is not understood.
fn entry(first: TokenTree, list: &mut List, mistakes: &mut Mistakes) -> Option<Given> {
    let entry = match first {
        TokenTree::Ident(name) => option(name, list, mistakes),
        other => {
            let mistake = not_a_name(&other, list.names);
            mistakes.push(other, mistake);
            None
        }
    };
    if entry.is_none() {
        list.skip_option();
    }
    entry
}

/// The mistake that a token is where a name was expected.
fn not_a_name(token: &TokenTree, names: &'static Names) -> Mistake {
    let string = match token {
        TokenTree::Literal(literal) => literal::string(literal),
        _ => None,
    };
    match string {
        Some(name) => names.find(&name).map_or(Mistake::BareString(names), Mistake::QuotedName),
        None => Mistake::NotAnOption { names, found: token.to_string() },
    }
}

/// Reads an option: its name, its value, and a comma or the end.
fn option(name: Ident, list: &mut List, mistakes: &mut Mistakes) -> Option<Given> {
    let known = find(&name, list, mistakes)?;
    let value = value(known, &name, list, mistakes);
    expect_comma(list, mistakes);
    Some(Given { known, name, value })
}

/// Looks the name up among those that the list can have.
fn find(name: &Ident, list: &mut List, mistakes: &mut Mistakes) -> Option<&'static Known> {
    let names = list.names;
    if list.is_path_separator() {
        mistakes.push(list.take_path(name), Mistake::PathAsName(names));
        return None;
    }
    let text = name.to_string();
    let known = names.find(&text);
    if known.is_none() {
        mistakes.push(name, unknown(names, text));
    }
    known
}

/// The mistake in a name that is not in the table: it is misspelt, or another word for an option.
fn unknown(names: &'static Names, found: String) -> Mistake {
    if let Some(name) = found.strip_prefix("r#") {
        if names.find(name).is_some() {
            return Mistake::RawOption { name: name.to_owned() };
        }
    }
    let lowercase = found.to_lowercase();
    if let Some(known) = names.find(lowercase.strip_prefix(names.prefix).unwrap_or(&lowercase)) {
        return Mistake::Spelling(known);
    }
    if let Some((_, option, does)) = names.synonyms.iter().find(|(other, ..)| *other == found) {
        return Mistake::Synonym { found, option, does };
    }
    let meant = suggest::nearest(&found, names.all.iter().map(|known| known.name));
    Mistake::UnknownOption { names, found, meant }
}

fn expect_comma(list: &mut List, mistakes: &mut Mistakes) {
    match list.peek() {
        Some(TokenTree::Ident(next)) => {
            mistakes.push(next, Mistake::NoComma { before: next.to_string() });
        }
        Some(next) if !is_punct(Some(next), ',') => {
            mistakes.push(next, Mistake::NotAComma { found: next.to_string() });
            list.take();
            list.skip_option();
        }
        _ => {}
    }
}

/// Reads the value of an option, which follows its name.
fn value(known: &'static Known, name: &Ident, list: &mut List, mistakes: &mut Mistakes) -> Value {
    if list.is_end_of_option() {
        return without_value(known, name, list.names, mistakes);
    }
    if let Some(names) = known.takes.names() {
        return match list.take_parenthesized() {
            Some(group) => in_parentheses(known, name, names, group, mistakes),
            None => misformed(Mistake::NotAList(known), name, list, mistakes),
        };
    }
    if let Takes::Nothing = known.takes {
        return misformed(Mistake::FlagWithValue(known), name, list, mistakes);
    }
    if let Some(equals) = list.take_equals() {
        return after_equals(known, name, &equals, list, mistakes);
    }
    let mistake = match list.peek() {
        Some(TokenTree::Group(_)) => Mistake::ListForm(known),
        _ => Mistake::NoEquals(known),
    };
    misformed(mistake, name, list, mistakes)
}

/// The value of an option that is a name alone.
fn without_value(
    known: &'static Known,
    name: &Ident,
    names: &'static Names,
    mistakes: &mut Mistakes,
) -> Value {
    match known.bare {
        Some(meaning) => Value::Meaning(meaning),
        None if known.takes.names().is_some() => mistaken(Mistake::NotAList(known), name, mistakes),
        None => mistaken(Mistake::NoValue(names, known), name, mistakes),
    }
}

/// Reads the entries of a list.
fn in_parentheses(
    known: &'static Known,
    name: &Ident,
    names: &'static Names,
    group: Group,
    mistakes: &mut Mistakes,
) -> Value {
    if group.stream().is_empty() {
        return mistaken(Mistake::EmptyList(names, known), quote!(#name #group), mistakes);
    }
    Value::List(read(group.stream(), names, mistakes).0)
}

/// Reads an expression, a word, a path or a pair.
fn after_equals(
    known: &'static Known,
    name: &Ident,
    equals: &Punct,
    list: &mut List,
    mistakes: &mut Mistakes,
) -> Value {
    let tokens = list.take_value();
    if tokens.is_empty() {
        return mistaken(Mistake::EmptyValue(known), quote!(#name #equals), mistakes);
    }
    match known.takes {
        Takes::Crate => path(known, tokens, mistakes),
        Takes::Limit(_) => limit(known, tokens, list.names, mistakes),
        _ => word_or_expression(known, tokens, mistakes),
    }
}

/// Reads the path of the library.
fn path(known: &'static Known, tokens: TokenStream, mistakes: &mut Mistakes) -> Value {
    // A fragment of `macro_rules!` comes in a group, which a `use` does not take.
    let path = peel(tokens.clone());
    if literal::is_literal(&path) {
        return word_or_expression(known, tokens, mistakes);
    }
    match syn::parse2::<syn::Path>(path.clone()) {
        Ok(_) => Value::Written(path),
        Err(_) => mistaken(Mistake::NotAPath, tokens, mistakes),
    }
}

/// Reads a limit, or a `(soft, hard)`.
fn limit(
    known: &'static Known,
    tokens: TokenStream,
    names: &'static Names,
    mistakes: &mut Mistakes,
) -> Value {
    match tuple(&peel(tokens.clone()), names) {
        Some((parts, parentheses)) => pair(known, tokens, parts, parentheses, mistakes),
        None => word_or_expression(known, tokens, mistakes),
    }
}

/// The parts of a tuple and the place of its parentheses, if this is one, in a list of these `names`.
fn tuple(tokens: &TokenStream, names: &'static Names) -> Option<(Vec<TokenStream>, Span)> {
    let mut iter = tokens.clone().into_iter();
    let (Some(TokenTree::Group(group)), None) = (iter.next(), iter.next()) else { return None };
    if group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let parts = List::new(group.stream(), names).take_parts()?;
    Some((parts, group.span()))
}

/// Reads the two parts of a `(soft, hard)`.
fn pair(
    known: &'static Known,
    tokens: TokenStream,
    parts: Vec<TokenStream>,
    parentheses: Span,
    mistakes: &mut Mistakes,
) -> Value {
    let parts = match <[TokenStream; 2]>::try_from(parts) {
        Ok(parts) if parts.iter().all(|part| !part.is_empty()) => parts,
        _ => return mistaken(Mistake::UnknownWord(known), tokens, mistakes),
    };
    let parts = parts.map(|part| word_or_expression(known, part, mistakes));
    if let [Some(soft), Some(hard)] = parts.each_ref().map(Value::number) {
        if soft > hard {
            return mistaken(Mistake::SoftAboveHard, tokens, mistakes);
        }
    }
    Value::Pair(Box::new(parts), parentheses)
}

/// Reads one of the words that the option takes, or an expression.
fn word_or_expression(
    known: &'static Known,
    tokens: TokenStream,
    mistakes: &mut Mistakes,
) -> Value {
    let peeled = peel(tokens.clone());
    if let Some(text) = single_word(&peeled) {
        if let Some(word) = known.words.iter().find(|word| word.name == text) {
            return Value::Meaning(word.means);
        }
        if !known.words.is_empty() {
            return mistaken(Mistake::UnknownWord(known), tokens, mistakes);
        }
    }
    match literal::check(known, &peeled) {
        Ok(()) => Value::Written(tokens),
        Err(mistake) => mistaken(mistake, tokens, mistakes),
    }
}

/// The text of a single all-lowercase identifier.
fn single_word(tokens: &TokenStream) -> Option<String> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(ident)), None) => {
            let text = ident.to_string();
            text.chars().all(|c| c.is_ascii_lowercase()).then_some(text)
        }
        _ => None,
    }
}

/// Reports an option whose name is followed by something that cannot follow it, and skips it.
fn misformed(mistake: Mistake, name: &Ident, list: &mut List, mistakes: &mut Mistakes) -> Value {
    let next = list.take();
    let rest = list.take_value();
    mistaken(mistake, quote!(#name #next #rest), mistakes)
}

/// Reports a mistake, to be shown under `tokens`.
fn mistaken(mistake: Mistake, tokens: impl ToTokens, mistakes: &mut Mistakes) -> Value {
    mistakes.push(tokens, mistake);
    Value::Mistaken
}
