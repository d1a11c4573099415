//! Has a child process, made in the way that its second argument says; the first one is its
//! pidfile.

use std::fs::File;
use std::path::PathBuf;
use std::process::{self, Command};
use std::{env, thread};

use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) {
    match env::args().nth(2).as_deref() {
        Some("forked") => _ = fork_a_child(|| sleep()),
        Some("that_exits") => {
            let child = fork_a_child(|| process::exit(0));
            waitpid(child, None).expect("the child's end");
        }
        Some("that_forks") => {
            let child = fork_a_child(|| {
                // One of them has the number that the lock had.
                let files = [(); 8].map(|()| File::open("/dev/null").expect("a file"));
                let child = fork_a_child(move || {
                    let all_open = files.iter().all(|file| fcntl(file, FcntlArg::F_GETFD).is_ok());
                    process::exit(i32::from(!all_open))
                });
                process::exit(end_of(child))
            });
            assert_eq!(end_of(child), 0, "a file of its child is closed in the child's child");
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
fn fork_a_child(life: impl FnOnce()) -> Pid {
    // SAFETY: this process has one thread, so its child may do whatever it likes.
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

fn sleep() -> ! {
    loop {
        thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(PathBuf::from(env::args_os().nth(1).expect("a pidfile")));
}
