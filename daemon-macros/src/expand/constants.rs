//! The values of options, each a constant in a block of its own, where no other value and no body
//! sees its name.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::expand::{at, compare, ends, library, library_at, library_written_at};
use crate::given::{Given, Value};
use crate::options::known::Takes;

/// `{ const UMASK_OPTION: … = …; UMASK_OPTION }`, with the check of the value under the user's
/// expression.
pub(super) fn of(given: &Given) -> Option<TokenStream> {
    let expression = expression(&given.value)?;
    let Check { function, written, checked } = check(given)?;
    let name = name(given);
    let ends = ends(&expression);
    let (first, last) = ends;
    // Under this call a wrong value is shown, as if the user had written it.
    let function = library_written_at(function, first);
    let value = Ident::new("__daemon_value", at(first));
    let checks = match written {
        Written::As(ty) => {
            let value = in_parentheses(value.to_token_stream(), last);
            quote_spanned! {Span::mixed_site()=>
                let __daemon_value: #ty = #expression;
                #function #value
            }
        }
        Written::ForOption(own) => {
            let of = library("Value");
            let compare = compare(ends, "__daemon_value");
            let constant = quote_spanned!(at(first)=> #value.constant());
            let constant = in_parentheses(constant, last);
            quote_spanned! {Span::mixed_site()=>
                let __daemon_value = #expression;
                let __daemon_value = #of::<#own, _>::of(__daemon_value);
                #compare
                #function #constant
            }
        }
    };
    Some(quote_spanned! {Span::mixed_site()=>
        {
            const #name: #checked = { #checks };
            #name
        }
    })
}

fn in_parentheses(tokens: TokenStream, span: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(span);
    group.into_token_stream()
}

/// The user's expression, if the value has one that goes into a constant.
fn expression(value: &Value) -> Option<TokenStream> {
    match value {
        Value::Written(expression) => Some(expression.clone()),
        Value::Pair(parts, parentheses) => pair(parts, *parentheses),
        _ => None,
    }
}

/// The function that checks a value, the type in which it is written, and the type of the constant.
struct Check {
    function: &'static str,
    written: Written,
    checked: TokenStream,
}

enum Written {
    /// A value of this type.
    As(TokenStream),
    /// A value of one of the types that an option of this type takes.
    ForOption(TokenStream),
}

impl Check {
    /// A check that returns its argument.
    fn of(function: &'static str, ty: TokenStream) -> Option<Self> {
        Some(Check { function, written: Written::As(ty.clone()), checked: ty })
    }

    /// A check of a value that has one of several types.
    fn for_option(function: &'static str, own: &str) -> Option<Self> {
        let (constant, own) = (library("Constant"), library(own));
        let checked = quote_spanned!(Span::mixed_site()=> #constant<#own>);
        Some(Check { function, written: Written::ForOption(own), checked })
    }
}

/// A value of the wrong type is shown together with the option's name, which expects another.
fn check(given: &Given) -> Option<Check> {
    let option = at(given.name.span());
    let string = quote_spanned!(option=> &'static ::core::primitive::str);
    let u64 = quote_spanned!(option=> ::core::primitive::u64);
    let i32 = quote_spanned!(option=> ::core::primitive::i32);
    match given.known.takes {
        Takes::Name => Check::of("name", string),
        Takes::Root => Check::of("root", string),
        Takes::File(own) => Check::for_option("file", own),
        Takes::Directory => Check::for_option("directory", "Chdir"),
        Takes::Umask => Check::for_option("umask", "Umask"),
        Takes::Account(own) => Check::for_option("account", own),
        Takes::Seconds => Some(Check {
            function: "seconds",
            written: Written::As(u64),
            checked: library("Duration"),
        }),
        Takes::Descriptor => Check::of("descriptor", i32),
        Takes::Mode => Some(Check {
            function: "mode",
            written: Written::As(library_at("Mode", option)),
            checked: library("Mode"),
        }),
        Takes::Limit(_) if matches!(given.value, Value::Pair(..)) => {
            Check::of("soft_and_hard", quote_spanned!(Span::mixed_site()=> (#u64, #u64)))
        }
        Takes::Limit(_) => Check::of("limit", u64),
        Takes::Limits(_)
        | Takes::Capabilities(_)
        | Takes::Function
        | Takes::Crate
        | Takes::Nothing => None,
    }
}

/// `(soft, hard)`, at the place where the user wrote it.
fn pair(parts: &[Value; 2], parentheses: Span) -> Option<TokenStream> {
    let [soft, hard] = parts.each_ref().map(|part| match part {
        Value::Meaning(path, _) => Some(library(path)),
        Value::Written(expression) => Some(expression.clone()),
        _ => None,
    });
    let (soft, hard) = (soft?, hard?);
    let mut pair = Group::new(Delimiter::Parenthesis, quote!(#soft, #hard));
    pair.set_span(parentheses);
    Some(pair.into_token_stream())
}

/// The name of the constant, which is shown if its value is wrong. The user's expression sees it, so
/// it is none that a constant of the user's is likely to have.
fn name(given: &Given) -> Ident {
    let name = given.known.name.to_uppercase();
    let list = if let Takes::Limit(_) = given.known.takes { "LIMIT_" } else { "" };
    format_ident!("{list}{name}_OPTION", span = Span::mixed_site())
}
