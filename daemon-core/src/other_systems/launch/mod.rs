//! The launch where nothing can be launched: `configure`, `privileged` and the body run one after
//! another, in the process that was started.

pub(crate) mod ready;
pub(crate) mod refusal;

use std::process::{ExitCode, Termination};

use crate::config::Config;
use crate::error::Error;
use crate::launch::ready::Ready;
use crate::plan::inherited::Inherited;

impl Config {
    /// Runs `body`, and returns its exit code: on this system, which is not Unix, nothing else
    /// happens.
    #[must_use = "it is the exit status of the program: return it from `main`"]
    pub fn run<T: Termination>(&mut self, body: impl FnOnce(Ready) -> T) -> ExitCode {
        body(Ready::detached()).report()
    }

    /// Does nothing on this system, which is not Unix.
    ///
    /// # Errors
    ///
    /// None.
    pub fn launch(&mut self) -> Result<Ready, Error> {
        Ok(Ready::detached())
    }
}

/// Goes on in this process, with the value of `privileged`.
pub(crate) fn launch<V>(
    _: &mut Config,
    _: Inherited,
    privileged: impl FnOnce() -> Result<V, Error>,
) -> Result<(Ready, V), Error> {
    Ok((Ready::detached(), privileged()?))
}
