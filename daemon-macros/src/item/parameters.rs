//! The parameters of `main`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Attribute, Lifetime, Token, Type, parse_quote};

use crate::messages::{Mistake, Mistakes};

/// One parameter, of `main` or of a closure, which may leave out the type.
pub(crate) struct Parameter<T = Type> {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) pattern: TokenStream,
    pub(crate) ty: T,
}

/// Reads and checks the parameters of `main`.
pub(super) fn read(input: ParseStream<'_>, mistakes: &mut Mistakes) -> syn::Result<Vec<Parameter>> {
    let mut parameters = read_all(input)?;
    check_parameters(&mut parameters, mistakes);
    Ok(parameters)
}

fn read_all(input: ParseStream<'_>) -> syn::Result<Vec<Parameter>> {
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
    if is_unsized(ty) {
        mistakes.push(&*ty, Mistake::Unsized);
        *ty = parse_quote!(::std::boxed::Box<#ty>);
    }
    if let Type::Reference(reference) = ty {
        let lifetime = Lifetime::new("'static", reference.and_token.span);
        if reference.lifetime.as_ref() != Some(&lifetime) {
            mistakes.push(&reference, Mistake::Reference);
            reference.lifetime = Some(lifetime);
        }
    }
}

/// Whether no value can have this type, as far as the macro can tell.
fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}
