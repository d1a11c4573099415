//! Where a program is.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use nix::unistd::{AccessFlags, access};

/// The `PATH` of every start, and where programs are looked for.
pub(crate) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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
    PATH.split(':')
        .map(|directory| Path::new(directory).join(program))
        .find(|path| access(path, AccessFlags::X_OK).is_ok())
        .unwrap_or_else(|| panic!("no program {program:?} in {PATH}"))
}
