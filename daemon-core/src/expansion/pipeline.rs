//! The pipeline: `configure`, the launch, `privileged`. Each step's value is the next one's
//! argument.

use std::fmt::Display;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::launch::launch;
use crate::launch::ready::Ready;
use crate::launch::refusal;
use crate::plan::inherited::Inherited;

/// A start, from the entry of `main` on.
#[derive(Debug)]
pub struct Start {
    inherited: Inherited,
    config: Config,
}

impl Start {
    /// The first call in `main`: what is open now was inherited, and what `configure` opens was
    /// not.
    pub fn at_entry_of_main(name: &str) -> Self {
        let inherited = Inherited::at_entry_of_main();
        Start { inherited, config: Config::new(name) }
    }

    /// As [`Start::at_entry_of_main`], with the name of the binary, or else of the crate, from
    /// cargo or else from rustc. `argv[0]` is not used: the caller chooses it.
    pub fn at_entry_of_unnamed_main(
        binary: Option<&str>,
        crate_name: Option<&str>,
        module_path: &str,
    ) -> Self {
        let root = module_path.split("::").next().unwrap_or(module_path);
        Start::at_entry_of_main(binary.or(crate_name).unwrap_or(root))
    }

    /// The configuration, for the options to set.
    pub fn config(&mut self) -> &mut Config {
        &mut self.config
    }

    /// Runs `configure`.
    pub fn configure<R>(&mut self, configure: impl FnOnce(&mut Config) -> R) -> R {
        configure(&mut self.config)
    }

    /// The value that `configure` hands on; if it failed, this process says so and exits.
    pub fn configured<V>(&self, result: Result<V, String>) -> V {
        result.unwrap_or_else(|text| {
            let error = Error::new(ErrorKind::Config, text);
            refusal::exit_before_launch(&self.inherited, &self.config.name, &error)
        })
    }

    /// Launches the daemon and goes on in it, with the value that `privileged` hands on; if that is
    /// refused, this process says so and exits.
    pub fn launch<V>(self, privileged: impl FnOnce() -> Result<V, String>) -> (Ready, V) {
        let Start { inherited, config } = self;
        launch(&config, inherited, || {
            privileged().map_err(|text| Error::new(ErrorKind::System, text))
        })
        .unwrap_or_else(|error| refusal::exit(&config.name, &error))
    }
}

/// A function that can be `privileged` after a `configure` that hands on `V`: it takes `A`, which
/// is nothing or that value, and returns `R`.
#[diagnostic::on_unimplemented(
    message = "`privileged` cannot be this: `{V}` is handed on to it",
    label = "`{V}` is handed on to this function",
    note = "the value of `configure` is handed on to `privileged` unless it is `()`"
)]
pub trait Privileged<V, A, R> {
    #[doc(hidden)]
    fn run(self, value: V) -> R;
}

#[diagnostic::do_not_recommend]
impl<F, R> Privileged<(), (), R> for F
where
    F: FnOnce() -> R,
{
    fn run(self, (): ()) -> R {
        self()
    }
}

#[diagnostic::do_not_recommend]
impl<F, V, R> Privileged<V, (V,), R> for F
where
    F: FnOnce(V) -> R,
{
    fn run(self, value: V) -> R {
        self(value)
    }
}

/// Runs `privileged`. The value's type is inferred first, so a mismatch is reported at this
/// function.
pub fn run_privileged<V, F, A, R>(value: V, privileged: F) -> R
where
    F: Privileged<V, A, R>,
{
    privileged.run(value)
}

/// Whether a step returned a `Result` or some other value.
///
/// Both have a method `result`. Method lookup prefers that of `Returned<Result<..>>` itself to the
/// one behind `Deref`. This tells two overlapping cases apart without a trait that the user's crate
/// would have to import.
#[derive(Debug)]
pub struct Returned<R>(ReturnedValue<R>);

/// A step returned a value that is not a `Result`.
#[derive(Debug)]
pub struct ReturnedValue<R>(PhantomData<R>);

impl<R> Returned<R> {
    /// Which of the two `returned` is.
    pub fn of(_returned: &R) -> Self {
        Returned(ReturnedValue(PhantomData))
    }
}

impl<V, E> Returned<Result<V, E>> {
    /// The value that is handed on, or why the step failed.
    pub fn result(&self, returned: Result<V, E>) -> Result<V, String>
    where
        E: StepError,
    {
        returned.map_err(StepError::text)
    }
}

impl<V> ReturnedValue<V> {
    /// The value that is handed on.
    pub fn result(&self, returned: V) -> Result<V, String> {
        Ok(returned)
    }
}

impl<R> Deref for Returned<R> {
    type Target = ReturnedValue<R>;

    fn deref(&self) -> &ReturnedValue<R> {
        &self.0
    }
}

/// An error that can be shown to whoever starts the program.
#[diagnostic::on_unimplemented(
    message = "the error of this step cannot be shown: `{Self}` does not implement `Display`",
    label = "this function's error does not implement `Display`"
)]
pub trait StepError {
    #[doc(hidden)]
    fn text(self) -> String;
}

#[diagnostic::do_not_recommend]
impl<E: Display> StepError for E {
    /// In the alternate form, which includes the causes if the type knows them.
    fn text(self) -> String {
        format!("{self:#}")
    }
}
