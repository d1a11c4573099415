//! Information from /proc; see proc(5).

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, stderr};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, SFlag, stat};
use nix::unistd::{Pid, getpid, read};

use super::super::fstat;
use super::{OtherStatus, OwnStatus, sockets};
use crate::sys::inode::{Inode, file_type};
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

/// Standard error, opened once more so that no write waits for room, if it is a terminal, another
/// device, or a pipe; see proc_pid_fd(5), O_NONBLOCK in open(2).
///
/// `None` also for the terminal of another user, and without /proc.
pub(crate) fn open_stderr_without_waiting() -> Option<OwnedFd> {
    let file_type = file_type(&fstat(stderr()).ok()?);
    if ![SFlag::S_IFCHR, SFlag::S_IFIFO].contains(&file_type) {
        return None;
    }
    let flags = OFlag::O_WRONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    open("/proc/self/fd/2", flags, Mode::empty()).ok()
}

/// How many threads this process has; `None` if that cannot be known.
///
/// unshare(2) tells one thread from several: it refuses `CLONE_THREAD` with `EINVAL` to a process
/// with several, and does nothing to a process with one. If there are several, or if a filter
/// forbids the call, /proc/self/task tells how many: it has one directory for each, and so two
/// links more than that; see proc_pid_task(5) and inode(7).
pub(crate) fn thread_count() -> Option<usize> {
    // By the system call itself: the C library's function is in a part of it that nothing else in
    // the launch needs, and a new process has to map each part anew.
    // SAFETY: with this flag alone unshare(2) changes nothing; see above.
    let alone = Errno::result(unsafe { libc::syscall(libc::SYS_unshare, libc::CLONE_THREAD) });
    if alone.is_ok() {
        return Some(1);
    }
    match stat("/proc/self/task") {
        Ok(tasks) => {
            let count = usize::try_from(tasks.st_nlink).ok()?.checked_sub(2)?;
            Some(if count > 1 { count - emulators_threads().len() } else { count })
        }
        Err(_) => (alone == Err(Errno::EINVAL)).then_some(2),
    }
}

