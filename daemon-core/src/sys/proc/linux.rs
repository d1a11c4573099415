//! Information from /proc; see proc(5).

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, stat};
use nix::unistd::{Pid, getpid, read};

use crate::sys::signals::SignalSet;

/// The directory in which each open descriptor of this process has an entry, named by its number;
/// see proc_pid_fd(5).
pub(crate) const OPEN_DESCRIPTORS: &str = "/proc/self/fd";

/// The names under which a command line mentions a descriptor, before its number.
pub(crate) const DESCRIPTOR_PREFIXES: &[&str] = &["/dev/fd/", "/proc/self/fd/"];

/// How many descriptors are open. `None` before Linux 6.2, where the size of the directory was 0;
/// see proc_pid_fd(5).
pub(crate) fn open_descriptor_count() -> Option<usize> {
    let size = stat(OPEN_DESCRIPTORS).ok()?.st_size;
    usize::try_from(size).ok().filter(|count| *count > 0)
}

/// How many threads this process has; `None` if that cannot be known.
///
/// unshare(2) tells one thread from several: it refuses `CLONE_THREAD` with `EINVAL` to a process
/// with several, and does nothing to a process with one. If there are several, or if a filter
/// forbids the call, /proc/self/task tells how many: it has one directory for each, and so two
/// links more than that; see proc_pid_task(5) and inode(7).
pub(crate) fn thread_count() -> Option<usize> {
    // SAFETY: with this flag alone unshare(2) changes nothing; see above.
    let alone = Errno::result(unsafe { libc::unshare(libc::CLONE_THREAD) });
    if alone.is_ok() {
        return Some(1);
    }
    match stat("/proc/self/task") {
        Ok(tasks) => usize::try_from(tasks.st_nlink).ok()?.checked_sub(2),
        Err(_) => (alone == Err(Errno::EINVAL)).then_some(2),
    }
}

/// The names of all threads but the first; see proc_pid_task(5).
pub(crate) fn other_thread_names() -> Vec<String> {
    let own = getpid().to_string();
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter(|task| task.file_name().to_str() != Some(&own))
        .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect()
}

/// The ignored and the blocked signals, from the lines `SigIgn` and `SigBlk` of /proc/self/status:
/// three system calls, where sigaction(2) would take 64; see proc_pid_status(5).
pub(crate) fn ignored_and_blocked_signals() -> Option<(SignalSet, SignalSet)> {
    let mut buffer = [0; 2048];
    let length = File::open("/proc/self/status").ok()?.read(&mut buffer).ok()?;
    let text = std::str::from_utf8(&buffer[..length]).ok()?;
    let mask = |field| {
        let line = text.lines().find_map(|line| line.strip_prefix(field))?;
        u64::from_str_radix(line.trim(), 16).ok().map(SignalSet)
    };
    Some((mask("SigIgn:")?, mask("SigBlk:")?))
}

/// The kernel's name for a process: the file it was executed from, at most 15 bytes, unless it has
/// chosen a name; see proc_pid_comm(5). `None` if it cannot be seen.
pub(crate) fn process_name(pid: Pid) -> Option<String> {
    let path = format!("/proc/{pid}/comm");
    let file = open(path.as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty());
    let mut buffer = [0; 64];
    let length = read(file.ok()?, &mut buffer).ok()?;
    let name = std::str::from_utf8(&buffer[..length]).ok()?;
    Some(name.trim_end_matches('\n').to_owned())
}

/// The arguments of a process, including the program's name; see proc_pid_cmdline(5). A single
/// empty one if they cannot be seen.
pub(crate) fn process_arguments(pid: Pid) -> Vec<String> {
    let list = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    list.split(|byte| *byte == 0).map(|it| String::from_utf8_lossy(it).into_owned()).collect()
}

/// The number that stands for all users and groups which have none in our user namespace; `None` in
/// the machine's first one, where each has its own. See user_namespaces(7), "Unmapped user and group
/// IDs".
pub(crate) fn overflow_id() -> Option<u32> {
    let map = fs::read_to_string("/proc/self/uid_map").ok()?;
    let is_first = map.split_whitespace().eq(["0", "0", "4294967295"]);
    let number = fs::read_to_string("/proc/sys/kernel/overflowuid");
    (!is_first).then(|| number.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(65534))
}

/// Whether a process has this file open and holds an exclusive lock of flock(2) on it, by its
/// `fdinfo`; see proc_pid_fdinfo(5). `false` where that cannot be seen.
///
/// Nothing that the process has open is looked at but what readlink(2) calls by the file's name: a
/// stat(2) of a file on a file system that does not answer would hang.
pub(crate) fn holds_exclusive_lock(pid: Pid, file: impl AsFd) -> bool {
    let own = format!("{OPEN_DESCRIPTORS}/{}", file.as_fd().as_raw_fd());
    let Ok(name) = fs::read_link(own) else { return false };
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors.filter_map(Result::ok).any(|descriptor| {
        fs::read_link(descriptor.path()).is_ok_and(|theirs| theirs == name) && {
            let number = descriptor.file_name();
            let fdinfo = format!("/proc/{pid}/fdinfo/{}", number.to_string_lossy());
            fs::read_to_string(fdinfo).is_ok_and(|text| shows_exclusive_lock(&text))
        }
    })
}

/// A line such as `lock:  1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF`.
fn shows_exclusive_lock(fdinfo: &str) -> bool {
    fdinfo.lines().filter_map(|line| line.strip_prefix("lock:")).any(|lock| {
        let words: Vec<_> = lock.split_whitespace().collect();
        words.get(1) == Some(&"FLOCK") && words.get(3) == Some(&"WRITE")
    })
}

#[cfg(test)]
mod tests {
    use super::shows_exclusive_lock as shows;

    #[test]
    fn only_an_exclusive_flock_is_the_lock() {
        assert!(shows("pos:\t0\nlock:\t1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF\n"));
        assert!(!shows("lock:\t1: FLOCK  ADVISORY  READ 4242 fe:00:131 0 EOF\n"));
        assert!(!shows("lock:\t1: POSIX  ADVISORY  WRITE 4242 fe:00:131 0 EOF\n"));
        assert!(!shows("pos:\t0\n"));
    }
}
