//! The handover: how `Ready` and the pipeline's value reach the body.
//!
//! The user's function has lost its parameters, so that runtimes which allow none are content. It
//! takes what they are to be bound to as its first statement, on the thread that launched it.

use std::any::Any;
use std::cell::Cell;

use crate::ready::Ready;

thread_local! {
    static HANDED_ON: Cell<Option<Box<dyn Any>>> = const { Cell::new(None) };
}

/// What `main`'s parameters are bound to, as the tuple of their types.
///
/// # Panics
///
/// The second time: `main` called itself, but there is one `Ready` for each process.
pub fn take<P: 'static>() -> P {
    let parameters = HANDED_ON.take().and_then(|parameters| parameters.downcast().ok());
    *parameters.expect(
        "`main` was called again, or on another thread: what its parameters are bound to was \
         handed on once, to the first call",
    )
}

fn hand_on<P: 'static>(parameters: P) {
    HANDED_ON.set(Some(Box::new(parameters)));
}

/// `fn main()`: the start is over.
pub fn call_without_parameters<V: Nothing>(ready: Ready, _nothing: V) {
    ready.notify();
}

/// `fn main(P)`, where nothing but `Ready` is there to be handed on.
pub fn call_with_ready<P: OnlyReady>(ready: Ready, (): ()) {
    hand_on((P::from(ready),));
}

/// `fn main(P)`, after a step that hands on `V`.
pub fn call_with_one<V, P: ReadyOr<V>>(ready: Ready, value: V) {
    hand_on((P::from(ready, value),));
}

/// `fn main(A, B)`, after a step that hands on `V`.
pub fn call_with_two<V, A: FirstOfTwo, B: SecondOfTwo<V>>(ready: Ready, value: V) {
    hand_on((A::from(ready), B::from(value)));
}

/// What is handed on if nothing is.
#[diagnostic::on_unimplemented(
    message = "`main` does not take what is handed on, `{Self}`",
    label = "`{Self}` is handed on, but `main` has no parameter for it",
    note = "the value of `configure` is handed on to `privileged`, and the last value to `main`"
)]
pub trait Nothing {}

impl Nothing for () {}

/// The type of `main`'s only parameter, where there is no step that could hand on a value.
#[diagnostic::on_unimplemented(
    message = "`main` takes `daemon::Ready`, not `{Self}`",
    label = "only `daemon::Ready` is handed on",
    note = "a value is handed on by a function that `configure` or `privileged` names"
)]
pub trait OnlyReady: 'static {
    #[doc(hidden)]
    fn from(ready: Ready) -> Self;
}

impl OnlyReady for Ready {
    fn from(ready: Ready) -> Self {
        ready
    }
}

/// The type of `main`'s only parameter, where `V` is handed on.
#[diagnostic::on_unimplemented(
    message = "`main` does not take `{Self}` alone: `{V}` is handed on",
    label = "`{V}` is handed on",
    note = "`main` takes `daemon::Ready` if it wants to say when it is ready, then the value of \
            the last step unless that is `()`"
)]
pub trait ReadyOr<V>: 'static {
    #[doc(hidden)]
    fn from(ready: Ready, value: V) -> Self;
}

#[diagnostic::do_not_recommend]
impl ReadyOr<()> for Ready {
    fn from(ready: Ready, (): ()) -> Self {
        ready
    }
}

#[diagnostic::do_not_recommend]
impl<V: 'static> ReadyOr<V> for V {
    fn from(ready: Ready, value: V) -> Self {
        ready.notify();
        value
    }
}

/// The type of the first of `main`'s two parameters.
#[diagnostic::on_unimplemented(
    message = "the first of `main`'s two parameters is `daemon::Ready`, not `{Self}`",
    label = "expected `daemon::Ready`"
)]
pub trait FirstOfTwo: 'static {
    #[doc(hidden)]
    fn from(ready: Ready) -> Self;
}

impl FirstOfTwo for Ready {
    fn from(ready: Ready) -> Self {
        ready
    }
}

/// The type of the second of `main`'s two parameters, where `V` is handed on.
#[diagnostic::on_unimplemented(
    message = "`main` does not take `{Self}`: `{V}` is handed on",
    label = "`{V}` is handed on",
    note = "the value of `configure` is handed on to `privileged`, and the last value to `main`"
)]
pub trait SecondOfTwo<V>: 'static {
    #[doc(hidden)]
    fn from(value: V) -> Self;
}

#[diagnostic::do_not_recommend]
impl<V: 'static> SecondOfTwo<V> for V {
    fn from(value: V) -> Self {
        value
    }
}
