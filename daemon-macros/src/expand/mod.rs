//! The expansion: an outer `main` that launches, and inside it the user's own.
//!
//! The outer one has the documentation, the lint levels and the return type. The inner one is
//! still called `main` and has every other attribute, `async`, and the body as it was written. It
//! has no parameters, since most runtimes allow none: its first statements take their values from
//! the library.
//!
//! The tokens that are not the user's have the hygiene of `Span::mixed_site`, so that paths have
//! the meaning of this crate's edition, and lints know that the user did not write them. A token
//! under which an error is to be shown, or at which an editor is to find a definition, has the place
//! of one of the user's, but not its hygiene. All names begin with `__daemon`: a constant of the
//! user's, called `value`, would turn `let value` into a pattern. The body sees none of them: the
//! launch is a block beside it.

mod constants;
mod parameters;
mod steps;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::given::{Given, Options, Value};
use crate::item::{self, Main};
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
    let import = import(options);
    let alias = parameters::alias(main);
    let inner = inner(main, &import);
    let launch = if mistakes.is_empty() {
        launch(options, main, &import)
    } else {
        let constants = options.iter().flat_map(Given::with_entries).filter_map(constants::of);
        quote_spanned! {Span::mixed_site()=>
            {
                #import
                #(let _ = #constants;)*
            }
            loop {}
        }
    };
    let mut outer = quote!(#mistakes #(#attributes)* #visibility #fn_token #name);
    parentheses.surround(&mut outer, |_| {});
    output.to_tokens(&mut outer);
    braces.surround(&mut outer, |body| {
        body.extend(quote!(#alias #inner #launch));
    });
    outer
}

/// The inner function.
fn inner(main: &Main, import: &TokenStream) -> TokenStream {
    let Main { attributes, qualifiers, fn_token, name, generics, parentheses, .. } = main;
    let Main { output, where_clause, braces, inner_attributes, statements, .. } = main;
    let attributes = attributes.iter().filter(|attribute| !item::is_for_outer(attribute));
    let bindings = parameters::bindings(main, import);
    let mut inner = quote!(#(#attributes)* #qualifiers #fn_token #name #generics);
    parentheses.surround(&mut inner, |_| {});
    inner.extend(quote!(#output #where_clause));
    braces.surround(&mut inner, |body| {
        body.extend(quote!(#(#inner_attributes)* #bindings #statements));
    });
    inner
}

/// The outer function's statements.
fn launch(options: &Options, main: &Main, import: &TokenStream) -> TokenStream {
    let start = library("Start");
    let setters = options.iter().flat_map(setters);
    let steps = steps::run(options);
    let hand_on = parameters::hand_on(options, main);
    let place = main.name.span();
    let module = quote_spanned!(Span::mixed_site()=> ::core::module_path!());
    let in_root = call_at((place, place), library("in_root"), module);
    let name = Ident::new("main", at(main.name.span()));
    let site = Span::mixed_site();
    // What never returns has nothing for `return`: it would be unreachable, says another lint.
    let call = if main.never_returns {
        quote_spanned!(site=> #name())
    } else {
        quote_spanned!(site=> return #name();)
    };
    quote_spanned! {Span::mixed_site()=>
        {
            #import
            const _: () = #in_root;
            let mut __daemon_start = #start::at_entry_of_main(
                ::core::option_env!("CARGO_BIN_NAME"),
                ::core::option_env!("CARGO_CRATE_NAME"),
                ::core::option_env!("CARGO_PKG_VERSION"),
                ::core::module_path!(),
            );
            #(#setters)*
            #steps
            #hand_on
            // A function that is called in one place alone could be a part of it, says a lint.
            let _ = #name;
        }
        #call
    }
}

/// The call of the option's setter, or one for each limit in its list.
fn setters(given: &Given) -> Vec<TokenStream> {
    match (given.known.takes, &given.value) {
        (Takes::Limits(_), Value::List(limits)) => {
            limits.iter().filter_map(|limit| setter(limit, given)).collect()
        }
        _ => setter(given, given).into_iter().collect(),
    }
}

/// `start.config().umask(…);`, with the setter where the user wrote the option.
fn setter(given: &Given, option: &Given) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let value = argument(given)?;
    let place = at(option.name.span());
    if let Takes::Limit(resource) = given.known.takes {
        let resource = library_at(resource, given.name.span());
        let setter = Ident::new("limit", place);
        return Some(quote_spanned!(site=> __daemon_start.config().#setter(#resource, #value);));
    }
    let setter = Ident::new(given.known.name, place);
    Some(quote_spanned!(site=> __daemon_start.config().#setter(#value);))
}

/// The argument of the option's setter, if it has one.
fn argument(given: &Given) -> Option<TokenStream> {
    match (given.known.takes, &given.value) {
        (Takes::Function | Takes::Crate, _) => None,
        (_, Value::Meaning(path, place)) => Some(library_at(path, at(*place))),
        (_, Value::Written(_) | Value::Pair(..)) => constants::of(given),
        (_, Value::List(entries)) => {
            let entries = entries.iter().filter_map(argument);
            Some(quote_spanned!(Span::mixed_site()=> [#(#entries),*]))
        }
        (_, Value::Mistaken) => None,
    }
}

/// Brings the library into scope. In each block it is the same import, at the same place: if the
/// library is not there, that is one error, shown under its path.
///
/// What the expansion uses is in a module that has the name of the attribute, so whoever re-exports
/// the attribute re-exports that too.
fn import(options: &Options) -> TokenStream {
    let site = Span::mixed_site();
    let Some(path) = options.written("crate") else {
        return quote_spanned!(site=> use ::daemon::main as __daemon;);
    };
    // All of it is there, since the error is shown under all of it.
    let place = ends(path).1;
    let import = quote_spanned!(place=> main as __daemon);
    quote_spanned!(site=> use #path::#import;)
}

/// The path of an item that the library has for the expansion.
fn library(name: &str) -> TokenStream {
    let site = Span::mixed_site();
    let name = name.split("::").map(|segment| Ident::new(segment, site));
    quote_spanned!(site=> __daemon #(::#name)*)
}

/// The same, with the last segment where an editor is to find its documentation.
fn library_at(name: &str, span: Span) -> TokenStream {
    let site = Span::mixed_site();
    let (path, last) =
        name.rsplit_once("::").map_or((None, name), |(path, last)| (Some(path), last));
    let path = path.map_or_else(|| quote_spanned!(site=> __daemon), library);
    let last = Ident::new(last, at(span));
    quote_spanned!(site=> #path::#last)
}

/// The place of `span`, with the hygiene of the expansion.
fn at(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}

/// Tokens in parentheses, which are at this place.
///
/// An expression is shown under everything from its first to its last token. If both are
/// parentheses or marks at the places of tokens of the user's, it is shown under these, and an
/// editor, which looks for names there, finds only the user's.
fn in_parentheses(tokens: TokenStream, span: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(span);
    group.into_token_stream()
}

/// `(function)(arguments)`, under the user's tokens between these places.
fn call_at(
    (first, last): (Span, Span),
    function: TokenStream,
    arguments: TokenStream,
) -> TokenStream {
    let function = in_parentheses(function, first);
    let arguments = in_parentheses(arguments, last);
    quote!(#function #arguments)
}

/// The places of the first and the last token.
fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut spans = tokens.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    (first, last)
}

/// Has the compiler compare what is expected with what is found, which differ in type where
/// something is wrong. It is never run.
fn compare((first, last): (Span, Span), shape: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let found = quote_spanned!(site=> #shape.found());
    let found = call_at((at(first), at(last)), found, TokenStream::new());
    quote_spanned!(site=> let _ = || [#shape.expected(), #found];)
}
