//! The expansion: an outer `main` that launches, and inside it the user's own.
//!
//! The outer one has the documentation, the lint levels and the return type. The inner one is
//! still called `main` and has every other attribute, `async`, and the body as it was written. It
//! has no parameters, since most runtimes allow none: its first statements take their values from
//! the library.
//!
//! The tokens that are not the user's have the hygiene of `Span::mixed_site`, so that paths have
//! the meaning of this crate's edition, and lints know that the user did not write them. Only a
//! token under which an error is to be shown has the place of one of the user's. All names begin
//! with `__daemon`: a constant of the user's, called `value`, would turn `let value` into a pattern.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::given::{Given, Options, Value};
use crate::item::{self, Main, Parameter};
use crate::messages::Mistakes;
use crate::options::known::Takes;

/// An item that is not a `main`: as it was, with the errors beside it.
pub(crate) fn unusable(item: TokenStream, mistakes: &Mistakes) -> TokenStream {
    quote!(#mistakes #item)
}

/// The two functions. After a mistake the launch is left out, but the compiler still checks the
/// body and the options' values.
pub(crate) fn main(options: &Options, main: &Main, mistakes: &Mistakes) -> TokenStream {
    let Main { attributes, visibility, fn_token, name, parentheses, output, braces, .. } = main;
    let attributes = attributes.iter().filter(|attribute| item::is_for_outer(attribute));
    let constants = options.iter().flat_map(Given::with_entries).filter_map(constant);
    let import = import(options);
    let parameters = parameters_alias(main);
    let inner = inner(main);
    let launch = if mistakes.is_empty() {
        launch(options, main)
    } else {
        quote_spanned!(Span::mixed_site()=> loop {})
    };
    let mut outer = quote!(#mistakes #(#attributes)* #visibility #fn_token #name);
    parentheses.surround(&mut outer, |_| {});
    output.to_tokens(&mut outer);
    braces.surround(&mut outer, |body| {
        body.extend(quote!(#import #parameters #(#constants)* #inner #launch));
    });
    outer
}

/// The inner function.
fn inner(main: &Main) -> TokenStream {
    let Main { attributes, qualifiers, fn_token, name, generics, parentheses, .. } = main;
    let Main { output, where_clause, braces, inner_attributes, statements, .. } = main;
    let attributes = attributes.iter().filter(|attribute| !item::is_for_outer(attribute));
    let bindings = bindings(&main.parameters);
    let mut inner = quote!(#(#attributes)* #qualifiers #fn_token #name #generics);
    parentheses.surround(&mut inner, |_| {});
    inner.extend(quote!(#output #where_clause));
    braces.surround(&mut inner, |body| {
        body.extend(quote!(#(#inner_attributes)* #bindings #statements));
    });
    inner
}

/// The type that the inner function takes: the tuple of the parameters' types.
fn parameters_alias(main: &Main) -> TokenStream {
    if main.parameters.is_empty() {
        return TokenStream::new();
    }
    let types = main.parameters.iter().map(|parameter| &parameter.ty);
    quote_spanned!(Span::mixed_site()=> type __DaemonParameters = (#(#types,)*);)
}

/// The inner function's first statements. Each parameter is bound to a field, not by a tuple
/// pattern or to a temporary, so that `_: Ready` lives as long as it would as a parameter.
fn bindings(parameters: &[Parameter]) -> TokenStream {
    if parameters.is_empty() {
        return TokenStream::new();
    }
    let lets = parameters.iter().enumerate().map(|(index, parameter)| {
        let Parameter { attributes, pattern, .. } = parameter;
        let index = syn::Index { index: index as u32, span: Span::mixed_site() };
        quote_spanned!(Span::mixed_site()=> #(#attributes)* let #pattern = __daemon_parameters.#index;)
    });
    let take = library("take");
    quote_spanned! {Span::mixed_site()=>
        let __daemon_parameters = #take::<__DaemonParameters>();
        #(#lets)*
    }
}

/// `const __DAEMON_UMASK: u32 = …;`, with the check of the value under the user's expression. A
/// value of the wrong type is shown together with the option's name, which expects another.
fn constant(given: &Given) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let expression = expression(&given.value)?;
    let Check { function, written, checked } = check(given)?;
    let (first, last) = ends(&expression);
    let name = constant_name(given);
    let function = library_at(function, first);
    let mut arguments = Group::new(Delimiter::Parenthesis, to_be_checked(given, first));
    arguments.set_span(last);
    Some(quote_spanned! {site=>
        const #name: #checked = {
            let __daemon_value: #written = #expression;
            #function #arguments
        };
    })
}

/// The user's expression, if the value has one that goes into a constant.
fn expression(value: &Value) -> Option<TokenStream> {
    match value {
        Value::Written(expression) => Some(expression.clone()),
        Value::Pair(parts, parentheses) => pair(parts, *parentheses),
        Value::Meaning(_) | Value::List(_) | Value::Mistaken => None,
    }
}

/// How a value is checked: the function of the library, the type of its argument, and the type
/// that it returns.
struct Check {
    function: &'static str,
    written: TokenStream,
    checked: TokenStream,
}

impl Check {
    /// A check that returns its argument.
    fn of(function: &'static str, ty: TokenStream) -> Option<Self> {
        Some(Check { function, written: ty.clone(), checked: ty })
    }

    /// A check that returns another type than it takes.
    fn into(function: &'static str, written: TokenStream, checked: TokenStream) -> Option<Self> {
        Some(Check { function, written, checked })
    }
}

fn check(given: &Given) -> Option<Check> {
    let site = Span::mixed_site();
    let option = given.name.span().resolved_at(site);
    let string = quote_spanned!(option=> &'static ::core::primitive::str);
    let u32 = quote_spanned!(option=> ::core::primitive::u32);
    let u64 = quote_spanned!(option=> ::core::primitive::u64);
    let i32 = quote_spanned!(option=> ::core::primitive::i32);
    match given.known.takes {
        Takes::Name => Check::of("name", string),
        Takes::File => Check::of("file", string),
        Takes::Directory => Check::of("directory", string),
        Takes::Root => Check::of("root", string),
        Takes::Umask => Check::of("umask", u32),
        Takes::Seconds => Check::into("seconds", u64, library("Duration")),
        Takes::Descriptor => Check::of("descriptor", i32),
        Takes::Mode => Check::into("mode", library_at("Mode", option), library("Mode")),
        Takes::Account => Check::into("account", quote_spanned!(site=> _), library("NameOrNumber")),
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

/// The argument of the check. An account has one of two types, and only the value knows which.
fn to_be_checked(given: &Given, first: Span) -> TokenStream {
    let site = Span::mixed_site();
    if let Takes::Account = given.known.takes {
        let of_type = library("Value");
        let name_or_number = Ident::new("name_or_number", first.resolved_at(site));
        return quote_spanned!(site=> #of_type(__daemon_value).#name_or_number());
    }
    quote_spanned!(site=> __daemon_value)
}

/// `(soft, hard)`, at the place where the user wrote it.
fn pair(parts: &[Value; 2], parentheses: Span) -> Option<TokenStream> {
    let [soft, hard] = parts.each_ref().map(|part| match part {
        Value::Meaning(path) => Some(library(path)),
        Value::Written(expression) => Some(expression.clone()),
        _ => None,
    });
    let (soft, hard) = (soft?, hard?);
    let mut pair = Group::new(Delimiter::Parenthesis, quote!(#soft, #hard));
    pair.set_span(parentheses);
    Some(pair.into_token_stream())
}

fn constant_name(given: &Given) -> Ident {
    let name = given.known.name.to_uppercase();
    let list = if let Takes::Limit(_) = given.known.takes { "LIMIT_" } else { "" };
    format_ident!("__DAEMON_{list}{name}", span = Span::mixed_site())
}

/// The outer function's statements.
fn launch(options: &Options, main: &Main) -> TokenStream {
    let start = start(options);
    let setters = options.iter().flat_map(setters);
    let configure = configure(options);
    let privileged = privileged(options);
    let hand_on = hand_on(options, main);
    let site = Span::mixed_site();
    let name = Ident::new("main", main.name.span().resolved_at(site));
    quote_spanned! {site=>
        let mut __daemon_start = #start;
        #(#setters)*
        #configure
        let (__daemon_ready, __daemon_value) = __daemon_start.launch(#privileged);
        #hand_on
        #name()
    }
}

/// The start, under the name of the program.
fn start(options: &Options) -> TokenStream {
    let site = Span::mixed_site();
    let start = library("Start");
    if options.iter().any(|given| matches!(given.known.takes, Takes::Name)) {
        return quote_spanned!(site=> #start::at_entry_of_main(__DAEMON_NAME));
    }
    quote_spanned! {site=>
        #start::at_entry_of_unnamed_main(
            ::core::option_env!("CARGO_BIN_NAME"),
            ::core::option_env!("CARGO_CRATE_NAME"),
            ::core::module_path!(),
        )
    }
}

/// Runs `configure`, whose value is the next step's argument.
fn configure(options: &Options) -> TokenStream {
    let site = Span::mixed_site();
    let Some(function) = options.written("configure") else {
        return quote_spanned!(site=> let __daemon_value = (););
    };
    let configure = Ident::new("configure", ends(function).0);
    let result = result(function);
    quote_spanned! {site=>
        let __daemon_returned = __daemon_start.#configure(#function);
        let __daemon_value = __daemon_start.configured(#result);
    }
}

/// The closure that runs `privileged`.
fn privileged(options: &Options) -> TokenStream {
    let site = Span::mixed_site();
    let Some(function) = options.written("privileged") else {
        return quote_spanned!(site=> || ::core::result::Result::Ok(__daemon_value));
    };
    let run_privileged = library_at("run_privileged", ends(function).0);
    let result = result(function);
    quote_spanned! {site=>
        || {
            let __daemon_returned = #run_privileged(__daemon_value, #function);
            #result
        }
    }
}

/// The value that a step returned, as a `Result`.
fn result(function: &TokenStream) -> TokenStream {
    let returned = library("Returned");
    let result = Ident::new("result", ends(function).0);
    quote_spanned!(Span::mixed_site()=> #returned::of(&__daemon_returned).#result(__daemon_returned))
}

/// The call of the option's setter, or one for each limit in its list.
fn setters(given: &Given) -> Vec<TokenStream> {
    match (given.known.takes, &given.value) {
        (Takes::Limits(_), Value::List(limits)) => limits.iter().filter_map(setter).collect(),
        _ => setter(given).into_iter().collect(),
    }
}

/// `start.config().umask(__DAEMON_UMASK);`
fn setter(given: &Given) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let value = argument(given)?;
    if let Takes::Limit(resource) = given.known.takes {
        let resource = library(resource);
        return Some(quote_spanned!(site=> __daemon_start.config().limit(#resource, #value);));
    }
    let setter = Ident::new(given.known.name, site);
    Some(quote_spanned!(site=> __daemon_start.config().#setter(#value);))
}

/// The argument of the option's setter, if it has one.
fn argument(given: &Given) -> Option<TokenStream> {
    match (given.known.takes, &given.value) {
        (Takes::Name | Takes::Function | Takes::Crate, _) => None,
        (_, Value::Meaning(path)) => Some(library(path)),
        (_, Value::Written(_) | Value::Pair(..)) => Some(constant_name(given).into_token_stream()),
        (_, Value::List(entries)) => {
            let entries = entries.iter().filter_map(argument);
            Some(quote_spanned!(Span::mixed_site()=> [#(#entries),*]))
        }
        (_, Value::Mistaken) => None,
    }
}

/// Hands `Ready` and the value on to the inner function; if that takes no `Ready`, the daemon is
/// ready now. A value that does not fit a parameter is reported at the parameter's type.
fn hand_on(options: &Options, main: &Main) -> TokenStream {
    let has_steps =
        options.written("configure").is_some() || options.written("privileged").is_some();
    let types = main.parameters.iter().map(|parameter| &parameter.ty);
    let site = Span::mixed_site();
    let call = match main.parameters.len() {
        0 => {
            // A value that is not taken is reported where a parameter could take it.
            let span = main.parentheses.span.join().resolved_at(site);
            quote_spanned!(span=> __daemon_handed_on.to_nobody())
        }
        1 if has_steps => quote_spanned!(site=> __daemon_handed_on.to_one::<#(#types),*>()),
        1 => quote_spanned!(site=> __daemon_handed_on.to_one_without_steps::<#(#types),*>()),
        _ => quote_spanned!(site=> __daemon_handed_on.to_two::<#(#types),*>()),
    };
    let handed_on = library("HandedOn");
    quote_spanned! {site=>
        let __daemon_handed_on = #handed_on::new(__daemon_ready, __daemon_value);
        #call;
    }
}

/// Brings the library into scope, once for all uses: if it is not at this path, that is one error,
/// shown under the path.
fn import(options: &Options) -> TokenStream {
    let path = match options.written("crate") {
        Some(path) => path.clone(),
        None => quote_spanned!(Span::mixed_site()=> ::daemon),
    };
    quote_spanned!(Span::mixed_site()=> use #path::__private as __daemon;)
}

/// The path of an item that the library has for the expansion.
fn library(name: &str) -> TokenStream {
    library_at(name, Span::mixed_site())
}

/// The same, at `span`.
fn library_at(name: &str, span: Span) -> TokenStream {
    let name = name.split("::").map(|segment| Ident::new(segment, span));
    quote_spanned!(span=> __daemon #(::#name)*)
}

/// The places of the first and the last token. An error about a call that begins at one and ends at
/// the other is shown under all of them.
fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut spans = tokens.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    (first, last)
}