/// The names of all threads but the first; see proc_pid_task(5).
pub(crate) fn other_thread_names() -> Vec<String> {
    let emulators = emulators_threads();
    other_threads()
        .filter(|thread| !emulators.contains(thread))
        .filter_map(|thread| fs::read_to_string(thread.join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect()
}

/// The directories of all threads but the first.
fn other_threads() -> impl Iterator<Item = PathBuf> {
    let own = getpid().to_string();
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks.filter(move |task| task.file_name().to_str() != Some(&own)).map(|task| task.path())
}

/// The thread of QEMU's user mode, which is not the program's: it never runs any of its code, and
/// a fork(2) of the program makes it anew. None if the program is not emulated, or if it is not
/// certain which one it is.
///
/// QEMU gives the program's path for /proc/self/exe, but does not know of /proc/thread-self. Its
/// thread blocks SIGBUS and none of SIGSEGV, SIGILL and SIGFPE, which nobody else would.
fn emulators_threads() -> Vec<PathBuf> {
    let program = |link| fs::read_link(link).ok();
    let executed = program("/proc/thread-self/exe");
    if executed.is_none() || executed == program("/proc/self/exe") {
        return Vec::new();
    }
    let is_one = |thread: &PathBuf| {
        let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
        signals_in(&status, "SigBlk:").is_some_and(|blocked| {
            let faults = [libc::SIGSEGV, libc::SIGILL, libc::SIGFPE];
            blocked.contains(libc::SIGBUS) && !faults.iter().any(|it| blocked.contains(*it))
        })
    };
    let threads: Vec<_> = other_threads().filter(is_one).collect();
    if threads.len() == 1 { threads } else { Vec::new() }
}

/// The status of this process, as /proc/self/status has it: three system calls, where sigaction(2)
/// would take 64; see proc_pid_status(5).
pub(crate) fn own_status() -> Option<OwnStatus> {
    let mut file = File::open("/proc/self/status").ok()?;
    let mut buffer = [0; 2048];
    let length = file.read(&mut buffer).ok()?;
    let text = std::str::from_utf8(&buffer[..length]).ok()?;
    // In the order of the file, which is read through once.
    let mut lines = text.lines();
    let mut value = |field| lines.find_map(|line| line.strip_prefix(field)).map(str::trim);
    let pid = Pid::from_raw(value("Pid:")?.parse().ok()?);
    let parent = Pid::from_raw(value("PPid:")?.parse().ok()?);
    let descriptor_slots = value("FDSize:")?.parse().ok()?;
    let blocked = signals(value("SigBlk:")?)?;
    let ignored = signals(value("SigIgn:")?)?;
    let lowest_free = file.as_raw_fd();
    Some(OwnStatus { pid, parent, descriptor_slots, ignored, blocked, lowest_free })
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

/// Processes are shown to each other, unless /proc is mounted with `hidepid`.
pub(crate) const SHOWS_OTHERS: bool = true;

/// The arguments of a process, including the program's name; see proc_pid_cmdline(5). None if they
/// cannot be seen.
pub(crate) fn process_arguments(pid: Pid) -> Vec<OsString> {
    zero_terminated(&format!("/proc/{pid}/cmdline"))
}

/// A variable that a process was started with; see proc_pid_environ(5). `None` also if that cannot
/// be seen: it is shown to whoever may trace the process.
pub(crate) fn process_variable(pid: Pid, name: &str) -> Option<OsString> {
    zero_terminated(&format!("/proc/{pid}/environ")).into_iter().find_map(|variable| {
        let value = variable.as_bytes().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(OsString::from_vec(value.to_owned()))
    })
}

fn zero_terminated(path: &str) -> Vec<OsString> {
    let mut list = fs::read(path).unwrap_or_default();
    if list.last() == Some(&0) {
        list.pop();
    }
    if list.is_empty() {
        return Vec::new();
    }
    list.split(|byte| *byte == 0).map(|it| OsString::from_vec(it.to_owned())).collect()
}

/// The directory of a process that has this number in our own process namespace. `None` where /proc
/// shows the numbers of another one, in which it is another process's.
fn directory(pid: Pid) -> Option<String> {
    shows_our_numbers().then(|| format!("/proc/{pid}"))
}

/// Whether /proc shows the numbers of our own process namespace; see pid_namespaces(7), "/proc and PID
/// namespaces".
fn shows_our_numbers() -> bool {
    let own = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let is_own_number = |number: &str| number.trim() == getpid().to_string();
    let field = |name: &str| own.lines().find_map(|line| line.strip_prefix(name));
    // Our numbers, from that namespace down to our own. Before Linux 4.1 there is only the first.
    field("NSpid:").or_else(|| field("Pid:")).is_some_and(is_own_number)
}

/// Whether the file that a process executes has no name any more: it was replaced, or removed; see
/// proc_pid_exe(5). `None` if that cannot be seen.
pub(crate) fn program_is_replaced(pid: Pid) -> Option<bool> {
    let link = format!("{}/exe", directory(pid)?);
    let path = fs::read_link(&link).ok()?;
    if !path.as_os_str().as_bytes().ends_with(b" (deleted)") {
        return Some(false);
    }
    // Or that is its name.
    let inode = |path: &str| stat(path).ok().map(|status| Inode::of(&status));
    Some(path.to_str().and_then(inode) != Some(inode(&link)?))
}

/// When a process was started, in milliseconds since the machine was; see proc_pid_stat(5),
/// "starttime".
pub(crate) fn start_time(pid: Pid) -> Option<u64> {
    /// `USER_HZ`, which the kernel counts by towards programs: the same everywhere but on Alpha.
    const TICKS_IN_A_SECOND: u64 = 100;
    let text = fs::read_to_string(format!("{}/stat", directory(pid)?)).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    let ticks: u64 = fields.split_whitespace().nth(19)?.parse().ok()?;
    Some(ticks * (1000 / TICKS_IN_A_SECOND))
}

/// The addresses at which a process waits for anybody. None if they may not be seen.
pub(crate) fn listening(pid: Pid) -> Vec<String> {
    directory(pid).map(|process| sockets::listening(&process)).unwrap_or_default()
}

/// Whether a process ignores SIGTERM; see proc_pid_status(5), "SigIgn".
pub(crate) fn ignores_sigterm(pid: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    signals_in(&status, "SigIgn:").is_some_and(|ignored| ignored.contains(libc::SIGTERM))
}

/// The status of any process; `None` if it cannot be seen. See proc_pid_status(5).
pub(crate) fn status_of(pid: Pid) -> Option<OtherStatus> {
    let text = fs::read_to_string(format!("{}/status", directory(pid)?)).ok()?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let process = |name: &str| number_in(&text, name).map(Pid::from_raw);
    let own_number = match field("NSpid:") {
        Some(numbers) => Pid::from_raw(numbers.split_whitespace().next_back()?.parse().ok()?),
        // Before Linux 4.1.
        None => pid,
    };
    let uids = field("Uid:")?.split_whitespace().map(|id| id.parse().ok());
    Some(OtherStatus {
        own_number,
        uids: uids.collect::<Option<Vec<_>>>()?,
        parent: process("PPid:")?,
        tracer: process("TracerPid:").filter(|tracer| tracer.as_raw() != 0),
        state: field("State:")?.trim().chars().next()?,
        caught: signals_in(&text, "SigCgt:")?,
    })
}

/// The control groups of a process in which systemd may keep it: in a hierarchy of its own, or in
/// the only one that there is; see cgroups(7), "/proc files".
pub(crate) fn control_groups(pid: Pid) -> Vec<String> {
    let text = directory(pid).and_then(|it| fs::read_to_string(format!("{it}/cgroup")).ok());
    let text = text.unwrap_or_default();
    let path = |line: &str| {
        let path = line.strip_prefix("0::").or_else(|| Some(line.split_once(":name=systemd:")?.1));
        path.map(str::to_owned)
    };
    text.lines().filter_map(path).collect()
}

/// Whether standard output or error of a process is the file at this path, as the process sees it; see
/// proc_pid_fd(5), proc_pid_root(5). `false` if that cannot be seen.
pub(crate) fn writes_to(pid: Pid, path: &Path) -> bool {
    let inode = |path: PathBuf| stat(&path).ok().map(|status| Inode::of(&status));
    let Some(process) = directory(pid).map(PathBuf::from) else { return false };
    let Ok(inside) = path.strip_prefix("/") else { return false };
    let Some(at_path) = inode(process.join("root").join(inside)) else { return false };
    [1, 2].iter().any(|number| inode(process.join(format!("fd/{number}"))) == Some(at_path))
}

/// The working directory of a process; `None` if it cannot be seen. See proc_pid_cwd(5).
pub(crate) fn working_directory(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/cwd")).ok()
}

/// Whether any process that we can see holds a lock of flock(2) on this file; `None` if that cannot
/// be known. See proc_locks(5).
pub(crate) fn is_locked(file: impl AsFd) -> Option<bool> {
    let file = Locked::of(file)?;
    let text = fs::read_to_string("/proc/locks").ok()?;
    Some(text.lines().any(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.contains(&"FLOCK") && words.iter().any(|word| file.is_at(word))
    }))
}

/// A file as the kernel shows it in a list of locks: `fe:00:131`.
struct Locked {
    /// Of the file system, which is not always the one that stat(2) tells, on btrfs for example.
    /// `None` if that cannot be known.
    device: Option<String>,
    inode: String,
}

impl Locked {
    fn of(file: impl AsFd) -> Option<Self> {
        let fdinfo = format!("/proc/self/fdinfo/{}", file.as_fd().as_raw_fd());
        let fdinfo = fs::read_to_string(fdinfo).unwrap_or_default();
        let field =
            |name: &str| fdinfo.lines().find_map(|line| Some(line.strip_prefix(name)?.trim()));
        let inode = match field("ino:") {
            Some(inode) => inode.to_owned(),
            // Before Linux 5.14.
            None => fstat(file).ok()?.st_ino.to_string(),
        };
        Some(Locked { device: field("mnt_id:").and_then(device_of_mount), inode })
    }

    fn is_at(&self, place: &str) -> bool {
        place.rsplit_once(':').is_some_and(|(device, inode)| {
            device.contains(':')
                && inode == self.inode
                && self.device.as_ref().is_none_or(|own| own == device)
        })
    }
}

/// The device of the file system that has this number among the mounts; see proc_pid_mountinfo(5).
fn device_of_mount(id: &str) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let mut fields = mounts.lines().map(str::split_whitespace);
    let mut mount = fields.find_map(|mut fields| (fields.next() == Some(id)).then_some(fields))?;
    let (major, minor) = mount.nth(1)?.split_once(':')?;
    let (major, minor): (u32, u32) = (major.parse().ok()?, minor.parse().ok()?);
    Some(format!("{major:02x}:{minor:02x}"))
}

/// The processes that have a file of this name open and hold an exclusive lock of flock(2) on it, as
/// far as they can be seen.
pub(crate) fn holders_of(file: impl AsFd) -> Vec<Pid> {
    let own = getpid();
    let (true, Some(file)) = (shows_our_numbers(), Sought::of(file)) else { return Vec::new() };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|it| it.file_name().to_str()?.parse().ok());
    let others = numbers.map(Pid::from_raw).filter(|pid| *pid != own);
    others.filter(|pid| file.is_held_by(&format!("/proc/{pid}"))).collect()
}

