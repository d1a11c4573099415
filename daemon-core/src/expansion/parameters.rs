//! How `Ready` and the pipeline's value reach the parameters of `main`.
//!
//! The expansion removes the parameters of the user's function, because most runtimes allow none.
//! The function's first statement, on the thread that launched it, takes the values for them.

use std::any::Any;
use std::cell::Cell;
use std::mem::ManuallyDrop;

use crate::launch::ready::Ready;

thread_local! {
    // Not dropped when the thread ends: if no body takes it, its `Ready` has nothing to say, and
    // registering a destructor would make the C library look up a symbol in each new process.
    static HANDED_ON: Cell<Option<ManuallyDrop<Box<dyn Any>>>> = const { Cell::new(None) };
}

/// The values that `main`'s parameters are bound to, as a tuple.
///
/// # Panics
///
/// On the second call: `main` called itself, but there is only one `Ready` in each process.
#[track_caller]
pub fn take<P: 'static>() -> P {
    let parameters = HANDED_ON.take().map(ManuallyDrop::into_inner);
    let parameters = parameters.and_then(|parameters| parameters.downcast().ok());
    *parameters.expect(
        "`main` was called again, or on another thread: what its parameters are bound to was \
         handed on once, to the first call",
    )
}

/// The values for `main`'s parameters. Their types are inferred before the parameters' types, so a
/// mismatch is reported at the parameters.
#[derive(Debug)]
pub struct HandedOn<V> {
    ready: Ready,
    value: V,
}

impl<V> HandedOn<V> {
    /// `Ready`, and the value of the last step.
    pub fn new(ready: Ready, value: V) -> Self {
        HandedOn { ready, value }
    }

    /// To `fn main()`: the start is over.
    pub fn to_nobody(self)
    where
        V: Nothing,
    {
        self.ready.notify();
    }

    /// To `fn main(P)`, after a step.
    pub fn to_one<P: ReadyOr<V>>(self) {
        hand_on((P::from(self.ready, self.value),));
    }

    /// To `fn main(A, B)`.
    pub fn to_two<A: FirstOfTwo, B: SecondOfTwo<V>>(self) {
        hand_on((A::from(self.ready), B::from(self.value)));
    }
}

impl HandedOn<()> {
    /// To `fn main(P)`, where there is no step, so only `Ready` is handed on.
    pub fn to_one_without_steps<P: OnlyReady>(self) {
        hand_on((P::from(self.ready),));
    }
}

fn hand_on<P: 'static>(parameters: P) {
    HANDED_ON.set(Some(ManuallyDrop::new(Box::new(parameters))));
}

/// The type of the value when no value is handed on.
#[diagnostic::on_unimplemented(
    message = "`main` does not take what is handed on, `{Self}`",
    label = "`{Self}` is handed on, but `main` has no parameter for it",
    note = "the value of `configure` is handed on to `privileged`, and the last value, unless it \
            is `()`, to `main`"
)]
pub trait Nothing {}

#[diagnostic::do_not_recommend]
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

#[diagnostic::do_not_recommend]
impl OnlyReady for Ready {
    fn from(ready: Ready) -> Self {
        ready
    }
}

/// The type of `main`'s only parameter, where `V` is handed on.
#[diagnostic::on_unimplemented(
    message = "`main` does not take `{Self}` alone: `{V}` is handed on",
    label = "`{V}` is handed on",
    note = "`main` takes `daemon::Ready` if it wants to say when it is ready, and then the last \
            value, unless it is `()`"
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

#[diagnostic::do_not_recommend]
impl FirstOfTwo for Ready {
    fn from(ready: Ready) -> Self {
        ready
    }
}

/// The type of the second of `main`'s two parameters, where `V` is handed on.
#[diagnostic::on_unimplemented(
    message = "`main` does not take `{Self}`: `{V}` is handed on",
    label = "`{V}` is handed on",
    note = "the value of `configure` is handed on to `privileged`, and the last value, unless it \
            is `()`, to `main`"
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
