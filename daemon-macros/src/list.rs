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

    /// Takes a name with dashes, of which `first` is the first word, and gives it with underscores.
    pub(crate) fn take_dashed(&mut self, first: &Ident) -> Option<(TokenStream, String)> {
        let mut tokens = first.to_token_stream();
        let mut name = first.to_string();
        while let (Some(dash), Some(TokenTree::Ident(word))) =
            (self.tokens.get(self.next), self.tokens.get(self.next + 1))
        {
            if !is_punct(Some(dash), '-') {
                break;
            }
            tokens.extend([dash.clone(), word.clone().into()]);
            name = format!("{name}_{word}");
            self.next += 2;
        }
        (*first != name).then_some((tokens, name))
    }

    /// The value that follows, if it is a single literal.
    pub(crate) fn literal_value(&self) -> Option<&TokenTree> {
        let value = self.tokens.get(self.next + 1);
        let after = self.tokens.get(self.next + 2);
        let ends = after.is_none() || is_punct(after, ',');
        value.filter(|value| {
            ends && self.is_assigned(self.next) && matches!(value, TokenTree::Literal(_))
        })
    }

    /// Whether something is next that others write between two options.
    pub(crate) fn is_separator(&self) -> bool {
        [';', '|', '+', '&'].iter().any(|&char| is_punct(self.peek(), char))
    }

    /// Whether a name is next.
    pub(crate) fn is_name(&self) -> bool {
        matches!(self.peek(), Some(TokenTree::Ident(_)))
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
        // The depth in angle brackets, whose commas do not end the expression: those of a turbofish, or
        // of a type in the head of a closure.
        let mut angles = 0_usize;
        let mut head = ClosureHead::default();
        while let Some(token) = self.peek() {
            let before = self.tokens[start..self.next].last();
            head.read(token, before);
            match token {
                TokenTree::Punct(punct) => match punct.as_char() {
                    ',' if head.is_in_parameters() => {}
                    ',' | ';' if angles == 0 => break,
                    '<' if angles > 0 || head.is_in_type() || is_punct(before, ':') => angles += 1,
                    '>' if angles > 0 && !is_punct(before, '-') => angles -= 1,
                    _ => {}
                },
                TokenTree::Ident(_)
                    if before.is_some_and(ends_operand)
                        && !head.is_in_type()
                        && self.is_end_of_option() =>
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

/// How far an expression is in the head of a closure, `|a: A| -> B`.
#[derive(Default, PartialEq)]
enum ClosureHead {
    /// At the beginning of the expression.
    #[default]
    Before,
    /// Between the bars.
    Parameters,
    /// Behind the bars.
    After,
    /// Behind the arrow.
    Output,
    /// In the body, or in another expression.
    None,
}

impl ClosureHead {
    fn read(&mut self, token: &TokenTree, before: Option<&TokenTree>) {
        let is = |char| is_punct(Some(token), char);
        *self = match self {
            ClosureHead::Before if is('|') => ClosureHead::Parameters,
            ClosureHead::Before if matches!(token, TokenTree::Ident(word) if word == "move") => {
                ClosureHead::Before
            }
            ClosureHead::Parameters if is('|') => ClosureHead::After,
            ClosureHead::Parameters => ClosureHead::Parameters,
            ClosureHead::After if is('-') => ClosureHead::After,
            ClosureHead::After if is('>') && is_punct(before, '-') => ClosureHead::Output,
            ClosureHead::Output if !matches!(token, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace) => {
                ClosureHead::Output
            }
            _ => ClosureHead::None,
        };
    }

    fn is_in_parameters(&self) -> bool {
        *self == ClosureHead::Parameters
    }

    fn is_in_type(&self) -> bool {
        matches!(self, ClosureHead::Parameters | ClosureHead::Output)
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
const KEYWORDS: &[&str] = &[
    "as", "async", "break", "const", "else", "for", "if", "in", "match", "move", "mut", "ref",
    "return", "unsafe",
];
