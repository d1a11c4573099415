//! The trace of a start.

use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::prctl;

use super::trace::Trace;
use crate::programs::build_rust;
use crate::{children, descriptors, strace};

const DEADLINE: Duration = Duration::from_secs(10);

/// What strace(1) writes while the program `traced` starts, with one descriptor to inherit.
pub(super) fn trace() -> Result<String, Box<dyn Error>> {
    if !strace::is_installed() {
        return Err("strace is not installed".into());
    }
    descriptors::close_inherited()?;
    prctl::set_child_subreaper(true)?;
    let program = build_rust()?.join("traced");
    let directory = tempfile::Builder::new().prefix("daemon-benches-").tempdir()?;
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755))?;
    fs::write(directory.path().join("settings"), "traced")?;
    fs::write(directory.path().join("journal"), "one\ntwo\n")?;
    let trace = directory.path().join("trace");

    let inheritable = descriptors::open_inheritable(1)?;
    let mut strace = strace::command(&trace, &["-s", "64"])
        .arg(program)
        .arg(directory.path())
        .env_clear()
        .stdin(Stdio::null())
        .spawn()?;
    drop(inheritable);
    let started = Instant::now();
    let mut written = String::new();
    while Trace::parse(&written).is_err() && started.elapsed() < DEADLINE {
        thread::sleep(Duration::from_millis(10));
        written = fs::read_to_string(&trace).unwrap_or_default();
    }
    // Strace itself goes on for as long as the daemon does.
    strace.kill()?;
    strace.wait()?;
    children::end_all()?;
    Ok(written)
}
