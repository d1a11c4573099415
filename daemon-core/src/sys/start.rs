//! What the process was given at its beginning, before any code of the program's ran: its parent,
//! open descriptors, ignored and blocked signals.

use std::fs;
use std::hint::black_box;
use std::io;
use std::os::fd::RawFd;
use std::sync::OnceLock;

use nix::unistd::Pid;

use super::descriptors::status;
use super::inode::Inode;
use super::proc::{OPEN_DESCRIPTORS, OwnStatus, open_descriptor_count, own_status};
use super::signals::{SignalSet, block, ignored_by_asking};

/// Those above 2, in the order of their numbers or in that in which the system lists them; or the
/// number of the error by which they could not be listed.
type Open = Result<Vec<(RawFd, Inode)>, i32>;

static OPEN: OnceLock<Open> = OnceLock::new();

/// Called by the C library before `main`, and early: constructors without a priority of their own
/// run later. Those of shared libraries have run.
// SAFETY: the section holds pointers to functions, which the C library calls in a process with one
// thread. The function allocates and makes system calls, both of which work by then.
#[used]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array.00101"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
static NOTE_AT_START: extern "C" fn() = note_at_start;

extern "C" fn note_at_start() {
    let status = own_status();
    PARENT.get_or_init(|| status.map(|it| (it.pid, it.parent)));
    OPEN.get_or_init(|| list(status));
    SIGNALS.get_or_init(|| ignored_and_blocked(status));
}

/// The process, and its parent when it began.
static PARENT: OnceLock<Option<(Pid, Pid)>> = OnceLock::new();

/// The parent of this process when it began; `own` is its number now, which tells a forked child,
/// and a /proc that shows the numbers of another process namespace.
pub(crate) fn parent_at_start(own: Pid) -> Option<Pid> {
    black_box(&NOTE_AT_START);
    let (process, parent) = (*PARENT.get()?)?;
    (process == own).then_some(parent)
}

/// The signals that were ignored and those that were blocked when the process began.
static SIGNALS: OnceLock<(SignalSet, SignalSet)> = OnceLock::new();

/// The signals that were ignored and those that were blocked when the process began, before the
/// standard library and the program have changed any.
pub(crate) fn signals_at_start() -> (SignalSet, SignalSet) {
    black_box(&NOTE_AT_START);
    *SIGNALS.get_or_init(|| ignored_and_blocked(own_status()))
}

fn ignored_and_blocked(status: Option<OwnStatus>) -> (SignalSet, SignalSet) {
    match status {
        Some(OwnStatus { ignored, blocked, .. }) => (ignored, blocked),
        None => (ignored_by_asking(), block(SignalSet::default()).unwrap_or_default()),
    }
}

/// The descriptors above 2 that were open when the process began, each with the file that it
/// referred to.
pub(crate) fn open_at_start() -> io::Result<&'static [(RawFd, Inode)]> {
    // Keeps the linker from leaving it out.
    black_box(&NOTE_AT_START);
    match OPEN.get_or_init(|| Err(libc::ENOSYS)) {
        Ok(open) => Ok(open),
        Err(errno) => Err(io::Error::from_raw_os_error(*errno)),
    }
}

fn list(status: Option<OwnStatus>) -> Open {
    // Usually only 0 to 2 are open, and the directory need not be read.
    let status = status.filter(|it| it.lowest_free > 2);
    let above_2 = open_descriptor_count().and_then(|count| count.checked_sub(3));
    if let (Some(status), Some(count)) = (status, above_2) {
        if let Some(open) = by_number(count, status.descriptor_slots) {
            return Ok(open);
        }
    }
    let errno = |error: io::Error| error.raw_os_error().unwrap_or(libc::EIO);
    let mut numbers: Vec<RawFd> = Vec::new();
    for entry in fs::read_dir(OPEN_DESCRIPTORS).map_err(errno)? {
        let name = entry.map_err(errno)?.file_name();
        let number = name.to_str().and_then(|name| name.parse().ok());
        numbers.extend(number.filter(|number: &RawFd| *number > 2));
    }
    // The descriptor that the directory was read with is closed by now, and so has no inode.
    Ok(numbers.into_iter().filter_map(|number| Some((number, inode(number)?))).collect())
}

/// This many descriptors above 2, of which the numbers are known to be below `end`: each number is
/// asked for, where that takes fewer calls than to read the directory, whose entries cost more than
/// an fstat(2) each. `None` if it does not, or if there are fewer.
fn by_number(count: usize, end: usize) -> Option<Vec<(RawFd, Inode)>> {
    if count == 0 {
        return Some(Vec::new());
    }
    if end / 4 > count {
        return None;
    }
    let mut open = Vec::with_capacity(count);
    let numbers = 3..RawFd::try_from(end).ok()?;
    open.extend(numbers.filter_map(|number| Some((number, inode(number)?))).take(count));
    (open.len() == count).then_some(open)
}

fn inode(number: RawFd) -> Option<Inode> {
    status(number).map(|status| Inode::of(&status))
}
