//! A closure that an option names, as far as the expansion has to know it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Token, Type};

use crate::item::parameters::{Parameter, read_pattern};
use crate::tokens::{is_punct, peel};

/// A closure. Whether it says `move` makes no difference: there is nothing around it to capture.
pub(crate) struct Closure {
    parameter: Option<Parameter<Option<Type>>>,
    /// Whether it has more parameters, which no step has.
    pub(crate) has_more: bool,
    /// The place of the first of the two `|`.
    pub(crate) bars: Span,
    /// `-> Type`, if it is written.
    pub(crate) output: Option<TokenStream>,
    /// The body, not parsed.
    body: TokenStream,
}

impl Closure {
    /// The closure and its parameter, if it has one.
    pub(crate) fn with_parameter(&self) -> Option<(&Self, &Parameter<Option<Type>>)> {
        self.parameter.as_ref().map(|parameter| (self, parameter))
    }

    /// The closure and its parameter, if that has no type.
    pub(crate) fn without_type(&self) -> Option<(&Self, &Parameter<Option<Type>>)> {
        self.with_parameter().filter(|(_, parameter)| parameter.ty.is_none())
    }

    /// The body, with these statements before it.
    pub(crate) fn body_after(&self, statements: TokenStream) -> TokenStream {
        let body: Vec<TokenTree> = self.body.clone().into_iter().collect();
        let (body, span) = match body.as_slice() {
            // Braces around it would be one pair too many.
            [TokenTree::Group(block)] if block.delimiter() == Delimiter::Brace => {
                (block.stream(), block.span())
            }
            _ if statements.is_empty() && self.output.is_none() && !self.never_returns() => {
                return self.body.clone();
            }
            _ => (self.body.clone(), Span::mixed_site()),
        };
        let mut block = Group::new(Delimiter::Brace, quote!(#statements #body));
        block.set_span(span);
        block.into_token_stream()
    }

    /// Whether the body is a macro that never returns. Of such a closure the compiler would ask for
    /// the type.
    pub(crate) fn never_returns(&self) -> bool {
        const MACROS: &[&str] = &["panic", "todo", "unimplemented", "unreachable"];
        let tokens: Vec<TokenTree> = self.body.clone().into_iter().collect();
        match tokens.as_slice() {
            [TokenTree::Ident(name), bang, TokenTree::Group(_)] => {
                is_punct(Some(bang), '!') && MACROS.iter().any(|known| name == known)
            }
            _ => false,
        }
    }
}

/// Reads a closure, if it is one.
pub(crate) fn parse(tokens: &TokenStream) -> Option<Closure> {
    read.parse2(peel(tokens.clone())).ok()
}

/// Whether it is an `async` closure.
pub(crate) fn is_async(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter();
    let first = tokens.next();
    let next = tokens.next();
    let is_keyword = |token: &Option<TokenTree>, keyword: &str| matches!(token, Some(TokenTree::Ident(ident)) if ident == keyword);
    is_keyword(&first, "async") && (is_punct(next.as_ref(), '|') || is_keyword(&next, "move"))
}

fn read(input: ParseStream<'_>) -> syn::Result<Closure> {
    input.parse::<Option<Token![move]>>()?;
    let bars = input.span();
    let mut parameters = Vec::new();
    if input.parse::<Option<Token![||]>>()?.is_none() {
        input.parse::<Token![|]>()?;
        while !input.peek(Token![|]) {
            parameters.push(read_parameter(input)?);
            if !input.peek(Token![|]) {
                input.parse::<Token![,]>()?;
            }
        }
        input.parse::<Token![|]>()?;
    }
    let output = match input.parse::<Option<Token![->]>>()? {
        Some(arrow) if input.peek(Token![!]) => {
            let never = input.parse::<Token![!]>()?;
            Some(quote!(#arrow #never))
        }
        Some(arrow) => {
            let ty = input.call(Type::without_plus)?;
            Some(quote!(#arrow #ty))
        }
        None => None,
    };
    let mut parameters = parameters.into_iter();
    let parameter = parameters.next();
    let has_more = parameters.next().is_some();
    Ok(Closure { parameter, has_more, bars, output, body: input.parse()? })
}

fn read_parameter(input: ParseStream<'_>) -> syn::Result<Parameter<Option<Type>>> {
    let attributes = input.call(Attribute::parse_outer)?;
    let pattern = read_pattern(input)?;
    let ty = match input.parse::<Option<Token![:]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    Ok(Parameter { attributes, pattern, ty })
}