/// The signals in a line of `status`.
fn signals_in(status: &str, field: &str) -> Option<SignalSet> {
    signals(status.lines().find_map(|line| line.strip_prefix(field))?.trim())
}

/// A set of signals as `status` shows it.
fn signals(mask: &str) -> Option<SignalSet> {
    u64::from_str_radix(mask, 16).ok().map(SignalSet)
}

/// The number in a line of `status`.
fn number_in<N: FromStr>(status: &str, field: &str) -> Option<N> {
    status.lines().find_map(|line| line.strip_prefix(field))?.trim().parse().ok()
}

/// The inode of the machine's first process namespace, `PROC_PID_INIT_INO` in the kernel's sources.
const FIRST_PROCESS_NAMESPACE: libc::ino_t = 0xEFFF_FFFC;

/// Whether our process namespace is not the machine's first: as a rule it is a container's. `false`
/// if that cannot be known; see namespaces(7).
pub(crate) fn is_in_nested_process_namespace() -> bool {
    stat("/proc/self/ns/pid").is_ok_and(|namespace| namespace.st_ino != FIRST_PROCESS_NAMESPACE)
}

/// The number of our parent in the process namespace that /proc shows, which need not be ours; see
/// pid_namespaces(7), "/proc and PID namespaces". (QEMU makes up /proc/self/stat.)
pub(crate) fn shown_parent() -> Option<Pid> {
    let text = fs::read_to_string("/proc/thread-self/stat").ok()?;
    // The name in parentheses may hold both spaces and parentheses; see proc_pid_stat(5).
    let (_, fields) = text.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok().map(Pid::from_raw)
}

