//! A process's open descriptor, seen from the outside.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// An open descriptor, as `/proc/PID/fd` and `/proc/PID/fdinfo` show it.
#[derive(Clone, Debug)]
pub struct Descriptor {
    /// What it is: a path, or for example `pipe:[4242]`, `socket:[4242]`, `/memfd:name (deleted)`.
    pub target: PathBuf,
    /// What open(2) takes: `O_WRONLY`, `O_APPEND`, `O_CLOEXEC` and so on.
    pub flags: i32,
    /// Its locks, each as a line of `proc_locks(5)` (`1: FLOCK  ADVISORY  WRITE 4242 …`).
    pub locks: Vec<String>,
}

impl Descriptor {
    pub(crate) fn read(process: &Path, number: i32) -> io::Result<Self> {
        let target = fs::read_link(process.join(format!("fd/{number}")))?;
        let info = fs::read_to_string(process.join(format!("fdinfo/{number}")))?;
        let values = |key| info.lines().filter_map(move |line| line.strip_prefix(key));
        let flags = values("flags:").next().expect("flags in fdinfo").trim();
        Ok(Self {
            target,
            flags: i32::from_str_radix(flags, 8).expect("octal flags in fdinfo"),
            locks: values("lock:").map(|lock| lock.trim().to_owned()).collect(),
        })
    }

    /// Whether exec closes it.
    pub fn is_close_on_exec(&self) -> bool {
        self.flags & libc::O_CLOEXEC != 0
    }

    /// Whether it can be written to.
    pub fn is_writable(&self) -> bool {
        self.flags & libc::O_ACCMODE != libc::O_RDONLY
    }

    /// Whether it is an end of a pipe.
    pub fn is_pipe(&self) -> bool {
        self.target.to_string_lossy().starts_with("pipe:[")
    }

    /// Whether it is a socket.
    pub fn is_socket(&self) -> bool {
        self.target.to_string_lossy().starts_with("socket:[")
    }

    /// Whether it is a pseudo-terminal.
    pub fn is_terminal(&self) -> bool {
        self.target.starts_with("/dev/pts")
    }

    /// Whether it holds the file's exclusive flock(2).
    pub fn holds_flock(&self) -> bool {
        self.has_flock("WRITE")
    }

    /// Whether it shares the file's flock(2) with whoever else does.
    pub fn shares_flock(&self) -> bool {
        self.has_flock("READ")
    }

    fn has_flock(&self, kind: &str) -> bool {
        self.locks.iter().any(|lock| {
            let words: Vec<_> = lock.split_whitespace().collect();
            words.contains(&"FLOCK") && words.contains(&kind)
        })
    }
}
