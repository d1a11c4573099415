//! How `Ready` and the pipeline's value reach the parameters of `main`.
//!
//! The expansion removes the parameters of the user's function, because most runtimes allow none.
//! The function's first statements, on the thread that launched it, take the values for them.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;

use crate::expansion::lookup::chain;
use crate::expansion::returned::{Kept, Never};
use crate::launch::ready::Ready;

/// Not dropped when the thread ends: if no body takes it, its `Ready` has nothing to say, and
/// registering a destructor would make the C library look up a symbol in each new process.
type HandedOn = Cell<Option<ManuallyDrop<Box<dyn Any>>>>;

thread_local! {
    static FIRST: HandedOn = const { Cell::new(None) };
    static SECOND: HandedOn = const { Cell::new(None) };
}

/// The first statement of a `main` without parameters.
pub fn enter() {}

/// A function that returns a value like this as it is.
pub fn same<P>(_: &P) -> fn(P) -> P {
    |value| value
}

/// Hands on what `main`'s first parameter is bound to.
pub fn hand_on_first<P: 'static>(value: P) {
    FIRST.set(Some(ManuallyDrop::new(Box::new(value))));
}

/// Hands on what `main`'s second parameter is bound to.
pub fn hand_on_second<P: 'static>(value: P) {
    SECOND.set(Some(ManuallyDrop::new(Box::new(value))));
}

/// What `main`'s first parameter is bound to.
///
/// # Panics
///
/// On the second call: `main` called itself, but there is only one `Ready` in each process.
#[track_caller]
pub fn take_first<P: 'static>() -> P {
    expect(FIRST.take())
}

/// What `main`'s second parameter is bound to.
///
/// # Panics
///
/// As [`take_first`].
#[track_caller]
pub fn take_second<P: 'static>() -> P {
    expect(SECOND.take())
}

#[track_caller]
fn expect<P: 'static>(handed_on: Option<ManuallyDrop<Box<dyn Any>>>) -> P {
    let value = handed_on.map(ManuallyDrop::into_inner);
    *value.and_then(|value| value.downcast().ok()).expect(
        "`main` was called again, or on another thread: what its parameters are bound to was \
         handed on once, to the first call",
    )
}

/// The values for the parameters of `main`: `Ready`, and the value of the last step unless that is
/// `()`. As a tuple, they are compared with the parameters.
#[derive(Debug)]
pub struct Handed<V> {
    ready: Ready,
    value: Kept<V>,
}

impl<V> Handed<V> {
    /// `Ready`, and the value of the last step.
    pub(super) fn new(ready: Ready, value: Kept<V>) -> Self {
        Handed { ready, value }
    }

    /// How this is handed on to `fn main()`.
    pub fn to_none(&self) -> ToNone<V> {
        ToNone(NothingToNone(ValueToNone(PhantomData)))
    }

    /// How it is handed on to `fn main(P)`.
    pub fn to_one<P>(&self, _: PhantomData<P>) -> ToOne<V, P> {
        ToOne(ReadyAlone(ValueToOne(ReadyAndValueToOne(ReadyToOne(OtherToOne(PhantomData))))))
    }

    /// How it is handed on to `fn main(A, B)`.
    pub fn to_two(&self) -> ToTwo<V> {
        ToTwo(ReadyToTwo(ValueToTwo(PhantomData)))
    }
}

/// To `fn main()`, after a step that never returns. It comes first of its kind, since it fits where
/// the compiler does not know the value, after a mistake.
#[derive(Debug)]
pub struct ToNone<V>(NothingToNone<V>);

/// To `fn main()`, where no value is handed on.
#[derive(Debug)]
pub struct NothingToNone<V>(ValueToNone<V>);

/// To `fn main()`, which has no parameter for the value.
#[derive(Debug)]
pub struct ValueToNone<V>(PhantomData<V>);

chain!(ToNone<V> => NothingToNone => ValueToNone);