/// The number that stands for all users and groups which have none in our user namespace; `None` in
/// the machine's first one, where each has its own. See user_namespaces(7), "Unmapped user and
/// group IDs".
pub(crate) fn overflow_id() -> Option<u32> {
    let map = fs::read_to_string("/proc/self/uid_map").ok()?;
    if map.split_whitespace().eq(["0", "0", "4294967295"]) {
        return None;
    }
    let number = fs::read_to_string("/proc/sys/kernel/overflowuid").ok();
    Some(number.and_then(|text| text.trim().parse().ok()).unwrap_or(65534))
}

/// Whether a process has this file open and holds an exclusive lock of flock(2) on it. `false` where
/// that cannot be seen.
pub(crate) fn holds_exclusive_lock(pid: Pid, file: impl AsFd) -> bool {
    let (Some(process), Some(file)) = (directory(pid), Sought::of(file)) else { return false };
    file.is_held_by(&process)
}

/// An open file of ours that another process may have open too, and locked.
struct Sought {
    name: PathBuf,
    file: Locked,
}

impl Sought {
    fn of(file: impl AsFd) -> Option<Self> {
        let own = format!("{OPEN_DESCRIPTORS}/{}", file.as_fd().as_raw_fd());
        Some(Sought { name: fs::read_link(own).ok()?, file: Locked::of(file)? })
    }

    /// Whether the process with this directory has it open and holds an exclusive lock of flock(2) on
    /// it, by its `fdinfo`; see proc_pid_fdinfo(5). `false` where that cannot be seen.
    ///
    /// Nothing that the process has open is looked at but what readlink(2) calls by the file's name: a
    /// stat(2) of a file on a file system that does not answer would hang. In a container that name may
    /// be another file's, so the lock has to be on this very file.
    fn is_held_by(&self, process: &str) -> bool {
        let mut descriptors = fs::read_dir(format!("{process}/fd")).into_iter().flatten().flatten();
        descriptors.any(|descriptor| {
            fs::read_link(descriptor.path()).is_ok_and(|theirs| theirs == self.name) && {
                let number = descriptor.file_name();
                let fdinfo = format!("{process}/fdinfo/{}", number.to_string_lossy());
                fs::read_to_string(fdinfo).is_ok_and(|text| shows_exclusive_lock(&text, &self.file))
            }
        })
    }
}

/// A line such as `lock:  1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF`.
fn shows_exclusive_lock(fdinfo: &str, file: &Locked) -> bool {
    fdinfo.lines().filter_map(|line| line.strip_prefix("lock:")).any(|lock| {
        let words: Vec<_> = lock.split_whitespace().collect();
        let is_exclusive = words.get(1) == Some(&"FLOCK") && words.get(3) == Some(&"WRITE");
        is_exclusive && words.get(5).is_some_and(|place| file.is_at(place))
    })
}

#[cfg(test)]
mod tests {
    use super::{Locked, shows_exclusive_lock};

    fn shows(device: Option<&str>, fdinfo: &str) -> bool {
        let file = Locked { device: device.map(str::to_owned), inode: "131".to_owned() };
        shows_exclusive_lock(fdinfo, &file)
    }

    #[test]
    fn only_an_exclusive_flock_is_the_lock() {
        let shows = |fdinfo| shows(Some("fe:00"), fdinfo);
        assert!(shows("pos:\t0\nlock:\t1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF\n"));
        assert!(!shows("lock:\t1: FLOCK  ADVISORY  READ 4242 fe:00:131 0 EOF\n"));
        assert!(!shows("lock:\t1: POSIX  ADVISORY  WRITE 4242 fe:00:131 0 EOF\n"));
        assert!(!shows("pos:\t0\n"));
    }

    #[test]
    fn only_one_on_this_file_is_the_lock() {
        let lock = "lock:\t1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF\n";
        assert!(shows(None, lock));
        assert!(!shows(Some("00:1d"), lock));
        assert!(!shows(None, &lock.replace("131", "1310")));
        assert!(!shows(None, &lock.replace("131", "31")));
    }
}
