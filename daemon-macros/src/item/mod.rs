//! The item below the attribute. Its signature is parsed; its body stays as it is.

pub(crate) mod parameters;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::token::{Brace, Paren};
use syn::{Attribute, Generics, Token, Type, Visibility, WhereClause, braced, parenthesized};

use crate::item::parameters::Parameter;
use crate::messages::{Mistake, Mistakes};
use crate::tokens::peel;

/// The user's `main`.
pub(crate) struct Main {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// `async`, or one that `main` cannot have: `const`, `unsafe`, `extern "C"`.
    pub(crate) qualifiers: TokenStream,
    pub(crate) fn_token: Token![fn],
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) parentheses: Paren,
    pub(crate) parameters: Vec<Parameter>,
    /// `-> Type`, or nothing.
    pub(crate) output: TokenStream,
    /// Whether that type is `!`.
    pub(crate) never_returns: bool,
    pub(crate) where_clause: Option<WhereClause>,
    pub(crate) braces: Brace,
    /// `#![…]`, which must stay before every statement.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// The body, not parsed.
    pub(crate) statements: TokenStream,
}

/// Reads the item. One that is not a `fn main` is given back as it is.
pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Result<Main, TokenStream> {
    let tokens = peel(tokens);
    match (|input: ParseStream<'_>| read(input, mistakes)).parse2(tokens.clone()) {
        Ok(Some(main)) => Ok(main),
        Ok(None) => Err(tokens),
        Err(error) => {
            mistakes.push_syntax(error);
            Err(tokens)
        }
    }
}

fn read(input: ParseStream<'_>, mistakes: &mut Mistakes) -> syn::Result<Option<Main>> {
    let attributes = read_attributes(input, mistakes)?;
    let visibility = input.parse()?;
    let qualifiers = read_qualifiers(input)?;
    let Some((fn_token, name)) = read_name(input, &qualifiers, mistakes)? else {
        return Ok(None);
    };
    let qualifiers = check_qualifiers(qualifiers, &attributes, mistakes);
    let generics = read_generics(input, mistakes)?;
    let content;
    let parentheses = parenthesized!(content in input);
    let parameters = parameters::read(&content, mistakes)?;
    let (output, never_returns) = read_output(input)?;
    let where_clause = read_where_clause(input, mistakes)?;
    let content;
    let braces = braced!(content in input);
    let inner_attributes = content.call(Attribute::parse_inner)?;
    let statements = content.parse()?;
    Ok(Some(Main {
        attributes,
        visibility,
        qualifiers,
        fn_token,
        name,
        generics,
        parentheses,
        parameters,
        output,
        never_returns,
        where_clause,
        braces,
        inner_attributes,
        statements,
    }))
}

/// The other attributes. A second `#[daemon::main]` is a mistake, as is a `#[test]` of any crate, and
/// is left out.
fn read_attributes(input: ParseStream<'_>, mistakes: &mut Mistakes) -> syn::Result<Vec<Attribute>> {
    let mut attributes = input.call(Attribute::parse_outer)?;
    attributes.retain(|attribute| {
        let twice = is_this_attribute(attribute);
        let test = is_test(attribute);
        if twice {
            mistakes.push(attribute, Mistake::Twice);
        }
        if test {
            mistakes.push(attribute, Mistake::Test);
        }
        !(twice || test)
    });
    Ok(attributes)
}

/// Whether it is `#[daemon::main]`, judging by its path.
fn is_this_attribute(attribute: &Attribute) -> bool {
    let segments = &attribute.path().segments;
    segments.len() == 2 && segments[0].ident == "daemon" && segments[1].ident == "main"
}

/// Whether it makes a test of the function, judging by its path.
fn is_test(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == "test")
}

/// The keywords before `fn`.
fn read_qualifiers(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut qualifiers = TokenStream::new();
    while input.peek(Token![async])
        || input.peek(Token![const])
        || input.peek(Token![unsafe])
        || input.peek(Token![extern])
    {
        let keyword = input.call(Ident::parse_any)?;
        keyword.to_tokens(&mut qualifiers);
        if keyword == "extern" {
            input.parse::<Option<syn::LitStr>>()?.to_tokens(&mut qualifiers);
        }
    }
    Ok(qualifiers)
}

