//! Logs that a signal handler opens anew: open(2), dup2(2), signal-safety(7).
//!
//! For programs that ask for none of their signals: there is no thread to do it, and logrotate(8)
//! works all the same.

use std::ffi::CString;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use super::descriptors::{close, status};
use super::inode::{AtomicInode, Inode};

/// A log: all that it takes to open it anew, and which file it is at present.
#[derive(Debug)]
pub(crate) struct OpenLog {
    path: CString,
    /// The mode of a new file.
    mode: u32,
    /// The standard streams that go to it.
    streams: Vec<RawFd>,
    file: AtomicInode,
}

/// The logs of this process.
static LOGS: AtomicPtr<Vec<OpenLog>> = AtomicPtr::new(ptr::null_mut());

/// How many requests to open them anew are not carried out yet.
static UNDONE: AtomicU32 = AtomicU32::new(0);

impl OpenLog {
    /// The log at this path, which these standard streams go to.
    pub(crate) fn new(path: CString, mode: u32, streams: Vec<RawFd>, file: Inode) -> Self {
        let log = OpenLog { path, mode, streams, file: AtomicInode::none() };
        log.file.set(file);
        log
    }

    /// Whether this is the file that it is at present.
    pub(crate) fn is(&self, file: Inode) -> bool {
        self.file.get() == Some(file)
    }

    /// Whether this stream still goes to it. Async-signal-safe.
    fn is_stream(&self, stream: RawFd) -> bool {
        status(stream).is_some_and(|status| self.is(Inode::of(&status)))
    }

    /// Has its streams go to this file, which is open for appending, unless they go elsewhere by
    /// now. Async-signal-safe.
    pub(crate) fn replace_by(&self, descriptor: RawFd, file: Inode) {
        for stream in &self.streams {
            if self.is_stream(*stream) {
                // SAFETY: dup2(2) takes numbers. The stream is never closed, only replaced, and it
                // is one of those that this process's launch has put there.
                unsafe { libc::dup2(descriptor, *stream) };
            }
        }
        self.file.set(file);
    }

    /// Opens it anew and replaces it, if what stands at its path is another file by now, and a
    /// regular one without another name. Async-signal-safe.
    fn reopen(&self) {
        let flags = libc::O_WRONLY
            | libc::O_APPEND
            | libc::O_NOFOLLOW
            | libc::O_NONBLOCK
            | libc::O_NOCTTY
            | libc::O_CLOEXEC;
        let mode = self.mode as libc::c_uint;
        // SAFETY: the path is a C string that lives during the call.
        let mut file = unsafe { libc::open(self.path.as_ptr(), flags) };
        if file < 0 {
            // SAFETY: as above.
            file = unsafe {
                libc::open(self.path.as_ptr(), flags | libc::O_CREAT | libc::O_EXCL, mode)
            };
        }
        let Some(status) = status(file) else { return };
        let is_regular = status.st_mode & libc::S_IFMT == libc::S_IFREG;
        let inode = Inode::of(&status);
        if is_regular && status.st_nlink == 1 && !self.is(inode) {
            // SAFETY: the descriptor is ours. `O_NONBLOCK` was for the open alone.
            unsafe { libc::fcntl(file, libc::F_SETFL, libc::O_APPEND) };
            self.replace_by(file, inode);
        }
        close(file);
    }
}

/// Notes the logs of this process, for good.
pub(crate) fn keep(logs: Vec<OpenLog>) -> &'static [OpenLog] {
    let logs = Box::into_raw(Box::new(logs));
    LOGS.store(logs, Ordering::Release);
    kept()
}

/// The logs of this process.
fn kept() -> &'static [OpenLog] {
    // SAFETY: what is stored there is never changed or freed.
    unsafe { LOGS.load(Ordering::Acquire).as_ref() }.map_or(&[], Vec::as_slice)
}

/// In a signal handler: opens the logs anew. One handler at a time does it; it does it once more if
/// another one asks meanwhile.
pub(super) fn in_handler() {
    if UNDONE.fetch_add(1, Ordering::AcqRel) > 0 {
        return;
    }
    let mut done = 1;
    loop {
        kept().iter().for_each(OpenLog::reopen);
        match UNDONE.compare_exchange(done, 0, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return,
            Err(more) => done = more,
        }
    }
}
