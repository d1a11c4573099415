//! The values of options, each a constant in a block of its own, where no other value and no body
//! sees its name.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::expand::{at, call_at, compare, ends, library};
use crate::given::{Given, Value};
use crate::literal;
use crate::options::known::Takes;
use crate::tokens::peel;

/// `{ const UMASK_OPTION: … = …; UMASK_OPTION }`, with the check of the value under the user's
/// expression.
pub(super) fn of(given: &Given) -> Option<TokenStream> {
    let mut expression = expression(&given.value)?;
    if let Takes::Descriptor = given.known.takes {
        expression = with_suffix(expression);
    }
    let Check { function, written, checked } = check(given)?;
    let site = Span::mixed_site();
    let (name, function, ends) = (name(given), library(function), ends(&expression));
    let value = quote_spanned!(site=> __daemon_value);
    let checks = match written {
        Written::As(typed) => {
            let check = call_at(ends, function, quote_spanned!(site=> #value.value));
            quote_spanned! {site=>
                let #value = #typed { value: #expression };
                #check
            }
        }
        Written::ForOption(own) => {
            let of = library("Value");
            let compare = compare(ends, &value);
            let check = call_at(ends, function, quote_spanned!(site=> #value.constant()));
            quote_spanned! {site=>
                let #value = #expression;
                let #value = #of::<#own, _>::of(#value);
                #compare
                #check
            }
        }
    };
    Some(quote_spanned! {site=>
        {
            const #name: #checked = { #checks };
            #name
        }
    })
}

/// A number with the suffix `i32`, to which the compiler falls back: a lint objects to that.
fn with_suffix(expression: TokenStream) -> TokenStream {
    let number = literal::number(&peel(expression.clone()));
    let Some(number) = number.and_then(|number| i32::try_from(number).ok()) else {
        return expression;
    };
    let mut literal = Literal::i32_suffixed(number);
    literal.set_span(at(ends(&expression).0));
    literal.into_token_stream()
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
    /// A value of one type, in the field of a struct: there a mismatch is shown alone.
    As(TokenStream),
    /// A value of one of the types that an option of this type takes.
    ForOption(TokenStream),
}

impl Check {
    /// A check that returns its argument.
    fn of(function: &'static str, ty: TokenStream) -> Option<Self> {
        Some(Check { function, written: typed(&ty), checked: ty })
    }

    /// A check of a value that has one of several types.
    fn for_option(function: &'static str, own: &str) -> Option<Self> {
        let (constant, own) = (library("Constant"), library(own));
        let checked = quote_spanned!(Span::mixed_site()=> #constant<#own>);
        Some(Check { function, written: Written::ForOption(own), checked })
    }
}

fn typed(ty: &TokenStream) -> Written {
    let typed = library("Typed");
    Written::As(quote_spanned!(Span::mixed_site()=> #typed::<#ty>))
}

fn check(given: &Given) -> Option<Check> {
    let site = Span::mixed_site();
    let string = quote_spanned!(site=> &'static ::core::primitive::str);
    let u64 = quote_spanned!(site=> ::core::primitive::u64);
    let i32 = quote_spanned!(site=> ::core::primitive::i32);
    match given.known.takes {
        Takes::Name => Check::of("name", string),
        Takes::Root => Check::of("root", string),
        Takes::Word => Check::of("word", string),
        Takes::File(own) => Check::for_option("file", own),
        Takes::Directory => Check::for_option("directory", "Chdir"),
        Takes::Umask => Check::for_option("umask", "Umask"),
        Takes::Account(own) => Check::for_option("account", own),
        Takes::Seconds => {
            Some(Check { function: "seconds", written: typed(&u64), checked: library("Duration") })
        }
        Takes::Delay => {
            Some(Check { function: "delay", written: typed(&u64), checked: library("Duration") })
        }
        Takes::Descriptor => Check::of("descriptor", i32),
        Takes::Mode => Check::of("mode", library("Mode")),
        Takes::Limit(_) if matches!(given.value, Value::Pair(..)) => {
            Check::of("soft_and_hard", quote_spanned!(site=> (#u64, #u64)))
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
