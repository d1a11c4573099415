//! Children that are forked, without another program.

use std::{fs::File, process};

use fixture::live_on;
use nix::{
    fcntl::{FcntlArg, fcntl},
    sched::{CloneFlags, unshare},
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, Pid, fork},
};

/// A child that lives as the daemon does.
pub(crate) fn that_lives_on() {
    in_a_child(|| live_on());
}

/// A child that does this and exits with 0, which is waited for.
pub(crate) fn that_exits_after(life: impl FnOnce()) {
    let child = in_a_child(life);
    assert_eq!(end_of(child), 0);
}

/// As [`that_exits_after`], in a process namespace of its own.
pub(crate) fn that_is_process_1(life: impl FnOnce()) {
    unshare(CloneFlags::CLONE_NEWPID).expect("a namespace");
    that_exits_after(|| {
        assert_eq!(process::id(), 1);
        life();
    });
}

/// As [`that_is_process_1`], without fork(3), and so without its handlers.
#[expect(unsafe_code, reason = "clone(2) is the subject")]
pub(crate) fn that_clone_makes_process_1(life: impl FnOnce()) {
    let flags = libc::c_long::from(libc::CLONE_NEWPID | libc::SIGCHLD);
    // SAFETY: without a stack of its own it is a fork; this process has one thread.
    let child = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
    if child == 0 {
        assert_eq!(process::id(), 1);
        life();
        process::exit(0)
    }
    assert_eq!(end_of(Pid::from_raw(child.try_into().expect("a child"))), 0);
}

/// A child with files of its own, which its own child has to find open.
pub(crate) fn that_forks() {
    let child = in_a_child(|| {
        // One of them has the number that the lock had.
        let files = [(); 8].map(|()| File::open("/dev/null").expect("a file"));
        let child = in_a_child(move || {
            let all_open = files.iter().all(|file| fcntl(file, FcntlArg::F_GETFD).is_ok());
            process::exit(i32::from(!all_open))
        });
        process::exit(end_of(child))
    });
    assert_eq!(end_of(child), 0, "a file of its child is closed in the child's child");
}

#[expect(unsafe_code, reason = "fork is the subject")]
fn in_a_child(life: impl FnOnce()) -> Pid {
    // SAFETY: this process has one thread, so its child may do what it likes.
    match unsafe { fork() }.expect("a child") {
        ForkResult::Child => {
            life();
            process::exit(0)
        }
        ForkResult::Parent { child } => child,
    }
}

fn end_of(child: Pid) -> i32 {
    match waitpid(child, None) {
        Ok(WaitStatus::Exited(_, status)) => status,
        end => panic!("the child's end: {end:?}"),
    }
}
