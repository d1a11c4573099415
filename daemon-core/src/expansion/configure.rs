//! The forms that `configure` can have.

use std::future::Future;
use std::marker::PhantomData;

use crate::config::Config;
use crate::expansion::lookup::{chain, fits};
use crate::expansion::returned::{Kept, Never, NotAsync};

/// A `configure` that takes the configuration.
#[derive(Debug)]
pub struct Configure<F>(ReturnsConfig<F>);

/// One that returns the configuration too, from a chain of setters.
#[derive(Debug)]
pub struct ReturnsConfig<F>(OfNothing<F>);

/// One that takes nothing.
#[derive(Debug)]
pub struct OfNothing<F>(AsyncOfConfig<F>);

/// One whose future holds the configuration.
#[derive(Debug)]
pub struct AsyncOfConfig<F>(NoConfigure<F>);

/// Something else.
#[derive(Debug)]
pub struct NoConfigure<F>(PhantomData<F>);

chain!(Configure<F> => ReturnsConfig => OfNothing => AsyncOfConfig => NoConfigure);

impl<F> Configure<F> {
    /// What `function` is.
    pub fn of(_function: &F) -> Self {
        Configure(ReturnsConfig(OfNothing(AsyncOfConfig(NoConfigure(PhantomData)))))
    }
}

impl<F, R> Configure<F>
where
    F: FnOnce(&mut Config) -> R,
{
    fits!();

    /// Runs it.
    pub fn call(&self, function: F, config: &mut Config) -> Kept<R> {
        Kept(function(config))
    }
}

impl<F> ReturnsConfig<F>
where
    F: for<'a> FnOnce(&'a mut Config) -> &'a mut Config,
{
    fits!();

    /// Runs it.
    pub fn call(&self, function: F, config: &mut Config) -> Kept<()> {
        function(config);
        Kept(())
    }
}

impl<F, R> OfNothing<F>
where
    F: FnOnce() -> R,
{
    fits!();

    /// Runs it.
    pub fn call(&self, function: F, _config: &mut Config) -> Kept<R> {
        Kept(function())
    }
}

/// An `async fn` that takes the configuration.
pub trait Async<'a> {
    /// Its future.
    type Future;
}

impl<'a, F, R> Async<'a> for F
where
    F: FnOnce(&'a mut Config) -> R,
    R: Future,
{
    type Future = R;
}

impl<F> AsyncOfConfig<F>
where
    F: for<'a> Async<'a>,
{
    /// No future.
    pub fn expected(&self) -> NotAsync {
        NotAsync
    }

    /// It does not compile.
    pub fn found<'a>(&self) -> fn() -> <F as Async<'a>>::Future {
        unreachable!()
    }

    /// It does not compile.
    pub fn call(&self, _: F, _: &mut Config) -> Kept<Never> {
        unreachable!()
    }
}

impl<F> NoConfigure<F> {
    /// What `configure` can be.
    pub fn expected<R>(&self) -> fn(&mut Config) -> R {
        unreachable!()
    }

    /// It does not compile.
    pub fn found(&self) -> fn() -> F {
        unreachable!()
    }

    /// It does not compile.
    pub fn call(&self, _: F, _: &mut Config) -> Kept<Never> {
        unreachable!()
    }
}
