//! The descriptors that were inherited, and which of them the daemon closes.

use std::ffi::{OsStr, OsString};
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::{env, io};

use nix::errno::Errno;

use crate::error::{Error, errno_of};
use crate::sys;
use crate::sys::descriptors::Runs;
use crate::sys::inode::{Inode, file_type};

/// The descriptors above 2 that were open at one moment, each with the file that it referred to.
#[derive(Debug, Clone, Default)]
pub(crate) struct OpenDescriptors(Vec<(RawFd, Inode)>);

impl OpenDescriptors {
    /// The ones that were open when the process began.
    pub(crate) fn at_start() -> io::Result<Self> {
        sys::start::open_at_start().map(|open| OpenDescriptors(open.to_vec()))
    }

    /// Whether this one was open then, and still is the same file.
    fn has(&self, number: RawFd) -> bool {
        self.0.iter().any(|(open, before)| *open == number && is_still(*before, number))
    }

    /// The descriptors that still refer to the same files.
    ///
    /// The program may have closed one and been given its number again for something of its own,
    /// which must not be closed. Three things tell: the file that it refers to; close-on-exec,
    /// which no inherited descriptor has (it came through execve(2)) and everything that std opens
    /// has; and its type, because all anonymous files (of eventfd(2), of epoll(7)) have one inode,
    /// so that they cannot be told apart.
    fn still_inherited(&self, keep: impl Fn(RawFd) -> bool) -> Runs {
        let mut runs = Runs::default();
        for &(number, before) in &self.0 {
            if !keep(number) && !closes_on_exec(number) && is_still(before, number) {
                runs.push(number);
            }
        }
        runs
    }
}

/// Takes an inherited descriptor by its number. One that was not seen to be inherited may have an
/// owner in this process, which closes it, and so is shared.
pub(crate) fn take(
    number: RawFd,
    inherited: &io::Result<OpenDescriptors>,
) -> Result<OwnedFd, Errno> {
    match inherited {
        Ok(inherited) if inherited.has(number) => sys::descriptors::take_inherited(number),
        _ => sys::descriptors::share_inherited(number),
    }
}

fn is_still(before: Inode, number: RawFd) -> bool {
    sys::descriptors::status(number)
        .is_some_and(|now| Inode::of(&now) == before && !file_type(&now).is_empty())
}

fn closes_on_exec(number: RawFd) -> bool {
    let closes = sys::descriptors::borrow(number).map(sys::descriptors::closes_on_exec);
    closes.is_some_and(|closes| closes == Ok(true))
}

/// The descriptors that the command line names, which are kept: `--config <(command)`, which is
/// `--config /dev/fd/63` to the program, may be read as late as in its body.
fn named_by_arguments(arguments: impl IntoIterator<Item = OsString>) -> Vec<RawFd> {
    arguments.into_iter().filter_map(|argument| named_by(&argument)).collect()
}

/// The number N of an argument that ends in `/dev/fd/N` or the like, whether it is the whole
/// argument, as in `--config /dev/fd/63`, or a part of it, as in `--config=/dev/fd/63`.
fn named_by(argument: &OsStr) -> Option<RawFd> {
    let bytes = argument.as_bytes();
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, number) = bytes.split_at(bytes.len() - digits);
    let is_prefix = |prefix: &&str| before.ends_with(prefix.as_bytes());
    sys::proc::DESCRIPTOR_PREFIXES
        .iter()
        .any(is_prefix)
        .then(|| std::str::from_utf8(number).ok()?.parse().ok())
        .flatten()
}

/// The inherited descriptors that the daemon closes: those that the program has not taken over and
/// that the command line does not name.
pub(crate) fn to_close(inherited: io::Result<OpenDescriptors>) -> Result<Runs, Error> {
    let inherited = inherited.map_err(|error| {
        let list = sys::proc::OPEN_DESCRIPTORS;
        let what = format!("tell which descriptors were inherited: cannot list {list}");
        Error::cannot(what, errno_of(error)).advise("mount /proc")
    })?;
    if inherited.0.is_empty() {
        return Ok(Runs::default());
    }
    let named = named_by_arguments(env::args_os());
    Ok(inherited.still_inherited(|number| named.contains(&number)))
}

#[cfg(test)]
mod tests {
    use super::named_by;

    #[test]
    fn an_argument_names_a_descriptor() {
        assert_eq!(named_by("/dev/fd/63".as_ref()), Some(63));
        assert_eq!(named_by("--config=/proc/self/fd/7".as_ref()), Some(7));
        assert_eq!(named_by("/dev/fd/".as_ref()), None);
        assert_eq!(named_by("/dev/fd/x9".as_ref()), None);
        assert_eq!(named_by("/dev/fd/99999999999".as_ref()), None);
        assert_eq!(named_by("63".as_ref()), None);
        assert_eq!(named_by("".as_ref()), None);
    }
}
