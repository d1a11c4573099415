//! Has a child process, made in the way that its second argument says; the first one is its
//! pidfile.

use std::path::PathBuf;
use std::process::{self, Command};
use std::{env, thread};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork};

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) {
    match env::args().nth(2).as_deref() {
        Some("forked") => _ = fork_a_child(sleep),
        Some("that_exits") => {
            let child = fork_a_child(|| process::exit(0));
            waitpid(child, None).expect("the child's end");
        }
        _ => {
            let mut child = Command::new("sleep").arg("1000").spawn().expect("a child");
            ready.notify();
            child.wait().expect("the child's end");
            return;
        }
    }
    ready.notify();
    sleep();
}

#[expect(unsafe_code, reason = "fork has no safe form")]
fn fork_a_child(life: fn() -> !) -> Pid {
    // SAFETY: this process has one thread, so its child may do whatever it likes.
    match unsafe { fork() }.expect("a child") {
        ForkResult::Child => life(),
        ForkResult::Parent { child } => child,
    }
}

fn sleep() -> ! {
    loop {
        thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(PathBuf::from(env::args_os().nth(1).expect("a pidfile")));
}
