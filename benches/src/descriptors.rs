//! The descriptors that a program is started with, and their limit.

use std::error::Error;
use std::fs::{self, File};
use std::os::fd::{OwnedFd, RawFd};

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::unistd::{close, dup};

/// The soft limit that most systems give: what is measured has it unless something else is said.
pub const USUAL_LIMIT: rlim_t = 1024;

/// The most that a soft limit may be here, and at most 20 000.
pub(crate) fn highest_limit() -> Result<rlim_t, Box<dyn Error>> {
    Ok(getrlimit(Resource::RLIMIT_NOFILE)?.1.min(20_000))
}

/// Sets the soft limit for this process and what it starts, until it is dropped.
#[derive(Debug)]
pub struct Limited {
    before: rlim_t,
}

impl Limited {
    /// This soft limit, or the hard one if that is lower.
    pub fn to(limit: rlim_t) -> Result<Self, Box<dyn Error>> {
        let (before, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
        setrlimit(Resource::RLIMIT_NOFILE, limit.min(hard), hard)?;
        Ok(Limited { before })
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("it could be read before");
        setrlimit(Resource::RLIMIT_NOFILE, self.before, hard).expect("it was so before");
    }
}

/// Opens as many descriptors without close-on-exec: what is started meanwhile inherits them.
pub(crate) fn open_inheritable(count: usize) -> Result<Vec<OwnedFd>, Box<dyn Error>> {
    let null = File::open("/dev/null")?;
    (0..count).map(|_| Ok(dup(&null)?)).collect()
}

/// Closes all but 0 to 2, so that each program is started with these and no more, whatever this
/// shell has left open.
pub(crate) fn close_inherited() -> Result<(), Box<dyn Error>> {
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for number in open.into_iter().filter(|number| *number > 2) {
        // EBADF: the one that the directory was read with.
        let _ = close(number);
    }
    Ok(())
}
