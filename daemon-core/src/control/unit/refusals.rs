//! What a target cannot express.

use crate::config::verb::Target;
use crate::config::{Config, Mode};
use crate::error::{Error, ErrorKind};

/// What this target cannot express, and what to do about it.
pub(super) fn inexpressible(target: Target, what: &str, advice: &str) -> Error {
    let what = format!("cannot write a file for {target}: {what}");
    Error::new(ErrorKind::Config, what).advise(advice)
}

/// Supervisors know a program by the process that they started.
pub(super) fn refuse_background(config: &Config, target: Target) -> Result<(), Error> {
    if config.mode == Mode::Background {
        let what = "`mode` is background, and it supervises only the process that it started";
        return Err(inexpressible(target, what, "leave `mode` out, which then stays there"));
    }
    Ok(())
}

/// Only Linux has them.
pub(super) fn refuse_capabilities(config: &Config, target: Target) -> Result<(), Error> {
    if !config.capabilities.is_empty() {
        let what = "`capabilities` are Linux's, and it runs on other systems";
        return Err(inexpressible(target, what, "leave `capabilities` out there"));
    }
    Ok(())
}
