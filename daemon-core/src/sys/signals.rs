//! Signals: sigaction(2), sigprocmask(2), sigpending(2).

use std::mem::MaybeUninit;
use std::ptr;

use nix::errno::Errno;

/// The largest signal number that can be held, `SIGRTMAX` on Linux.
const LARGEST: u32 = 64;

/// A set of signals by number, including the real-time signals, which nix does not name.
///
/// Bit `n - 1` is signal `n`, as in the fields of /proc/PID/status; see proc(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SignalSet(pub(crate) u64);

impl SignalSet {
    pub(crate) fn of(signals: &[libc::c_int]) -> Self {
        SignalSet(signals.iter().fold(0, |bits, signal| bits | 1 << (signal - 1)))
    }

    /// Every signal.
    pub(crate) fn all() -> Self {
        SignalSet(u64::MAX)
    }

    pub(crate) fn contains(self, signal: libc::c_int) -> bool {
        self.0 & SignalSet::of(&[signal]).0 != 0
    }

    pub(crate) fn without(self, other: SignalSet) -> Self {
        SignalSet(self.0 & !other.0)
    }

    pub(crate) fn with(self, other: SignalSet) -> Self {
        SignalSet(self.0 | other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = libc::c_int> {
        (1..=LARGEST as libc::c_int).filter(move |signal| self.contains(*signal))
    }

    pub(super) fn to_kernel(self) -> libc::sigset_t {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigemptyset(3) initialises the set.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        for signal in self.iter() {
            // SAFETY: the set was initialised above; a number that the C library does not accept
            // (it keeps two for itself) is refused without effect.
            unsafe { libc::sigaddset(set.as_mut_ptr(), signal) };
        }
        // SAFETY: initialised by sigemptyset(3).
        unsafe { set.assume_init() }
    }

    fn from_kernel(set: &libc::sigset_t) -> Self {
        // SAFETY: the set is initialised and only read.
        SignalSet::of_those(|signal| unsafe { libc::sigismember(set, signal) } == 1)
    }

    fn of_those(belongs: impl Fn(libc::c_int) -> bool) -> Self {
        (1..=LARGEST as libc::c_int)
            .filter(|signal| belongs(*signal))
            .fold(SignalSet::default(), |all, signal| all.with(SignalSet::of(&[signal])))
    }
}

/// `sigprocmask(SIG_BLOCK, signals)`: blocks these as well, and returns the previous mask; see
/// sigprocmask(2).
pub(crate) fn block(signals: SignalSet) -> Result<SignalSet, Errno> {
    super::change_mask(libc::SIG_BLOCK, signals)
}

/// `sigprocmask(SIG_SETMASK, signals)`: blocks these and no others; see sigprocmask(2).
pub(crate) fn block_only(signals: SignalSet) -> Result<(), Errno> {
    super::change_mask(libc::SIG_SETMASK, signals).map(drop)
}

/// `sigprocmask(how, signals)`: changes the signal mask and returns the previous one; see
/// sigprocmask(2).
pub(crate) fn change_mask_by_the_c_library(
    how: libc::c_int,
    signals: SignalSet,
) -> Result<SignalSet, Errno> {
    let new = signals.to_kernel();
    let mut old = MaybeUninit::uninit();
    // SAFETY: the new mask lives during the call and the old one is written to `old`.
    Errno::result(unsafe { libc::sigprocmask(how, &raw const new, old.as_mut_ptr()) })?;
    // SAFETY: sigprocmask(2) succeeded, so it wrote the old mask.
    Ok(SignalSet::from_kernel(unsafe { old.assume_init_ref() }))
}

/// `sigpending()`: the blocked signals that wait to be delivered; see sigpending(2).
pub(crate) fn pending() -> Result<SignalSet, Errno> {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigpending(2) writes the set.
    Errno::result(unsafe { libc::sigpending(set.as_mut_ptr()) })?;
    // SAFETY: it succeeded, so it wrote the set.
    Ok(SignalSet::from_kernel(unsafe { set.assume_init_ref() }))
}

/// What a process does at a signal, with its flags and its mask; see sigaction(2).
#[derive(Clone, Copy)]
pub(crate) struct Action(libc::sigaction);

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Action").field(&self.0.sa_sigaction).finish()
    }
}

impl Action {
    /// Whether it is `SIG_DFL`, and children leave a status.
    pub(crate) fn is_default(&self) -> bool {
        self.0.sa_sigaction == libc::SIG_DFL && self.0.sa_flags & libc::SA_NOCLDWAIT == 0
    }
}

