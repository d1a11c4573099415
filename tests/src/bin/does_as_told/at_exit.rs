//! A handler of atexit(3).
#![expect(unsafe_code, reason = "calls C")]

use std::{fs::OpenOptions, io::Write, path::PathBuf, process, sync::OnceLock};

static FILE: OnceLock<PathBuf> = OnceLock::new();

/// The process that runs the handlers adds its number to this file.
pub(crate) fn add_number_to(file: &str) {
    FILE.set(file.into()).expect("one file");
    // SAFETY: the handler is a function of this program, and does not unwind.
    assert_eq!(unsafe { libc::atexit(handler) }, 0);
}

extern "C" fn handler() {
    let Some(path) = FILE.get() else { return };
    let file = OpenOptions::new().append(true).create(true).open(path);
    // The test sees it if nothing was written.
    _ = file.and_then(|mut file| writeln!(file, "{}", process::id()));
}
