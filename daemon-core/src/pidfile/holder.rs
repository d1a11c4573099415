//! Who holds the lock of a pidfile.

use std::fs;
use std::os::fd::AsFd;

use nix::sys::stat::{fstat, stat};
use nix::unistd::Pid;

use crate::inode::Inode;

/// The process whose number stands in the file, if the kernel confirms that it holds the lock.
///
/// The number alone proves nothing: the file may be stale and the number somebody else's by now.
/// Nor does /proc/locks, which keeps the number of the process that took the lock, here the
/// command that has long exited. So one of the process's own descriptors must be this very file,
/// and its fdinfo must show the lock; see proc_pid_fdinfo(5).
pub(super) fn proven(file: impl AsFd) -> Option<Pid> {
    let pid = number_in(&file)?;
    holds_lock(pid, &file).then_some(pid)
}

/// The first line as a process number: decimal digits only, so that no `-5`, `0` or overflow gets
/// through, each of which means something else to kill(2).
fn number_in(file: impl AsFd) -> Option<Pid> {
    let mut buffer = [0; 32];
    let length = nix::sys::uio::pread(file, &mut buffer, 0).ok()?;
    parse(&buffer[..length])
}

fn parse(content: &[u8]) -> Option<Pid> {
    let line = content.split(|byte| *byte == b'\n').next()?;
    if line.is_empty() || !line.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: i32 = std::str::from_utf8(line).ok()?.parse().ok()?;
    (number > 0).then(|| Pid::from_raw(number))
}

fn holds_lock(pid: Pid, file: impl AsFd) -> bool {
    let Ok(ours) = fstat(file) else { return false };
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors.filter_map(Result::ok).any(|descriptor| {
        let is_this_file =
            stat(&descriptor.path()).is_ok_and(|theirs| Inode::of(&theirs) == Inode::of(&ours));
        is_this_file && {
            let number = descriptor.file_name();
            let fdinfo = format!("/proc/{pid}/fdinfo/{}", number.to_string_lossy());
            fs::read_to_string(fdinfo).is_ok_and(|text| shows_lock(&text))
        }
    })
}

/// A line such as `lock:  1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF`.
fn shows_lock(fdinfo: &str) -> bool {
    fdinfo.lines().filter_map(|line| line.strip_prefix("lock:")).any(|lock| {
        let words: Vec<_> = lock.split_whitespace().collect();
        words.get(1) == Some(&"FLOCK") && words.get(3) == Some(&"WRITE")
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, shows_lock};

    #[test]
    fn only_a_decimal_number_is_a_process() {
        assert_eq!(parse(b"4242\n").map(|pid| pid.as_raw()), Some(4242));
        assert_eq!(parse(b"4242\n99\n").map(|pid| pid.as_raw()), Some(4242));
        for forged in [&b""[..], b"\n", b"0\n", b"-5\n", b"+7\n", b" 7\n", b"99999999999\n", b"x"] {
            assert_eq!(parse(forged), None);
        }
    }

    #[test]
    fn only_an_exclusive_flock_is_the_lock() {
        assert!(shows_lock("pos:\t0\nlock:\t1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF\n"));
        assert!(!shows_lock("lock:\t1: FLOCK  ADVISORY  READ 4242 fe:00:131 0 EOF\n"));
        assert!(!shows_lock("lock:\t1: POSIX  ADVISORY  WRITE 4242 fe:00:131 0 EOF\n"));
        assert!(!shows_lock("pos:\t0\n"));
    }
}
