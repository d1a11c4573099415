//! `configure`, the launch, `privileged`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Type;

use crate::closure::{self, Closure};
use crate::expand::{at, call_at, compare, ends, in_parentheses, library};
use crate::given::Options;
use crate::item::parameters::Parameter;

/// The statements that run both steps and launch between them.
pub(super) fn run(options: &Options) -> TokenStream {
    let configure = configure(options);
    let launch = launch(options);
    quote_spanned!(Span::mixed_site()=> #configure #launch)
}

/// Runs `configure`, whose value is the next step's argument.
fn configure(options: &Options) -> TokenStream {
    let site = Span::mixed_site();
    let Some((name, function)) = options.function("configure") else {
        let kept = library("Kept");
        return quote_spanned!(site=> let __daemon_kept = #kept(()););
    };
    let configure = Ident::new("configure", at(name.span()));
    let config = quote_spanned!(site=> __daemon_start.#configure());
    let closure = closure::parse(function);
    let call = match closure.as_ref().and_then(Closure::with_parameter) {
        Some((closure, parameter)) => {
            let kept = library("Kept");
            let closure = call_closure(closure, parameter);
            quote_spanned! {site=>
                let __daemon_kept = #kept(#config);
                let __daemon_kept = #closure;
            }
        }
        None => {
            let configure = library("Configure");
            let shape = quote_spanned!(site=> #configure::of(&__daemon_step));
            call(function, closure.as_ref(), &shape, &config)
        }
    };
    let result = result(function, closure.as_ref());
    quote_spanned! {site=>
        #call
        let __daemon_result = #result;
        let __daemon_kept = __daemon_start.configured(__daemon_result);
    }
}

/// The launch, in which `privileged` runs.
fn launch(options: &Options) -> TokenStream {
    let site = Span::mixed_site();
    let Some((name, function)) = options.function("privileged") else {
        return quote_spanned! {site=>
            let __daemon_handed = __daemon_start.launch(__daemon_kept);
        };
    };
    let privileged = Ident::new("privileged", at(name.span()));
    let closure = closure::parse(function);
    let call = match closure.as_ref().and_then(Closure::without_type) {
        Some((closure, parameter)) => {
            let closure = call_closure(closure, parameter);
            quote_spanned!(site=> let __daemon_kept = #closure;)
        }
        None => {
            let privileged = library("Privileged");
            let shape = quote_spanned!(site=> #privileged::of(&__daemon_kept, &__daemon_step));
            call(function, closure.as_ref(), &shape, &quote_spanned!(site=> __daemon_kept))
        }
    };
    let result = result(function, closure.as_ref());
    quote_spanned! {site=>
        let __daemon_handed = __daemon_start.#privileged(|| {
            #call
            #result
        });
    }
}

/// The call of a step with this argument, once its shape is found to be right.
fn call(
    function: &TokenStream,
    closure: Option<&Closure>,
    shape: &TokenStream,
    argument: &TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let step = step(function, closure);
    let compare = compare(ends(function), &quote_spanned!(site=> __daemon_shape));
    quote_spanned! {site=>
        let __daemon_step = #step;
        let __daemon_shape = #shape;
        #compare
        let __daemon_kept = __daemon_shape.call(__daemon_step, #argument);
    }
}

/// The value that a step returned, as a `Result`.
fn result(function: &TokenStream, closure: Option<&Closure>) -> TokenStream {
    let site = Span::mixed_site();
    let ends = ends(function);
    let (known, text) = (library("Known"), library("text"));
    let compare = compare(ends, &quote_spanned!(site=> __daemon_returned));
    // An error that cannot be shown is reported at the function.
    let reference = quote_spanned!(at(ends.0)=> &);
    let error = in_parentheses(quote_spanned!(site=> __daemon_error), at(ends.1));
    // A closure of which the type is not known is reported at its beginning.
    let place = closure.map_or(site, |closure| at(closure.bars));
    let value = Ident::new("__daemon_value", place);
    quote_spanned! {site=>
        {
            use #known as _;
            let #value = &__daemon_kept.0;
            let __daemon_returned = #value.__daemon_returned();
            #compare
            __daemon_returned.result(__daemon_kept).map_err(|__daemon_error| #text(#reference #error))
        }
    }
}

/// Calls a closure of the user's that has a parameter, as one in which the parameter is a variable:
/// so its type is known in the body.
fn call_closure(closure: &Closure, parameter: &Parameter<Option<Type>>) -> TokenStream {
    let site = Span::mixed_site();
    let Parameter { attributes, pattern, ty } = parameter;
    let ty = ty.as_ref().map(|ty| quote_spanned!(site=> : #ty));
    let bars = at(closure.bars);
    let value = call_at(
        (bars, bars),
        quote_spanned!(site=> __daemon_kept.value()),
        quote_spanned!(site=> __daemon_kept),
    );
    let binding = quote_spanned!(site=> #(#attributes)* let #pattern #ty = #value;);
    let (call, output) = (library("call"), output(closure));
    let body = closure.body_after(binding);
    quote_spanned!(site=> #call(move || #output #body))
}

/// A function of the user's, or a closure.
fn step(function: &TokenStream, closure: Option<&Closure>) -> TokenStream {
    match closure {
        Some(closure) if closure.with_parameter().is_none() => {
            let (output, body) = (output(closure), closure.body_after(TokenStream::new()));
            quote_spanned!(closure.bars=> || #output #body)
        }
        _ => function.clone(),
    }
}

/// `-> Type`, if the user wrote it, or if the type could not be inferred.
fn output(closure: &Closure) -> TokenStream {
    match &closure.output {
        Some(output) => output.clone(),
        None if closure.never_returns() => quote_spanned!(Span::mixed_site()=> -> !),
        None => TokenStream::new(),
    }
}
