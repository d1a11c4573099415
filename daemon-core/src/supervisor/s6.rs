//! The descriptor on which s6 waits for a newline; see its page "Service startup notifications",
//! and `ready-notification` in dinit-service(5).

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::stat::SFlag;
use nix::unistd::write;

use crate::error::{Error, ErrorKind, words_of};
use crate::process::descriptors::{self, OpenDescriptors};
use crate::supervisor::decision::Decided;
use crate::supervisor::environment::Environment;
use crate::supervisor::parent::{Parent, ThisProcess};
use crate::sys;
use crate::sys::descriptors::borrow;
use crate::sys::fstat;
use crate::sys::inode::{Inode, file_type};

/// The variable that names the descriptor.
const VARIABLE: &str = "NOTIFICATION_FD";

#[derive(Debug)]
pub(crate) struct NotificationDescriptor {
    descriptor: OwnedFd,
    file: Inode,
}

impl NotificationDescriptor {
    /// Takes the descriptor that the environment, or else the program (`option`), names.
    ///
    /// One that the environment names must be there. The program names the same number wherever it
    /// runs, so where nobody listens on it there is none; and in the background it may be anything
    /// that a shell left open.
    pub(crate) fn take(
        option: Option<RawFd>,
        environment: Environment<'_>,
        mode: Decided,
        inherited: &io::Result<OpenDescriptors>,
    ) -> Result<Option<Self>, Error> {
        if let Some(value) = given(environment) {
            let refuse = |why: &str| {
                let what = format!("{VARIABLE} is {value:?}: {why}");
                Error::new(ErrorKind::Config, what)
                    .advise("name the descriptor at which the supervisor waits, or unset it")
            };
            let number = value.to_str().and_then(|number| number.parse().ok());
            let number = number.ok_or_else(|| refuse("that is not a number"))?;
            return match take(number, inherited) {
                Ok(descriptor) => Ok(Some(descriptor)),
                Err(Errno::ENOTCONN) => {
                    Err(refuse("it is not a pipe or socket that can be written to"))
                }
                Err(errno) => Err(refuse(&words_of(errno))),
            };
        }
        match (option, mode) {
            (Some(number), _) if number <= 2 => {
                Err(Error::new(ErrorKind::Config, format!("`notification_fd` is {number}"))
                    .advise("it must be at least 3: 0 to 2 are standard input, output and error"))
            }
            (Some(number), Decided::Foreground) => Ok(take(number, inherited).ok()),
            _ => Ok(None),
        }
    }

    /// Says that the program is ready; a supervisor may want to see the descriptor closed too.
    pub(crate) fn ready(&self) {
        // The program may have closed it, and have another file with its number.
        if sys::descriptors::is_file(self.descriptor.as_raw_fd(), self.file) {
            // The supervisor may be gone.
            let _ = write(&self.descriptor, b"\n");
        }
    }
}

/// The variable, unless it is another's, for whom the descriptor is meant as well.
fn given(environment: Environment<'_>) -> Option<OsString> {
    environment.get(VARIABLE)?;
    Parent::seen_by(&ThisProcess, environment.pid).gave_us(VARIABLE, environment)
}

fn take(
    number: RawFd,
    inherited: &io::Result<OpenDescriptors>,
) -> Result<NotificationDescriptor, Errno> {
    let file = look_at(number)?;
    let descriptor = descriptors::take(number, inherited)?;
    Ok(NotificationDescriptor { descriptor, file })
}

/// Only a pipe or a socket has somebody at its other end, and a file must not be written to.
fn look_at(number: RawFd) -> Result<Inode, Errno> {
    let fd = borrow(number).filter(|_| number > 2).ok_or(Errno::EBADF)?;
    let status = fstat(fd)?;
    let sort = file_type(&status);
    let access = OFlag::from_bits_truncate(fcntl(fd, FcntlArg::F_GETFL)?) & OFlag::O_ACCMODE;
    if !matches!(sort, SFlag::S_IFIFO | SFlag::S_IFSOCK) || access == OFlag::O_RDONLY {
        return Err(Errno::ENOTCONN);
    }
    Ok(Inode::of(&status))
}
