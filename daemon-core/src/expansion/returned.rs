//! The return value of a step: a `Result`, a configuration from a chain of setters, a future, or any
//! other value.

use std::convert::Infallible;
use std::fmt::Display;
use std::future::Future;
use std::marker::PhantomData;

use crate::config::Config;
use crate::expansion::lookup::{chain, fits};

/// The type `!`, which cannot be named otherwise. A step that never returns hands on whatever is
/// expected.
pub(super) type Never = <fn() -> ! as Function>::Output;

/// Only to name [`Never`].
pub trait Function {
    /// Its return type.
    type Output;
}

impl<R> Function for fn() -> R {
    type Output = R;
}

/// The type expected of a step that is async, because no runtime exists yet. The compiler shows it:
/// "expected `NotAsync`, found future".
#[derive(Debug)]
pub struct NotAsync;

/// A value, in a type under which it can be bound even if it is `!`.
#[derive(Debug)]
pub struct Kept<R>(pub R);

impl<R> Kept<R> {
    /// The function that gives the value.
    pub fn value(&self) -> fn(Kept<R>) -> R {
        |kept| kept.0
    }
}

/// Calls a closure of the expansion's.
pub fn call<R>(closure: impl FnOnce() -> R) -> Kept<R> {
    Kept(closure())
}

/// A method of every type. It can be called only where the type is known: of a generic step, the
/// compiler asks here for its parameter, once.
pub trait Known {
    /// The type.
    type Type;

    /// The kind of value that a step returned.
    fn __daemon_returned(self) -> Returned<Self::Type>;
}

impl<R> Known for &R {
    type Type = R;

    fn __daemon_returned(self) -> Returned<R> {
        Returned(NotAResult(NotAConfig(NotAFuture(PhantomData))))
    }
}

/// The kind of value that a step returned.
#[derive(Debug)]
pub struct Returned<R>(NotAResult<R>);

/// No `Result`.
#[derive(Debug)]
pub struct NotAResult<R>(NotAConfig<R>);

/// No `&mut Config` either.
#[derive(Debug)]
pub struct NotAConfig<R>(NotAFuture<R>);

/// No future either.
#[derive(Debug)]
pub struct NotAFuture<R>(PhantomData<R>);

chain!(Returned<R> => NotAResult => NotAConfig => NotAFuture);

impl<V, E> Returned<Result<V, E>> {
    fits!();

    /// The value that is handed on, or why the step failed.
    pub fn result(&self, returned: Kept<Result<V, E>>) -> Result<V, E> {
        returned.0
    }
}

impl NotAResult<&mut Config> {
    fits!();

    /// The last setter returned it; it is not handed on.
    pub fn result(&self, _: Kept<&mut Config>) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<R: Future> NotAConfig<R> {
    /// No future.
    pub fn expected(&self) -> NotAsync {
        NotAsync
    }

    /// It does not compile.
    pub fn found(&self) -> fn() -> R {
        unreachable!()
    }

    /// It does not compile.
    pub fn result(&self, _: Kept<R>) -> Result<Never, Infallible> {
        unreachable!()
    }
}

impl<R> NotAFuture<R> {
    fits!();

    /// The value that is handed on.
    pub fn result(&self, returned: Kept<R>) -> Result<R, Infallible> {
        Ok(returned.0)
    }
}

/// The text of an error, in the alternate form, which includes the causes if the type knows them.
pub fn text(error: &dyn Display) -> String {
    format!("{error:#}")
}
