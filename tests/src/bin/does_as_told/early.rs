//! What programs, and the libraries that they use, do before the launch, as options:
//!
//! - `sigchld=ignore`, `sigchld=no-wait`, `sigchld=reap`: what becomes of SIGCHLD
//! - `hang-up=handle`: SIGHUP has a handler of the program's own
//! - `atfork=hang`, `atfork=thread`: what a handler of pthread_atfork(3) does in each child
//! - `atfork=linger`: a handler lets each parent go on after a while only
//! - `joins=NUMBER`, `scopes=NUMBER`: starts so many threads and waits for their ends
//! - `closes=NUMBER`: a descriptor
//! - `children=elsewhere`: they are in another process namespace
#![expect(unsafe_code, reason = "sigaction(2) and pthread_atfork(3) have no safe form")]

use std::{hint::black_box, mem::MaybeUninit, ptr, thread, time::Duration};

use fixture::{live_on, parse};
use libc::{SA_NOCLDWAIT, SIG_DFL, SIG_IGN, SIGCHLD, SIGHUP, c_int, sighandler_t};
use nix::{
    sched::{CloneFlags, unshare},
    unistd::close,
};

/// Does this, if it is one of them.
pub(crate) fn set(option: &str, value: &str) -> bool {
    match (option, value) {
        ("sigchld", "ignore") => set_action(SIGCHLD, SIG_IGN, 0),
        ("sigchld", "no-wait") => set_action(SIGCHLD, SIG_DFL, SA_NOCLDWAIT),
        ("sigchld", "reap") => set_action(SIGCHLD, reaper(), libc::SA_RESTART),
        ("hang-up", "handle") => set_action(SIGHUP, reaper(), libc::SA_RESTART),
        ("atfork", "hang") => at_fork(None, Some(hang)),
        ("atfork", "thread") => at_fork(None, Some(start_thread)),
        ("atfork", "linger") => at_fork(Some(linger), None),
        ("joins", number) => join(parse(number)),
        ("scopes", number) => scope(parse(number)),
        ("closes", number) => close(parse::<i32>(number)).expect("an open descriptor"),
        ("children", "elsewhere") => unshare(CloneFlags::CLONE_NEWPID).expect("a namespace"),
        _ => return false,
    }
    true
}

/// What becomes of SIGCHLD now, by the name that the option has for it.
pub(crate) fn action_for_sigchld() -> &'static str {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: sets nothing, and writes the action.
    let result = unsafe { libc::sigaction(SIGCHLD, ptr::null(), action.as_mut_ptr()) };
    assert_eq!(result, 0, "sigaction");
    // SAFETY: written, and of zeroes before.
    let action = unsafe { action.assume_init() };
    match action.sa_sigaction {
        SIG_DFL if action.sa_flags & SA_NOCLDWAIT != 0 => "no-wait",
        SIG_DFL => "default",
        SIG_IGN => "ignore",
        handler if handler == reaper() => "reap",
        _ => "unknown",
    }
}

fn set_action(signal: c_int, handler: sighandler_t, flags: c_int) {
    // SAFETY: an action of zeroes is one without flags and with an empty mask.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    // SAFETY: the handler, if it is one, calls only what is async-signal-safe.
    let result = unsafe { libc::sigaction(signal, &action, ptr::null_mut()) };
    assert_eq!(result, 0, "sigaction");
}

fn reaper() -> sighandler_t {
    let handler: extern "C" fn(c_int) = reap;
    handler as sighandler_t
}

/// As many C programs have it.
extern "C" fn reap(_: c_int) {
    // SAFETY: no status is asked for.
    while unsafe { libc::waitpid(-1, ptr::null_mut(), libc::WNOHANG) } > 0 {}
}

type Handler = unsafe extern "C" fn();

fn at_fork(in_the_parent: Option<Handler>, in_the_child: Option<Handler>) {
    // SAFETY: the handlers are functions of this program, and do not unwind.
    let result = unsafe { libc::pthread_atfork(None, in_the_parent, in_the_child) };
    assert_eq!(result, 0, "pthread_atfork");
}

/// As one does that wants a lock which nobody will release.
unsafe extern "C" fn hang() {
    loop {
        // SAFETY: it takes nothing.
        unsafe { libc::pause() };
    }
}

unsafe extern "C" fn linger() {
    // Long enough for the daemon to say that it is ready; a handler has nothing to wait for.
    thread::sleep(Duration::from_millis(300));
}

unsafe extern "C" fn start_thread() {
    thread::spawn(|| live_on());
}

fn join(number: usize) {
    let threads: Vec<_> = (0..number).map(|_| thread::spawn(work)).collect();
    threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
}

fn scope(number: usize) {
    thread::scope(|scope| (0..number).for_each(|_| drop(scope.spawn(work))));
}

/// A little, whose memory the thread's end gives back.
fn work() {
    drop(black_box(vec![1_u8; 1 << 20]));
}
