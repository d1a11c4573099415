//! Where a program is.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use nix::unistd::{AccessFlags, access};

use crate::skip;

/// The `PATH` of every start, and where programs are looked for.
pub(crate) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The directory of the fixtures.
static FIXTURES: OnceLock<PathBuf> = OnceLock::new();

/// Cargo tells the path of a fixture to the tests alone, and these tell it here.
pub(crate) fn set_fixtures(path_of_one: Option<&str>) {
    if let Some(directory) = path_of_one.and_then(|path| Path::new(path).parent()) {
        FIXTURES.get_or_init(|| directory.to_owned());
    }
}

/// The path of a fixture that the harness itself knows how to start.
#[track_caller]
pub(crate) fn fixture(name: &str) -> PathBuf {
    FIXTURES.get().expect("a package with fixtures").join(name)
}

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