impl NothingToNone<()> {
    /// The start is over.
    pub fn parameters(&self) -> fn(Handed<()>) {
        |handed| handed.ready.notify()
    }
}

impl ToNone<Never> {
    /// Nothing comes here.
    pub fn parameters(&self) -> fn(Handed<Never>) {
        |handed| handed.value.0
    }
}

impl<V> ValueToNone<V> {
    /// It does not compile.
    pub fn parameters(&self) -> fn(Handed<V>) -> (V,) {
        unreachable!()
    }
}

/// To `fn main(P)`, after a step that never returns.
#[derive(Debug)]
pub struct ToOne<V, P>(ReadyAlone<V, P>);

/// To `fn main(Ready)`, where no value is handed on.
#[derive(Debug)]
pub struct ReadyAlone<V, P>(ValueToOne<V, P>);

/// To `fn main(V)`.
#[derive(Debug)]
pub struct ValueToOne<V, P>(ReadyAndValueToOne<V, P>);

/// To `fn main(Ready)`, which has no parameter for the value.
#[derive(Debug)]
pub struct ReadyAndValueToOne<V, P>(ReadyToOne<V, P>);

/// To `fn main(P)`, where no value is handed on.
#[derive(Debug)]
pub struct ReadyToOne<V, P>(OtherToOne<V, P>);

/// To `fn main(P)`, which does not take the value.
#[derive(Debug)]
pub struct OtherToOne<V, P>(PhantomData<(V, P)>);

chain!(ToOne<V, P> => ReadyAlone => ValueToOne => ReadyAndValueToOne => ReadyToOne => OtherToOne);

impl ReadyAlone<(), Ready> {
    /// The body says when it is ready.
    pub fn parameters(&self) -> fn(Handed<()>) -> (Ready,) {
        |handed| (handed.ready,)
    }
}

impl<P> ToOne<Never, P> {
    /// Nothing comes here.
    pub fn parameters(&self) -> fn(Handed<Never>) -> (P,) {
        |handed| handed.value.0
    }
}

impl<V> ValueToOne<V, V> {
    /// The start is over.
    pub fn parameters(&self) -> fn(Handed<V>) -> (V,) {
        |handed| {
            handed.ready.notify();
            (handed.value.0,)
        }
    }
}

impl<V> ReadyAndValueToOne<V, Ready> {
    /// It does not compile.
    pub fn parameters(&self) -> fn(Handed<V>) -> (Ready, V) {
        unreachable!()
    }
}

impl<P> ReadyToOne<(), P> {
    /// It does not compile.
    pub fn parameters(&self) -> fn(Handed<()>) -> (Ready,) {
        unreachable!()
    }
}

impl<V, P> OtherToOne<V, P> {
    /// It does not compile.
    pub fn parameters(&self) -> fn(Handed<V>) -> (V,) {
        unreachable!()
    }
}

/// To `fn main(A, B)`, after a step that never returns.
#[derive(Debug)]
pub struct ToTwo<V>(ReadyToTwo<V>);

/// To `fn main(A, B)`, where no value is handed on.
#[derive(Debug)]
pub struct ReadyToTwo<V>(ValueToTwo<V>);

/// To `fn main(Ready, V)`.
#[derive(Debug)]
pub struct ValueToTwo<V>(PhantomData<V>);

chain!(ToTwo<V> => ReadyToTwo => ValueToTwo);

impl ReadyToTwo<()> {
    /// It does not compile.
    pub fn parameters(&self) -> fn(Handed<()>) -> (Ready,) {
        unreachable!()
    }
}

impl ToTwo<Never> {
    /// Nothing comes here.
    pub fn parameters<P>(&self) -> fn(Handed<Never>) -> (Ready, P) {
        |handed| handed.value.0
    }
}

impl<V> ValueToTwo<V> {
    /// The body says when it is ready.
    pub fn parameters(&self) -> fn(Handed<V>) -> (Ready, V) {
        |handed| (handed.ready, handed.value.0)
    }
}
