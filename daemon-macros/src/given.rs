//! What the user wrote in the attribute's brackets, and in those of an option that takes a list.

use std::iter;

use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};

use crate::list::List;
use crate::literal;
use crate::messages::{Mistake, Mistakes};
use crate::options::OPTIONS;
use crate::options::known::{Known, Names, Takes};
use crate::suggest;
use crate::tokens::{is_punct, peel};

/// An option as the user wrote it, or a name in the list of one.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) known: &'static Known,
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

impl Given {
    /// The option, and what stands in its brackets.
    pub(crate) fn with_entries(&self) -> impl Iterator<Item = &Given> {
        let entries = match &self.value {
            Value::List(entries) => entries.as_slice(),
            _ => &[],
        };
        iter::once(self).chain(entries)
    }
}

#[derive(Debug)]
pub(crate) enum Value {
    /// None, or a word: what that means in the library.
    Meaning(&'static str),
    /// An expression, or a path for `crate`, as the user wrote it.
    Written(TokenStream),
    /// Two words or expressions in parentheses, which are at this place.
    Pair(Box<[Value; 2]>, Span),
    /// What stands in the brackets of an option that takes a list.
    List(Vec<Given>),
    /// A mistake, which is reported already.
    Mistaken,
}

/// The options that were given, each once.
#[derive(Debug)]
pub(crate) struct Options(Vec<Given>);

impl Options {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Given> {
        self.0.iter()
    }

