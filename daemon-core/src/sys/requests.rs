//! Signals as requests: handlers that count, and ring a bell; sigaction(2), signal-safety(7).
//!
//! Handlers of our own, because a SIGTERM that comes while one is installed must not be lost, and
//! none of it must be left in a child that is forked. The counts are the truth, and the bell only
//! wakes whoever looks at them. Whatever a handler stores into exists before the handler does.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU8, AtomicU32, Ordering};

use nix::errno::Errno;
use nix::unistd::{Pid, getpid};

use super::bell::Bell;
use super::process::after_fork_in_the_child;
use super::reopening;
use super::signals::{SignalSet, present};

/// A signal that can be a request, and what is known of it.
#[derive(Debug)]
pub(crate) struct Request {
    signal: libc::c_int,
    /// How often it came, modulo 2^32.
    count: AtomicU32,
    /// Who sent the first one, if a process did; 0 if nobody is known.
    sender: AtomicI32,
    /// How far our handler is installed for it in this process.
    handled: AtomicU8,
    /// The action of before, which our handler calls if it is a function.
    previous: AtomicPtr<libc::sigaction>,
}

pub(crate) static TERMINATE: Request = Request::of(libc::SIGTERM);
pub(crate) static INTERRUPT: Request = Request::of(libc::SIGINT);
pub(crate) static HANG_UP: Request = Request::of(libc::SIGHUP);
pub(crate) static USER_1: Request = Request::of(libc::SIGUSR1);
pub(crate) static USER_2: Request = Request::of(libc::SIGUSR2);

static ALL: [&Request; 5] = [&TERMINATE, &INTERRUPT, &HANG_UP, &USER_1, &USER_2];

/// Our handler is not installed.
const NOT_HANDLED: u8 = 0;

/// Some thread is installing it. If another thread forks meanwhile, nobody does in the child.
const BEING_HANDLED: u8 = 1;

/// It is installed.
const HANDLED: u8 = 2;

/// The process whose requests they are; 0 if nobody's. A handler in any other, a child that was
/// made without fork(3), only does what the action of before did.
static OWNER: AtomicI32 = AtomicI32::new(0);

/// Rung at each request, once somebody asks for them. It is never closed.
static BELL: AtomicPtr<Bell> = AtomicPtr::new(ptr::null_mut());

impl Request {
    const fn of(signal: libc::c_int) -> Self {
        Request {
            signal,
            count: AtomicU32::new(0),
            sender: AtomicI32::new(0),
            handled: AtomicU8::new(NOT_HANDLED),
            previous: AtomicPtr::new(ptr::null_mut()),
        }
    }

    pub(crate) fn signal(&self) -> libc::c_int {
        self.signal
    }

    /// How often it came, modulo 2^32.
    pub(crate) fn count(&self) -> u32 {
        self.count.load(Ordering::Acquire)
    }

    /// The process that sent the first one, if a process did and it is in sight.
    pub(crate) fn sender(&self) -> Option<u32> {
        u32::try_from(self.sender.load(Ordering::Relaxed)).ok().filter(|pid| *pid > 0)
    }

    /// Has it counted from now on, on top of the present action.
    ///
    /// Only once in a process: whoever has put a handler on top of ours calls it.
    fn handle(&self) -> Result<(), Errno> {
        let (order, being) = (Ordering::Relaxed, BEING_HANDLED);
        if self.handled.compare_exchange(NOT_HANDLED, being, order, order).is_err() {
            return Ok(());
        }
        let not_handled = |_: &Errno| self.handled.store(NOT_HANDLED, Ordering::Relaxed);
        let present = present(self.signal).ok_or(Errno::EINVAL).inspect_err(not_handled)?;
        self.previous.store(Box::into_raw(Box::new(present)), Ordering::Release);
        // SAFETY: an action of zeroes is valid on every system; its fields are set below.
        let mut new: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        new.sa_sigaction = handler();
        // On the alternate stack, which the standard library's handler for stack overflow has made.
        new.sa_flags = libc::SA_RESTART | libc::SA_SIGINFO | libc::SA_ONSTACK;
        // With all others blocked: handlers that interrupt each other would overflow that stack.
        // SAFETY: sigfillset(3) initialises the set.
        unsafe { libc::sigfillset(&raw mut new.sa_mask) };
        let mut old: MaybeUninit<libc::sigaction> = MaybeUninit::uninit();
        // SAFETY: both actions live during the call. The handler does only what signal-safety(7)
        // allows.
        let set = unsafe { libc::sigaction(self.signal, &raw const new, old.as_mut_ptr()) };
        Errno::result(set).inspect_err(not_handled)?;
        // SAFETY: sigaction(2) succeeded, so it wrote the old action.
        let old = unsafe { old.assume_init() };
        if old.sa_sigaction != present.sa_sigaction {
            // Another thread was quicker. What was read before is leaked: a handler may use it.
            self.previous.store(Box::into_raw(Box::new(old)), Ordering::Release);
        }
        self.handled.store(HANDLED, Ordering::Release);
        Ok(())
    }

