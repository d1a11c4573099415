//! A list in parentheses, token by token. The values in it are not parsed: that is rustc's work.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use crate::options::known::Names;
use crate::tokens::is_punct;

/// The tokens between the parentheses.
pub(crate) struct List {
    tokens: Vec<TokenTree>,
    next: usize,
    /// The names that it can have.
    pub(crate) names: &'static Names,
}

impl List {
    pub(crate) fn new(tokens: TokenStream, names: &'static Names) -> Self {
        List { tokens: tokens.into_iter().collect(), next: 0, names }
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.next)
    }

    pub(crate) fn take(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.next)?.clone();
        self.next += 1;
        Some(token)
    }

    pub(crate) fn take_if(
        &mut self,
        condition: impl FnOnce(&TokenTree) -> bool,
    ) -> Option<TokenTree> {
        if condition(self.peek()?) { self.take() } else { None }
    }

    /// Takes the `=` of an option, if it is next.
    pub(crate) fn take_equals(&mut self) -> Option<Punct> {
        match self.peek() {
            Some(TokenTree::Punct(equals)) if self.is_assigned(self.next) => {
                let equals = equals.clone();
                self.next += 1;
                Some(equals)
            }
            _ => None,
        }
    }

    /// Takes a path, of which `first` is the first segment.
    pub(crate) fn take_path(&mut self, first: &Ident) -> TokenStream {
        let mut path = first.to_token_stream();
        while let Some(token) =
            self.take_if(|token| is_punct(Some(token), ':') || matches!(token, TokenTree::Ident(_)))
        {
            path.extend([token]);
        }
        path
    }

    /// Takes a group in parentheses, if it is next.
    pub(crate) fn take_parenthesized(&mut self) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                let group = group.clone();
                self.next += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// Takes everything as the parts of a tuple, if it is one.
    pub(crate) fn take_parts(mut self) -> Option<Vec<TokenStream>> {
        let mut parts = Vec::new();
        while self.peek().is_some() {
            parts.push(self.take_value());
            let comma = self.take_if(|token| is_punct(Some(token), ','));
            if comma.is_none() && (parts.len() == 1 || self.peek().is_some()) {
                return None;
            }
        }
        Some(parts)
    }

    /// Takes an expression, up to a comma or to a token that cannot continue it, such as the name of
    /// the next option.
    pub(crate) fn take_value(&mut self) -> TokenStream {
        let start = self.next;
        // The depth in the angle brackets of a turbofish, whose commas do not end the expression.
        let mut angles = 0_usize;
        while let Some(token) = self.peek() {
            let before = self.tokens[start..self.next].last();
            match token {
                TokenTree::Punct(punct) => match punct.as_char() {
                    ',' | ';' if angles == 0 => break,
                    '<' if angles > 0 || is_punct(before, ':') => angles += 1,
                    '>' if angles > 0 && !is_punct(before, '-') => angles -= 1,
                    _ => {}
                },
                TokenTree::Ident(_)
                    if before.is_some_and(ends_operand) && self.is_end_of_option() =>
                {
                    break;
                }
                TokenTree::Literal(_) if before.is_some_and(ends_operand) => break,
                _ => {}
            }
            self.next += 1;
        }
        self.tokens[start..self.next].iter().cloned().collect()
    }

    /// Whether the token there is `=`, and not the beginning of `==` or `=>`.
    fn is_assigned(&self, index: usize) -> bool {
        let next = self.tokens.get(index + 1);
        match self.tokens.get(index) {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
                punct.spacing() == Spacing::Alone || !(is_punct(next, '=') || is_punct(next, '>'))
            }
            _ => false,
        }
    }

    /// Skips an option that is not understood, up to a comma or to the name of the next one.
    pub(crate) fn skip_option(&mut self) {
        self.take_if(|token| is_punct(Some(token), '='));
        self.take_value();
    }

    /// Whether the option ends here, even if its comma is missing.
    pub(crate) fn is_end_of_option(&self) -> bool {
        match self.peek() {
            None => true,
            Some(TokenTree::Ident(name)) => {
                // `as` is a resource too, but here most likely a cast.
                let is_name = name != "as" && self.names.find(&name.to_string()).is_some();
                is_name || self.is_assigned(self.next + 1)
            }
            token => is_punct(token, ','),
        }
    }

    /// Whether `::` is next.
    pub(crate) fn is_path_separator(&self) -> bool {
        matches!(
            self.peek(),
            Some(TokenTree::Punct(punct))
                if punct.as_char() == ':' && punct.spacing() == Spacing::Joint
        )
    }
}

/// Whether an expression may end with this token. Then neither a literal can follow nor a name,
/// except `as`.
fn ends_operand(token: &TokenTree) -> bool {
    match token {
        TokenTree::Literal(_) | TokenTree::Group(_) => true,
        TokenTree::Ident(ident) => !KEYWORDS.contains(&ident.to_string().as_str()),
        TokenTree::Punct(_) => false,
    }
}

/// The keywords that can be before a name in an expression.
const KEYWORDS: &[&str] =
    &["as", "async", "const", "else", "for", "if", "in", "match", "move", "mut", "ref", "unsafe"];
