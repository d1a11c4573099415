//! How strace(1) is started.

use std::path::Path;
use std::process::Command;

pub(crate) fn is_installed() -> bool {
    Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success())
}

/// It follows all processes and writes to that file; the program is still to be added.
pub(crate) fn command(trace: &Path, options: &[&str]) -> Command {
    // A shell starts what is in its background with signals ignored, and putting them back counts.
    let mut command = Command::new("env");
    command.args(["--default-signal", "strace", "-f", "-q"]).args(options).arg("-o").arg(trace);
    command
}