/// `fn main`. Anything else is a mistake, and the rest of the item is skipped.
fn read_name(
    input: ParseStream<'_>,
    qualifiers: &TokenStream,
    mistakes: &mut Mistakes,
) -> syn::Result<Option<(Token![fn], Ident)>> {
    if !input.peek(Token![fn]) {
        let rest = input.parse::<TokenStream>()?;
        mistakes.push(qualifiers.clone().into_iter().chain(rest).next(), Mistake::NotAFunction);
        return Ok(None);
    }
    let fn_token = input.parse()?;
    let name = input.call(Ident::parse_any)?;
    if name != "main" {
        mistakes.push(&name, Mistake::NotMain { name: name.to_string() });
        input.parse::<TokenStream>()?;
        return Ok(None);
    }
    Ok(Some((fn_token, name)))
}

/// Checks the qualifiers, and leaves out `const`: what the expansion adds is not.
fn check_qualifiers(
    qualifiers: TokenStream,
    attributes: &[Attribute],
    mistakes: &mut Mistakes,
) -> TokenStream {
    for token in qualifiers.clone() {
        let TokenTree::Ident(keyword) = &token else { continue };
        let text = keyword.to_string();
        if text != "async" {
            mistakes.push(keyword, Mistake::Qualifier { keyword: text });
        } else if attributes.iter().all(is_not_a_runtime) {
            mistakes.push(keyword, Mistake::NoRuntime);
        }
    }
    let is_const = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "const");
    qualifiers.into_iter().filter(|token| !is_const(token)).collect()
}

/// Whether an attribute is known to leave an `async fn` async.
fn is_not_a_runtime(attribute: &Attribute) -> bool {
    const NOT_RUNTIMES: &[&str] = &[
        "cfg",
        "cfg_attr",
        "cold",
        "deprecated",
        "inline",
        "instrument",
        "must_use",
        "rustfmt",
        "track_caller",
    ];
    let path = attribute.path();
    is_for_outer(attribute)
        || path.segments.iter().any(|segment| NOT_RUNTIMES.iter().any(|name| segment.ident == name))
}

/// Whether an attribute belongs to the outer function: documentation and lint levels.
pub(crate) fn is_for_outer(attribute: &Attribute) -> bool {
    const OUTER: &[&str] = &["allow", "deny", "deprecated", "doc", "expect", "forbid", "warn"];
    OUTER.iter().any(|name| attribute.path().is_ident(name))
}

fn read_generics(input: ParseStream<'_>, mistakes: &mut Mistakes) -> syn::Result<Generics> {
    let generics: Generics = input.parse()?;
    if !generics.params.is_empty() {
        mistakes.push(&generics, Mistake::Generic);
    }
    Ok(generics)
}

/// The return type with its arrow, and whether it is `!`.
fn read_output(input: ParseStream<'_>) -> syn::Result<(TokenStream, bool)> {
    let Some(arrow) = input.parse::<Option<Token![->]>>()? else {
        return Ok((TokenStream::new(), false));
    };
    let ty: Type = input.parse()?;
    Ok((quote!(#arrow #ty), is_never(&ty)))
}

fn is_never(ty: &Type) -> bool {
    match ty {
        Type::Never(_) => true,
        Type::Group(group) => is_never(&group.elem),
        Type::Paren(paren) => is_never(&paren.elem),
        _ => false,
    }
}

fn read_where_clause(
    input: ParseStream<'_>,
    mistakes: &mut Mistakes,
) -> syn::Result<Option<WhereClause>> {
    let where_clause: Option<WhereClause> = input.parse()?;
    if let Some(clause) = &where_clause {
        mistakes.push(clause, Mistake::WhereClause);
    }
    Ok(where_clause)
}
