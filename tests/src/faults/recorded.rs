//! A call that was made, in words.

use std::{fs, path::Path};

use libc::{c_int, pid_t};

use super::{
    Site, call,
    calls::Shown,
    ptrace::{self, Entered},
};

/// A call that a process of a start has made.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its place.
    pub site: Site,
    /// Its name and what it is about: the same on each machine, and in each directory.
    pub label: String,
}

impl Recorded {
    /// In the process that is stopped before it; `@` is this directory.
    pub(super) fn new(
        site: Site,
        tid: pid_t,
        entered: &Entered,
        here: &Path,
        parent: pid_t,
    ) -> Self {
        let Some(call) = call(site.call) else {
            return Self { site, label: format!("call {}", site.call) };
        };
        let argument = |index: usize| entered.arguments[index];
        let reader = Reader { tid, here, parent };
        let about = match call.shown {
            Shown::Nothing => String::new(),
            Shown::Path(index) => match reader.path(argument(index)) {
                // With AT_EMPTY_PATH it is about the descriptor.
                path if path.is_empty() => reader.descriptor(argument(0)),
                path => path,
            },
            Shown::Address(index) => reader.address(argument(index)),
            Shown::Descriptor(index) => reader.descriptor(argument(index)),
            Shown::CommandOfDescriptor => {
                format!("{} {}", command(argument(1) as c_int), reader.descriptor(argument(0)))
            }
            Shown::Number(index, names) => names
                .iter()
                .find(|(number, _)| *number == argument(index) as c_int)
                .map_or_else(|| (argument(index) as c_int).to_string(), |it| it.1.to_owned()),
        };
        let label = format!("{} {about}", call.name);
        Self { site, label: label.trim_end().to_owned() }
    }

    /// Whether it is the check that the standard library makes in a debug build before it closes a
    /// descriptor.
    pub fn is_the_check_of_a_close(&self, next: Option<&Recorded>) -> bool {
        let of = |it: &Self, name: &str| it.label.strip_prefix(name).map(str::to_owned);
        let checked = of(self, "fcntl F_GETFD ");
        checked.is_some() && checked == next.and_then(|it| of(it, "close "))
    }
}

fn command(number: c_int) -> String {
    // Missing in libc; see linux/fcntl.h.
    const F_SETSIG: c_int = 10;
    const F_GETOWN_EX: c_int = 16;
    match number {
        libc::F_GETFD => "F_GETFD",
        libc::F_SETFD => "F_SETFD",
        libc::F_GETFL => "F_GETFL",
        libc::F_SETFL => "F_SETFL",
        libc::F_SETOWN => "F_SETOWN",
        libc::F_DUPFD_CLOEXEC => "F_DUPFD_CLOEXEC",
        libc::F_SETLK => "F_SETLK",
        libc::F_OFD_SETLK => "F_OFD_SETLK",
        libc::F_GETLK => "F_GETLK",
        F_SETSIG => "F_SETSIG",
        F_GETOWN_EX => "F_GETOWN_EX",
        number => return number.to_string(),
    }
    .to_owned()
}

struct Reader<'a> {
    tid: pid_t,
    here: &'a Path,
    parent: pid_t,
}

impl Reader<'_> {
    fn path(&self, address: u64) -> String {
        let bytes = ptrace::memory(self.tid, address, libc::PATH_MAX as usize).unwrap_or_default();
        let path = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        self.shown(&String::from_utf8_lossy(path))
    }

    /// Of a Unix socket; the family stands before the path.
    fn address(&self, address: u64) -> String {
        const FAMILY: u64 = size_of::<libc::sa_family_t>() as u64;
        self.path(address + FAMILY)
    }

    fn descriptor(&self, number: u64) -> String {
        if number as c_int == libc::STDERR_FILENO {
            return "stderr".to_owned();
        }
        let target = |number| fs::read_link(format!("/proc/{}/fd/{number}", self.tid));
        match target(number as c_int) {
            // Opened once more.
            Ok(file) if target(libc::STDERR_FILENO).is_ok_and(|stderr| stderr == file) => {
                "stderr".to_owned()
            }
            Ok(file) => self.shown(&file.to_string_lossy()),
            Err(_) if number as c_int == libc::AT_FDCWD => "the working directory".to_owned(),
            Err(_) => "nothing".to_owned(),
        }
    }

    fn shown(&self, path: &str) -> String {
        let here = self.here.to_str().expect("a plain name");
        let path = path.trim_end_matches(" (deleted)");
        if let Some(rest) = path.strip_prefix(here) {
            return format!("@{rest}");
        }
        if let Some(kind) = ["pipe:", "socket:", "anon_inode:", "/memfd:"]
            .iter()
            .find(|kind| path.starts_with(**kind))
        {
            let kind = kind.trim_matches(['/', ':']);
            return kind.to_owned();
        }
        let path = path
            .replace(&format!("/proc/{}/", self.parent), "/proc/PARENT/")
            .replace(&format!("/proc/{}/", self.tid), "/proc/self/");
        if path != "/" && self.here.ancestors().any(|it| it == Path::new(&path)) {
            return "a directory above @".to_owned();
        }
        path
    }
}