    /// What was written after `name =`.
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
    if let Some(Given { name, value: Value::List(_), .. }) = options.find("capabilities") {
        // One that was not understood may be meant for `user`; `configure` may set it.
        if all_understood && options.find("user").or(options.find("configure")).is_none() {
            mistakes.push(name, Mistake::CapabilitiesWithoutUser);
        }
    }
    options
}

/// Reads a list, and says whether every name in it was understood.
fn read(tokens: TokenStream, names: &'static Names, mistakes: &mut Mistakes) -> (Vec<Given>, bool) {
    let mut list = List::new(tokens, names);
    let mut all: Vec<Given> = Vec::new();
    let mut all_understood = true;
    while let Some(token) = list.take() {
        match token {
            TokenTree::Ident(name) => match option(name, &mut list, mistakes) {
                Some(given)
                    if all.iter().any(|earlier| std::ptr::eq(earlier.known, given.known)) =>
                {
                    mistakes.push(&given.name, Mistake::Duplicate(names, given.known));
                }
                Some(given) => all.push(given),
                None => all_understood = false,
            },
            TokenTree::Literal(literal) if literal::string(&literal).is_some() => {
                let known = literal::string(&literal).and_then(|name| names.find(&name));
                let mistake = known.map_or(Mistake::BareString(names), Mistake::QuotedName);
                mistakes.push(literal, mistake);
                list.skip_option();
                all_understood = false;
            }
            found => {
                let text = found.to_string();
                let is_comma = is_punct(Some(&found), ',');
                mistakes.push(found, Mistake::NotAnOption { names, found: text });
                if is_comma {
                    continue;
                }
                list.skip_option();
                all_understood = false;
            }
        }
        list.take_if(|token| is_punct(Some(token), ','));
    }
    (all, all_understood)
}

/// Reads one option, of which `name` is the first token.
fn option(name: Ident, list: &mut List, mistakes: &mut Mistakes) -> Option<Given> {
    let names = list.names;
    if list.is_path_separator() {
        let mut path = TokenStream::from(TokenTree::Ident(name));
        while let Some(token) =
            list.take_if(|token| is_punct(Some(token), ':') || matches!(token, TokenTree::Ident(_)))
        {
            path.extend([token]);
        }
        mistakes.push(path, Mistake::PathAsName(names));
        list.skip_option();
        return None;
    }

    let text = name.to_string();
    let Some(known) = names.find(&text) else {
        mistakes.push(&name, unknown(names, text));
        list.skip_option();
        return None;
    };

    let value = if list.is_end_of_option() {
        match known.bare {
            Some(meaning) => Value::Meaning(meaning),
            None if known.takes.names().is_some() => {
                mistakes.push(&name, Mistake::NotAList(known));
                Value::Mistaken
            }
            None => {
                mistakes.push(&name, Mistake::NoValue(names, known));
                Value::Mistaken
            }
        }
    } else if let Some(entries) = known.takes.names() {
        match list.take_parenthesized() {
            Some(group) => entries_of(known, &name, entries, group, mistakes),
            None => misformed(Mistake::NotAList(known), &name, list, mistakes),
        }
    } else if matches!(known.takes, Takes::Nothing) {
        misformed(Mistake::FlagWithValue(known), &name, list, mistakes)
    } else if let Some(equals) = list.take_equals() {
        value(known, &name, &equals, list, mistakes)
    } else if let Some(TokenTree::Group(_)) = list.peek() {
        misformed(Mistake::ListForm(known), &name, list, mistakes)
    } else {
        misformed(Mistake::NoEquals(known), &name, list, mistakes)
    };
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
    Some(Given { known, name, value })
}

/// Reports an option whose name is followed by something that cannot follow it, and skips it.
fn misformed(mistake: Mistake, name: &Ident, list: &mut List, mistakes: &mut Mistakes) -> Value {
    let mut tokens = TokenStream::from(TokenTree::Ident(name.clone()));
    tokens.extend(list.take());
    tokens.extend(list.take_value());
    mistakes.push(tokens, mistake);
    Value::Mistaken
}

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

/// Reads what stands in the brackets after `name`.
fn entries_of(
    known: &'static Known,
    name: &Ident,
    names: &'static Names,
    group: Group,
    mistakes: &mut Mistakes,
) -> Value {
    if group.stream().is_empty() {
        let mut option = TokenStream::from(TokenTree::Ident(name.clone()));
        option.extend([TokenTree::Group(group)]);
        mistakes.push(option, Mistake::EmptyList(names, known));
        return Value::Mistaken;
    }
    Value::List(read(group.stream(), names, mistakes).0)
}

/// Reads what stands after `name =`.
fn value(
    known: &'static Known,
    name: &Ident,
    equals: &Punct,
    list: &mut List,
    mistakes: &mut Mistakes,
) -> Value {
    let tokens = list.take_value();
    if tokens.is_empty() {
        let mut option = TokenStream::from(TokenTree::Ident(name.clone()));
        option.extend([TokenTree::Punct(equals.clone())]);
        mistakes.push(option, Mistake::EmptyValue(known));
        return Value::Mistaken;
    }
    // A fragment of `macro_rules!` comes in a group without delimiters.
    let bare = peel(tokens.clone());

    if matches!(known.takes, Takes::Crate) && !literal::is_literal(&bare) {
        return match syn::parse2::<syn::Path>(bare.clone()) {
            // A `use` takes no group.
            Ok(_) => Value::Written(bare),
            Err(_) => {
                mistakes.push(tokens, Mistake::NotAPath);
                Value::Mistaken
            }
        };
    }
    if let (Takes::Limit(_), Some(parts)) = (known.takes, tuple(&bare, list.names)) {
        return pair(known, tokens, parts, mistakes);
    }
    word_or_expression(known, tokens, mistakes)
}

/// Reads one of the words that the option takes, or an expression.
fn word_or_expression(
    known: &'static Known,
    tokens: TokenStream,
    mistakes: &mut Mistakes,
) -> Value {
    let bare = peel(tokens.clone());
    if let Some(text) = single_word(&bare) {
        if let Some(word) = known.words.iter().find(|word| word.name == text) {
            return Value::Meaning(word.means);
        }
        if !known.words.is_empty() {
            mistakes.push(tokens, Mistake::UnknownWord(known));
            return Value::Mistaken;
        }
    }
    match literal::check(known, &bare) {
        Ok(()) => Value::Written(tokens),
        Err(mistake) => {
            mistakes.push(tokens, mistake);
            Value::Mistaken
        }
    }
}

/// Reads the two parts of a `(soft, hard)`.
fn pair(
    known: &'static Known,
    tokens: TokenStream,
    parts: Vec<TokenStream>,
    mistakes: &mut Mistakes,
) -> Value {
    let parts = match <[TokenStream; 2]>::try_from(parts) {
        Ok(parts) if parts.iter().all(|part| !part.is_empty()) => parts,
        _ => {
            mistakes.push(tokens, Mistake::UnknownWord(known));
            return Value::Mistaken;
        }
    };
    let parts = parts.map(|part| word_or_expression(known, part, mistakes));
    if let [Some(soft), Some(hard)] = parts.each_ref().map(Value::number) {
        if soft > hard {
            mistakes.push(tokens, Mistake::SoftAboveHard);
            return Value::Mistaken;
        }
    }
    let parentheses = peel(tokens).into_iter().map(|group| group.span()).next();
    Value::Pair(Box::new(parts), parentheses.unwrap_or_else(Span::call_site))
}

impl Value {
    /// The limit that this is, as far as the macro can tell.
    fn number(&self) -> Option<u64> {
        match self {
            Value::Meaning(_) => Some(u64::MAX),
            Value::Written(tokens) => literal::number(&peel(tokens.clone())),
            _ => None,
        }
    }
}

/// The parts of a tuple, if this is one, in the list of an option of these `names`.
fn tuple(tokens: &TokenStream, names: &'static Names) -> Option<Vec<TokenStream>> {
    let mut iter = tokens.clone().into_iter();
    let (Some(TokenTree::Group(group)), None) = (iter.next(), iter.next()) else { return None };
    if group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    List::new(group.stream(), names).take_parts()
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
