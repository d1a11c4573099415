//! The state of this process, and its file.

use std::os::fd::{OwnedFd, RawFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, TryLockError};
use std::thread;

use crate::error::Error;
use crate::files::removal::remove_if_same;
use crate::files::state::contents::{Contents, Phase};
use crate::files::state::file::{Begun, StateFile};
use crate::files::state::writer::Writer;
use crate::process::identity::Identity;
use crate::process::own::OwnProcess;
use crate::sys;
use crate::sys::inode::Inode;

/// [`begin`] alone puts one here: without a way to it, the program is linked without all the others.
static OWN: OnceLock<&'static dyn Kept> = OnceLock::new();

/// The state of a process, kept for as long as it lives.
trait Kept: Sync {
    fn owner(&self) -> OwnProcess;
    fn change(&self, change: &mut dyn FnMut(&mut Contents));
    fn contents(&self) -> Contents;
    fn end(&self);
    /// To be closed in forked children, if there is one that still is the file's.
    fn descriptor(&self) -> Option<RawFd>;
}

#[derive(Debug)]
struct Own {
    path: PathBuf,
    inode: Inode,
    owner: OwnProcess,
    descriptor: Option<RawFd>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    contents: Contents,
    writer: Writer,
}

/// How often the lock is tried at the end, by which time a thread that holds it may be gone.
const ATTEMPTS: usize = 100;

/// [`begin`](super::begin).
pub(super) fn begin(
    file: StateFile,
    contents: Contents,
    owner: OwnProcess,
    becomes: Option<&Identity>,
    changes_root: bool,
) -> Result<Option<OwnedFd>, Error> {
    let Begun { path, inode, writer, unused } = file.begin(&contents, becomes, changes_root)?;
    let descriptor = writer.descriptor();
    let state = Mutex::new(State { contents, writer });
    if OWN.get().is_some() {
        // A second launch in the foreground: a process has one state.
        descriptor.into_iter().for_each(sys::descriptors::close);
    } else {
        OWN.get_or_init(|| Box::leak(Box::new(Own { path, inode, owner, descriptor, state })));
    }
    Ok(unused)
}

/// Whether this process says anything of itself.
pub(crate) fn is_kept() -> bool {
    kept().is_some()
}

/// Changes what this process says of itself, if it says anything. In a forked child nothing happens.
pub(crate) fn change(mut change: impl FnMut(&mut Contents)) {
    if let Some(own) = kept() {
        own.change(&mut change);
    }
}

/// It, unless this is a forked child. Before its lock, which another thread may have held at the fork.
fn kept() -> Option<&'static dyn Kept> {
    OWN.get().copied().filter(|own| own.owner().is_this())
}

/// The same, where the caller knows already that this is no forked child.
pub(crate) fn change_in_owner(mut change: impl FnMut(&mut Contents)) {
    if let Some(own) = OWN.get() {
        own.change(&mut change);
    }
}

impl Kept for Own {
    fn owner(&self) -> OwnProcess {
        self.owner
    }

    fn descriptor(&self) -> Option<RawFd> {
        self.descriptor.filter(|number| sys::descriptors::is_file(*number, self.inode))
    }

    fn change(&self, change: &mut dyn FnMut(&mut Contents)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { contents, writer } = &mut *state;
        let before = contents.clone();
        change(contents);
        // Whatever happens afterwards, and in whichever thread, the end is the end.
        if before.phase == Some(Phase::Ended) {
            contents.phase = before.phase;
        }
        if *contents != before {
            writer.write(contents);
        }
    }

    fn contents(&self) -> Contents {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).contents.clone()
    }

    /// At exit(3), which may have been called while another thread, or this one in a signal handler,
    /// holds the lock: it does not wait for it long.
    fn end(&self) {
        for _ in 0..ATTEMPTS {
            let mut state = match self.state.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    thread::yield_now();
                    continue;
                }
            };
            let was = state.contents.phase.replace(Phase::Ended);
            if was == Some(Phase::Starting) && remove_if_same(&self.path, self.inode) {
                return;
            }
            let State { contents, writer } = &mut *state;
            writer.write(contents);
            return;
        }
    }
}

/// What this process says of itself.
pub(crate) fn contents() -> Option<Contents> {
    kept().map(|own| own.contents())
}

/// Says that this process ends, and not by a signal. A start that fails leaves no state.
pub(crate) fn end() {
    if let Some(own) = kept() {
        own.end();
    }
}

/// In each child that is forked: the file is the parent's. close(2) is async-signal-safe.
pub(crate) fn release_in_child() {
    static RELEASED: AtomicBool = AtomicBool::new(false);
    let Some(own) = OWN.get().filter(|_| !RELEASED.swap(true, Ordering::Relaxed)) else { return };
    if let Some(number) = own.descriptor() {
        sys::descriptors::close(number);
    }
}
