//! Where a program is.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use nix::unistd::{AccessFlags, access};

use crate::skip;

/// The `PATH` of every start, and where programs are looked for.
pub(crate) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Skips the test unless this program is there.
#[track_caller]
pub fn require_program(program: &str, package: &str) -> PathBuf {
    match look_up(program.as_ref()) {
        Some(path) => path,
        None => skip!("needs {program}, which is in Debian's package {package}"),
    }
}

/// The path of this program, as a shell finds it.
///
/// # Panics
///
/// If there is none.
#[track_caller]
pub(crate) fn find(program: &OsStr) -> PathBuf {
    if program.as_encoded_bytes().contains(&b'/') {
        return program.into();
    }
    look_up(program).unwrap_or_else(|| panic!("no program {program:?} in {PATH}"))
}

fn look_up(program: &OsStr) -> Option<PathBuf> {
    PATH.split(':')
        .map(|directory| Path::new(directory).join(program))
        .find(|path| access(path, AccessFlags::X_OK).is_ok())
}
