//! The item below the attribute. Its signature is parsed; its body stays as it is.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::token::{Brace, Paren};
use syn::{
    Attribute, Generics, Lifetime, Token, Type, Visibility, WhereClause, braced, parenthesized,
    parse_quote,
};

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
    pub(crate) where_clause: Option<WhereClause>,
    pub(crate) braces: Brace,
    /// `#![…]`, which must stay before every statement.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// The body, not parsed.
    pub(crate) statements: TokenStream,
}

/// One parameter, of `main` or of a closure, which may leave out the type.
pub(crate) struct Parameter<T = Type> {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) pattern: TokenStream,
    pub(crate) ty: T,
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
    let mut parameters = read_parameters(&content)?;
    check_parameters(&mut parameters, mistakes);
    let output = read_output(input)?;
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

fn read_parameters(input: ParseStream<'_>) -> syn::Result<Vec<Parameter>> {
    let mut parameters = Vec::new();
    while !input.is_empty() {
        let attributes = input.call(Attribute::parse_outer)?;
        let pattern = read_pattern(input)?;
        if input.is_empty() {
            // Only `self` can be without a type: rustc has refused anything else.
            return Err(syn::Error::new_spanned(pattern, Mistake::Method));
        }
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        parameters.push(Parameter { attributes, pattern, ty });
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(parameters)
}

/// Everything before a single `:`.
pub(crate) fn read_pattern(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut pattern = TokenStream::new();
    while !(input.is_empty() || input.peek(Token![,]) || input.peek(Token![|])) {
        if input.peek(Token![::]) {
            input.parse::<Token![::]>()?.to_tokens(&mut pattern);
        } else if input.peek(Token![:]) {
            break;
        } else {
            input.parse::<TokenTree>()?.to_tokens(&mut pattern);
        }
    }
    Ok(pattern)
}

fn check_parameters(parameters: &mut [Parameter], mistakes: &mut Mistakes) {
    let mut names = Vec::new();
    for parameter in &mut *parameters {
        check_pattern(parameter, &mut names, mistakes);
        check_attributes(&parameter.attributes, mistakes);
        check_type(&mut parameter.ty, mistakes);
    }
    if let Some(third) = parameters.get(2) {
        let Parameter { pattern, ty, .. } = third;
        mistakes.push(quote!(#pattern #ty), Mistake::TooManyParameters);
    }
}

/// In a list of parameters a name is bound once, but the statements that they become could bind it
/// again. `_: Ready` could never be ready.
fn check_pattern(parameter: &Parameter, names: &mut Vec<String>, mistakes: &mut Mistakes) {
    let pattern = &parameter.pattern;
    let name = pattern.to_string();
    if name == "_" && is_ready(&parameter.ty) {
        mistakes.push(pattern, Mistake::UnnamedReady);
    }
    let name = name.trim_start_matches("mut ").to_owned();
    if names.contains(&name) && syn::parse_str::<Ident>(&name).is_ok() {
        mistakes.push(pattern, Mistake::SameName { name: name.clone() });
    }
    names.push(name);
}

/// Whether this is `daemon::Ready`, judging by its name.
fn is_ready(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Ready")
}

/// A parameter becomes a statement and a type: `cfg` would leave out the one and keep the other.
fn check_attributes(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for attribute in attributes {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            mistakes.push(attribute, Mistake::ConditionalParameter);
        }
    }
}

/// Checks a parameter's type. A wrong one is replaced by one that rustc accepts, so that one
/// mistake is one error.
fn check_type(ty: &mut Type, mistakes: &mut Mistakes) {
    if let Type::ImplTrait(generic) = ty {
        mistakes.push(generic, Mistake::Generic);
        *ty = parse_quote!(());
    }
    if let Type::Reference(reference) = ty {
        let lifetime = Lifetime::new("'static", reference.and_token.span);
        if reference.lifetime.as_ref() != Some(&lifetime) {
            mistakes.push(&reference, Mistake::Reference);
            reference.lifetime = Some(lifetime);
        }
    }
}

fn read_output(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let Some(arrow) = input.parse::<Option<Token![->]>>()? else {
        return Ok(TokenStream::new());
    };
    let ty: Type = input.parse()?;
    Ok(quote!(#arrow #ty))
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