/// `sigaction(signal, SIG_DFL)`, and returns the action of before; see sigaction(2).
pub(crate) fn replace_with_default(signal: libc::c_int) -> Result<Action, Errno> {
    let mut old: MaybeUninit<libc::sigaction> = MaybeUninit::uninit();
    // SAFETY: an action of zeroes is SIG_DFL with no flags and an empty mask, on every system.
    let new: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: both actions live during the call. SIG_DFL runs no code of ours.
    Errno::result(unsafe { libc::sigaction(signal, &raw const new, old.as_mut_ptr()) })?;
    // SAFETY: sigaction(2) succeeded, so it wrote the old action.
    Ok(Action(unsafe { old.assume_init() }))
}

/// `sigaction(signal, action)`: puts back an action that [`replace_with_default`] has replaced.
pub(crate) fn restore(signal: libc::c_int, action: &Action) -> Result<(), Errno> {
    // SAFETY: the action lives during the call, and stood there before.
    Errno::result(unsafe { libc::sigaction(signal, &raw const action.0, ptr::null_mut()) })
        .map(drop)
}

/// `sigaction(signal, SIG_DFL)`: puts the action of a signal back to its default; see sigaction(2).
pub(crate) fn set_default(signal: libc::c_int) -> Result<(), Errno> {
    replace_with_default(signal).map(drop)
}

/// `sigaction(signal)`: whether it is ignored now; see sigaction(2).
pub(crate) fn is_ignored(signal: libc::c_int) -> bool {
    action(signal) == Some(libc::SIG_IGN)
}

/// `sigaction(signal)`: its action now, a function or `SIG_DFL` or `SIG_IGN`; see sigaction(2),
/// which a signal handler may call.
fn action(signal: libc::c_int) -> Option<libc::sighandler_t> {
    present(signal).map(|action| action.sa_sigaction)
}

/// `sigaction(signal)`: its whole action now, unless there is no such signal; see sigaction(2),
/// which a signal handler may call.
pub(super) fn present(signal: libc::c_int) -> Option<libc::sigaction> {
    let mut now: MaybeUninit<libc::sigaction> = MaybeUninit::uninit();
    // SAFETY: no new action is given and the present one is written to `now`.
    let result = unsafe { libc::sigaction(signal, ptr::null(), now.as_mut_ptr()) };
    // SAFETY: read only if sigaction(2) succeeded, and so wrote it.
    (result == 0).then(|| unsafe { now.assume_init() })
}

/// `sigaction(signal, handler)`, if the action is the default one: the handler exits with the
/// status that a shell gives to death by this signal; see sigaction(2).
pub(crate) fn exit_on(signal: libc::c_int) -> Result<(), Errno> {
    if action(signal) != Some(libc::SIG_DFL) {
        return Ok(());
    }
    // SAFETY: an action of zeroes has no flags and an empty mask, on every system.
    let mut new: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    new.sa_sigaction = exit_handler();
    new.sa_flags = libc::SA_RESTART;
    // SAFETY: the action lives during the call. The handler does only what signal-safety(7) allows.
    Errno::result(unsafe { libc::sigaction(signal, &raw const new, ptr::null_mut()) }).map(drop)
}

fn exit_handler() -> libc::sighandler_t {
    let handler: extern "C" fn(libc::c_int) = exit_with;
    handler as libc::sighandler_t
}

extern "C" fn exit_with(signal: libc::c_int) {
    // A handler that the program has installed since may call its predecessor, which is this one
    // (the crate signal-hook does, and with it tokio); then the signal is the program's own affair.
    if action(signal) == Some(exit_handler()) {
        // SAFETY: _exit(2) runs none of the program's code; see signal-safety(7).
        unsafe { libc::_exit(128 + signal) };
    }
}

/// The ignored signals, by asking sigaction(2) about each, for where /proc does not tell.
pub(crate) fn ignored_by_asking() -> SignalSet {
    SignalSet::of_those(is_ignored)
}

/// `raise(signal)` with the default action, which for most signals ends the process; see raise(3).
pub(crate) fn die_of(signal: libc::c_int) -> Result<(), Errno> {
    set_default(signal)?;
    block_only(SignalSet::default())?;
    // SAFETY: raise(3) takes any number.
    Errno::result(unsafe { libc::raise(signal) }).map(drop)
}
