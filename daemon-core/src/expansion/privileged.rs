//! The forms that `privileged` can have, after a `configure` that hands on a value of some type.

use std::marker::PhantomData;

use crate::expansion::lookup::{chain, fits};
use crate::expansion::returned::{Kept, Never};

/// A `privileged` that takes nothing, where nothing is handed on to it.
#[derive(Debug)]
pub struct Privileged<V, F>(OfNever<V, F>);

/// One that takes nothing, after a step that never returns.
#[derive(Debug)]
pub struct OfNever<V, F>(OfValue<V, F>);

/// One that takes what is handed on to it.
#[derive(Debug)]
pub struct OfValue<V, F>(NotOfNothing<V, F>);

/// Something else, where nothing is handed on to it.
#[derive(Debug)]
pub struct NotOfNothing<V, F>(NotOfValue<V, F>);

/// Something else, where a value is handed on to it.
#[derive(Debug)]
pub struct NotOfValue<V, F>(PhantomData<(V, F)>);

chain!(Privileged<V, F> => OfNever => OfValue => NotOfNothing => NotOfValue);

impl<V, F> Privileged<V, F> {
    /// What `function` is, after a `configure` that handed `value` on.
    pub fn of(_value: &Kept<V>, _function: &F) -> Self {
        Privileged(OfNever(OfValue(NotOfNothing(NotOfValue(PhantomData)))))
    }
}

impl<F, R> Privileged<(), F>
where
    F: FnOnce() -> R,
{
    fits!();

    /// Runs it.
    pub fn call(&self, function: F, _value: Kept<()>) -> Kept<R> {
        Kept(function())
    }
}

impl<F, R> OfNever<Never, F>
where
    F: FnOnce() -> R,
{
    fits!();

    /// Nothing comes here.
    pub fn call(&self, _: F, value: Kept<Never>) -> Kept<R> {
        value.0
    }
}

impl<V, F, R> OfValue<V, F>
where
    F: FnOnce(V) -> R,
{
    fits!();

    /// Runs it.
    pub fn call(&self, function: F, value: Kept<V>) -> Kept<R> {
        Kept(function(value.0))
    }
}

impl<F> NotOfNothing<(), F> {
    /// What `privileged` can be.
    pub fn expected<R>(&self) -> fn() -> R {
        unreachable!()
    }

    /// It does not compile.
    pub fn found(&self) -> fn() -> F {
        unreachable!()
    }

    /// It does not compile.
    pub fn call(&self, _: F, _: Kept<()>) -> Kept<Never> {
        unreachable!()
    }
}

impl<V, F> NotOfValue<V, F> {
    /// What `privileged` can be.
    pub fn expected<R>(&self) -> fn(V) -> R {
        unreachable!()
    }

    /// It does not compile.
    pub fn found(&self) -> fn() -> F {
        unreachable!()
    }

    /// It does not compile.
    pub fn call(&self, _: F, _: Kept<V>) -> Kept<Never> {
        unreachable!()
    }
}
