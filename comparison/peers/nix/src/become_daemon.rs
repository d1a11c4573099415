//! `nix::unistd::daemon`, which is daemon(3). It offers neither pidfile, log nor user.

use std::error::Error;

pub(crate) fn become_daemon() -> Result<(), Box<dyn Error>> {
    Ok(nix::unistd::daemon(false, false)?)
}