    /// In a forked child: the action of before, unless another one is on top of ours.
    fn release_in_child(&self) {
        self.count.store(0, Ordering::Relaxed);
        self.sender.store(0, Ordering::Relaxed);
        let handled = self.handled.load(Ordering::Relaxed);
        if handled == NOT_HANDLED {
            return;
        }
        if present(self.signal).is_some_and(|action| action.sa_sigaction == handler()) {
            let previous = self.previous.load(Ordering::Acquire);
            // SAFETY: the action was leaked by `handle`. It stood there before.
            unsafe { libc::sigaction(self.signal, previous, ptr::null_mut()) };
        } else if handled == HANDLED {
            return;
        }
        self.handled.store(NOT_HANDLED, Ordering::Relaxed);
    }

    /// Async-signal-safe.
    fn note(&self, info: *const libc::siginfo_t) {
        // SAFETY: the kernel passes a valid `siginfo_t` to a handler with SA_SIGINFO; a handler on
        // top of ours that has none passes a null pointer.
        let info = unsafe { info.as_ref() };
        // Of others there is no process: a timer has a number of its own there; see sigaction(2).
        if let Some(info) = info.filter(|info| super::is_sent_by_a_process(info.si_code)) {
            // SAFETY: the field is there where a process has sent the signal.
            let sender = unsafe { info.si_pid() };
            let _ = self.sender.compare_exchange(0, sender, Ordering::Relaxed, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Release);
        // SAFETY: what is stored there is never freed.
        if let Some(bell) = unsafe { BELL.load(Ordering::Acquire).as_ref() } {
            bell.ring();
        } else if self.signal == libc::SIGHUP {
            reopening::in_handler();
        }
    }

    /// Async-signal-safe.
    fn call_previous(&self, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        // SAFETY: what is stored there is never freed.
        let Some(previous) = (unsafe { self.previous.load(Ordering::Acquire).as_ref() }) else {
            return;
        };
        let function = previous.sa_sigaction;
        if function == libc::SIG_DFL || function == libc::SIG_IGN {
            return;
        }
        if previous.sa_flags & libc::SA_SIGINFO != 0 {
            type WithInfo = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
            // SAFETY: a handler with SA_SIGINFO is a function of this type; see sigaction(2).
            let function = unsafe { std::mem::transmute::<libc::sighandler_t, WithInfo>(function) };
            function(self.signal, info, context);
        } else {
            // SAFETY: a handler without SA_SIGINFO is a function of this type; see sigaction(2).
            let function = unsafe {
                std::mem::transmute::<libc::sighandler_t, extern "C" fn(libc::c_int)>(function)
            };
            function(self.signal);
        }
    }
}

fn handler() -> libc::sighandler_t {
    let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) = handle;
    handler as libc::sighandler_t
}

extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let errno = Errno::last_raw();
    if let Some(request) = ALL.iter().find(|request| request.signal == signal) {
        if OWNER.load(Ordering::Acquire) == getpid().as_raw() {
            request.note(info);
        }
        request.call_previous(info, context);
    }
    Errno::set_raw(errno);
}

/// The requests of these signals, which are counted from now on.
pub(crate) fn handle_requests(requests: &[&'static Request], owner: Pid) -> Result<(), Errno> {
    begin_anew_in_children()?;
    OWNER.store(owner.as_raw(), Ordering::Release);
    requests.iter().try_for_each(|request| request.handle())
}

/// Has each child of fork(3) begin without requests.
///
/// Without a lock, which another thread could hold at a fork: if two threads do it at the same time,
/// it is done twice in a child, which does no harm.
fn begin_anew_in_children() -> Result<(), Errno> {
    static IS_REGISTERED: AtomicBool = AtomicBool::new(false);
    if !IS_REGISTERED.load(Ordering::Acquire) {
        after_fork_in_the_child(forget_in_child)?;
        IS_REGISTERED.store(true, Ordering::Release);
    }
    Ok(())
}

/// Has each request ring this bell, from now on.
pub(crate) fn ring_at_requests(bell: &'static Bell) {
    BELL.store(ptr::from_ref(bell).cast_mut(), Ordering::Release);
}

/// Called in each child of fork(3), which begins without requests and without handlers of ours.
/// sigaction(2) is async-signal-safe.
extern "C" fn forget_in_child() {
    OWNER.store(0, Ordering::Relaxed);
    BELL.store(ptr::null_mut(), Ordering::Relaxed);
    let more = FORGET_MORE.load(Ordering::Acquire);
    if !more.is_null() {
        // SAFETY: what is stored there is a function of this type.
        let forget = unsafe { std::mem::transmute::<*mut (), fn()>(more) };
        forget();
    }
    ALL.iter().for_each(|request| request.release_in_child());
}

/// What else a forked child is to forget.
static FORGET_MORE: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Has this called in each forked child from now on, too. It may only do what is async-signal-safe.
pub(crate) fn forget_in_children(forget: fn()) -> Result<(), Errno> {
    FORGET_MORE.store(forget as *mut (), Ordering::Release);
    begin_anew_in_children()
}

/// The signals that our handler was installed for in this process.
pub(crate) fn handled_signals() -> SignalSet {
    let handled = ALL.iter().filter(|request| request.handled.load(Ordering::Acquire) == HANDLED);
    handled.fold(SignalSet::default(), |all, request| all.with(SignalSet::of(&[request.signal])))
}
