//! The process that holds the lock of a pidfile.

use std::os::fd::AsFd;

use nix::unistd::Pid;

use crate::sys;
use crate::sys::descriptors::{Reader, reader};

/// The process whose number is in the file, if the kernel confirms that it holds the lock.
///
/// The number alone proves nothing: the file may be stale and the number reused by now. Nor does
/// /proc/locks help: it keeps the number of the process that took the lock, here the command, which
/// has long exited. So the process itself must hold the lock of fcntl(2) that a daemon takes
/// besides, which whoever may open the file can ask for. Where the kernel names nobody, one of the
/// process's own descriptors must bear the name of this very file, and its fdinfo must show the
/// lock; see proc_pid_fdinfo(5).
pub(super) fn proven(file: impl AsFd) -> Option<Pid> {
    let pid = number_in(&file)?;
    let is_proven = match reader(&file) {
        Some(reader) => reader == Reader::Process(pid),
        None => sys::proc::holds_exclusive_lock(pid, file),
    };
    is_proven.then_some(pid)
}

/// The first line as a process number: decimal digits only, so that no `-5`, `0` or overflow gets
/// through, each of which has another meaning for kill(2).
pub(super) fn number_in(file: impl AsFd) -> Option<Pid> {
    let mut buffer = [0; 32];
    let length = nix::sys::uio::pread(file, &mut buffer, 0).ok()?;
    let content = &buffer[..length];
    // Of a line that is not whole, the beginning is another number.
    let is_whole = length < buffer.len() || content.contains(&b'\n');
    if is_whole { parse(content) } else { None }
}

fn parse(content: &[u8]) -> Option<Pid> {
    let line = content.split(|byte| *byte == b'\n').next()?;
    if line.is_empty() || !line.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: i32 = std::str::from_utf8(line).ok()?.parse().ok()?;
    (number > 0).then(|| Pid::from_raw(number))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_a_decimal_number_is_a_process() {
        assert_eq!(parse(b"4242\n").map(|pid| pid.as_raw()), Some(4242));
        assert_eq!(parse(b"4242\n99\n").map(|pid| pid.as_raw()), Some(4242));
        for forged in [&b""[..], b"\n", b"0\n", b"-5\n", b"+7\n", b" 7\n", b"99999999999\n", b"x"] {
            assert_eq!(parse(forged), None);
        }
    }
}
