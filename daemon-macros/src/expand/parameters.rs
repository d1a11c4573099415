//! How `main`'s parameters get their values.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};

use crate::expand::{at, call_at, ends, in_parentheses, library};
use crate::given::Options;
use crate::item::Main;
use crate::item::parameters::Parameter;
use crate::tokens::is_punct;

/// The types of the parameters, under names of ours, if the body may have other types of the same
/// names: the first statements are in its scope.
pub(super) fn alias(main: &Main) -> TokenStream {
    if !declares_types(&main.statements) {
        return TokenStream::new();
    }
    let aliases = main.parameters.iter().enumerate().map(|(index, parameter)| {
        let (alias, ty) = (alias_name(index), &parameter.ty);
        quote_spanned!(Span::mixed_site()=> type #alias = #ty;)
    });
    aliases.collect()
}

fn alias_name(index: usize) -> Ident {
    format_ident!("__DaemonParameter{index}", span = Span::mixed_site())
}

/// Whether there may be an item in the body, outside of any block in it, that declares a type.
fn declares_types(body: &TokenStream) -> bool {
    const KEYWORDS: &[&str] =
        &["enum", "extern", "macro_rules", "mod", "struct", "trait", "type", "union", "use"];
    body.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => KEYWORDS.contains(&ident.to_string().as_str()),
        _ => false,
    })
}

/// The inner function's first statements. A pattern that may not take the whole value is bound to a
/// variable, not to a temporary, so that what it leaves lives as long as in a parameter.
pub(super) fn bindings(main: &Main, import: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    if main.parameters.is_empty() {
        // A function that does nothing could be a `const fn`, says a lint, but not of `main`.
        let enter = library("enter");
        return quote_spanned!(site=> { #import #enter(); });
    }
    let has_aliases = declares_types(&main.statements);
    let bindings = main.parameters.iter().enumerate().map(|(index, parameter)| {
        let Parameter { attributes, pattern, ty } = parameter;
        let take = library(if index == 0 { "take_first" } else { "take_second" });
        let value = quote_spanned!(site=> { #import #take() });
        let places = (ends(pattern).0, ends(&quote!(#ty)).1);
        let alias = alias_name(index);
        let ty = if has_aliases { quote!(#alias) } else { quote!(#ty) };
        if is_name(pattern) {
            return quote_spanned!(site=> #(#attributes)* let #pattern: #ty = #value;);
        }
        // The compiler may say how to go on with this statement: then not at the attribute.
        let keyword = Ident::new("let", at(places.0));
        let end = quote_spanned!(at(places.1)=> ;);
        quote_spanned! {site=>
            let __daemon_parameter: #ty = #value;
            #(#attributes)* #keyword #pattern = __daemon_parameter #end
        }
    });
    bindings.collect()
}

/// Whether a pattern is a name, or `mut` and a name.
fn is_name(pattern: &TokenStream) -> bool {
    let mut tokens = pattern.clone().into_iter().peekable();
    tokens.next_if(|token| matches!(token, TokenTree::Ident(ident) if ident == "mut"));
    let name = tokens.next();
    matches!(&name, Some(TokenTree::Ident(ident)) if ident != "_" && ident != "ref")
        && tokens.next().is_none()
        && !is_punct(name.as_ref(), '_')
}

/// Hands `Ready` and the value on to the inner function; if that takes no `Ready`, the daemon is
/// ready now. What does not fit the parameters is reported as if they were a pattern for it.
pub(super) fn hand_on(options: &Options, main: &Main) -> TokenStream {
    let site = Span::mixed_site();
    let parentheses = main.parentheses.span.join();
    // Where the last value comes from, if that is not in the signature.
    let last_step = options
        .function("privileged")
        .or_else(|| options.function("configure"))
        .map(|(_, step)| step);
    let places = last_step.map_or((parentheses, parentheses), ends);
    let places = (at(places.0), at(places.1));
    let parameters = call_at(
        places,
        quote_spanned!(site=> __daemon_shape.parameters()),
        quote_spanned!(site=> __daemon_handed),
    );
    let at_parentheses = |tokens| in_parentheses(tokens, at(parentheses));
    let types: Vec<_> = main.parameters.iter().map(|parameter| &parameter.ty).collect();
    match types.as_slice() {
        [] => {
            let nothing = at_parentheses(TokenStream::new());
            quote_spanned! {site=>
                let __daemon_shape = __daemon_handed.to_none();
                let (): #nothing = #parameters;
            }
        }
        [ty] => {
            let one = at_parentheses(quote_spanned!(site=> _,));
            let hand_on = library("hand_on_first");
            let same = library("same");
            let places = if last_step.is_some() { places } else { ends(&quote!(#ty)) };
            let value = call_at(
                (at(places.0), at(places.1)),
                quote_spanned!(site=> __daemon_same),
                quote_spanned!(site=> __daemon_first),
            );
            quote_spanned! {site=>
                let __daemon_type: ::core::marker::PhantomData<#ty> = ::core::marker::PhantomData;
                let __daemon_shape = __daemon_handed.to_one(__daemon_type);
                let (__daemon_first,): #one = #parameters;
                let __daemon_same = #same(&__daemon_first);
                let __daemon_first: #ty = #value;
                #hand_on(__daemon_first);
            }
        }
        _ => {
            let two = at_parentheses(quote_spanned!(site=> #(#types),*));
            let (hand_on_first, hand_on_second) =
                (library("hand_on_first"), library("hand_on_second"));
            quote_spanned! {site=>
                let __daemon_shape = __daemon_handed.to_two();
                let (__daemon_first, __daemon_second): #two = #parameters;
                #hand_on_first(__daemon_first);
                #hand_on_second(__daemon_second);
            }
        }
    }
}
