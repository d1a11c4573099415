//! The value of an option: a word, an expression, a function, a path, a pair or a list.

use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::Value;
use crate::closure;
use crate::habits;
use crate::list::List;
use crate::literal;
use crate::messages::{Mistake, Mistakes};
use crate::options::known::{Known, Names, Takes};
use crate::suggest::same;
use crate::tokens::{is_punct, peel};

/// Reads the value of an option, which follows its name.
pub(super) fn read(
    known: &'static Known,
    name: &Ident,
    list: &mut List,
    mistakes: &mut Mistakes,
) -> Value {
    if list.is_end_of_option() {
        return without_value(known, name, list.names, mistakes);
    }
    if let Some(names) = known.takes.names() {
        return match list.take_parenthesized() {
            Some(group) => in_parentheses(known, name, names, group, mistakes),
            None => misformed(Mistake::NotAList(known), name, list, mistakes),
        };
    }
    if list.is_separator() {
        return without_value(known, name, list.names, mistakes);
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
        Some(meaning) => Value::Meaning(meaning, name.span()),
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
    Value::List(super::read(group.stream(), names, mistakes).0)
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
        Takes::Function => function(known, tokens, mistakes),
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
    if let Some(named) = named_pair(&parts) {
        return mistaken(Mistake::NamedPair(named), tokens, mistakes);
    }
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

/// The values of a pair that is written with names: `(soft = 5, hard = 6)`.
fn named_pair(parts: &[TokenStream]) -> Option<[String; 2]> {
    let value = |part: &TokenStream, name| {
        let mut tokens = part.clone().into_iter();
        let is_named = matches!(tokens.next(), Some(TokenTree::Ident(ident)) if ident == name)
            && is_punct(tokens.next().as_ref(), '=');
        is_named.then(|| tokens.collect::<TokenStream>().to_string())
    };
    match parts {
        [a, b] => Some([
            value(a, "soft").or_else(|| value(b, "soft"))?,
            value(b, "hard").or_else(|| value(a, "hard"))?,
        ]),
        _ => None,
    }
}

/// Reads a function: its path, or a closure.
fn function(known: &'static Known, tokens: TokenStream, mistakes: &mut Mistakes) -> Value {
    let peeled = peel(tokens.clone());
    if closure::is_async(&peeled) {
        return mistaken(Mistake::Async(known), tokens, mistakes);
    }
    if closure::parse(&peeled).is_some_and(|closure| closure.has_more) {
        return mistaken(Mistake::ClosureOfMany(known), tokens, mistakes);
    }
    if let Some(path) = called(&peeled) {
        return mistaken(Mistake::Called { option: known, path }, tokens, mistakes);
    }
    word_or_expression(known, tokens, mistakes)
}

/// The path of a function that is called without arguments.
fn called(tokens: &TokenStream) -> Option<String> {
    let mut tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let Some(TokenTree::Group(arguments)) = tokens.pop() else { return None };
    let is_path = tokens.iter().all(|token| {
        matches!(token, TokenTree::Ident(_))
            || [':', '<', '>', ','].iter().any(|&char| is_punct(Some(token), char))
    });
    let is_call = arguments.delimiter() == Delimiter::Parenthesis && arguments.stream().is_empty();
    let path: TokenStream = tokens.iter().cloned().collect();
    (is_call && is_path && !tokens.is_empty()).then(|| path.to_string().replace(' ', ""))
}

/// Reads one of the words that the option takes, or an expression.
fn word_or_expression(
    known: &'static Known,
    tokens: TokenStream,
    mistakes: &mut Mistakes,
) -> Value {
    let peeled = peel(tokens.clone());
    if let Some(ident) = single_ident(&peeled) {
        let text = ident.to_string();
        if let Some(word) = known.words.iter().find(|word| word.name == text) {
            return Value::Meaning(word.means, ident.span());
        }
        if let Some(mistake) = no_word(known, &text) {
            return mistaken(mistake, tokens, mistakes);
        }
    }
    if let Some(mistake) = habits::mistake(known, &peeled) {
        return mistaken(mistake, tokens, mistakes);
    }
    match literal::check(known, &peeled) {
        Ok(()) => Value::Written(tokens),
        Err(mistake) => mistaken(mistake, tokens, mistakes),
    }
}

/// The mistake in a name alone that is none of the option's words, unless it may be a constant's.
fn no_word(known: &'static Known, text: &str) -> Option<Mistake> {
    if let Some(mistake) = habits::word(known, text) {
        return Some(mistake);
    }
    if let Some(word) = known.words.iter().find(|word| same(word.name, text)) {
        return Some(Mistake::WordSpelling { word: word.name });
    }
    let is_word = text.chars().all(|c| c.is_ascii_lowercase());
    if !is_word {
        return None;
    }
    if known.takes.is_text() && known.words.is_empty() {
        return Some(Mistake::NoQuotes { option: known, text: text.to_owned() });
    }
    (!known.words.is_empty()).then_some(Mistake::UnknownWord(known))
}

/// A single identifier.
fn single_ident(tokens: &TokenStream) -> Option<Ident> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(ident)), None) => Some(ident),
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
