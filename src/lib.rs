//! Turns an ordinary `fn main` into a well-behaved Unix daemon with one attribute, and the command
//! that starts it tells the truth about whether it worked.
//!
//! ```no_run
//! use std::{io, net::TcpListener};
//!
//! #[daemon::main(pidfile, stderr)]
//! fn main(ready: daemon::Ready) -> io::Result<()> {
//!     let listener = TcpListener::bind("127.0.0.1:7777")?;
//!     ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
//!     for stream in listener.incoming() {
//!         // …
//! #       drop(stream);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! The options are explained at [`macro@main`], readiness at [`Ready`], the way without the macro at
//! [`Config::run`]. The rest of this page is about what a daemon is, and why each step is there.
//!
//! # What a daemon is
//!
//! A process that nobody waits for, that no terminal can disturb, and that whoever started it can
//! log out on. Unix has no call for it; a process becomes one by a list of steps, [daemon(7)], each
//! of which undoes something that a process inherits from the shell.
//!
//! # Why fork, and why before any thread
//!
//! The shell waits for the process that it started. To give the prompt back, that process has to
//! exit, so the daemon must be another one: a child, made by [fork(2)]. A second reason:
//! [setsid(2)], the next step, is refused to the leader of a process group, which is what a shell
//! makes of the commands it starts; a child leads none.
//!
//! The child gets a copy of the memory, but of the threads only the one that called `fork`. What
//! the others were doing is never finished: a lock that one of them held, of the allocator for
//! example, is held for ever, and an async runtime waits for workers that are not there. So the
//! fork has to come before the first thread, which is to say before the runtime; so `main` itself
//! has to be rewritten, and that is what the attribute does. A program that has threads already is
//! refused, and told which.
//!
//! # Why a session, and why fork twice
//!
//! Processes belong to a session, and a session may have a controlling terminal: it sends SIGINT for
//! Ctrl-C and SIGHUP when the user logs out. `setsid` begins a session without one. But its
//! leader gets a terminal by merely opening one, a log on `/dev/console` is enough; a process
//! that is not the leader cannot. So the leader forks once more and exits, and the daemon is the
//! grandchild: in a session without a terminal, and unable to get one.
//!
//! # What the other steps are for
//!
//! - **Descriptors.** Those of the shell, and whatever else was left open, go on existing as long
//!   as anybody holds them: a pipe that never ends, a file system that cannot be unmounted, a
//!   socket of another program. All that were open when `main` was entered are closed, except 0 to
//!   2, sockets that were passed on purpose, and those that the command line names as `/dev/fd/N`.
//! - **Standard input, output and error** go to `/dev/null` or a log. They are replaced and not
//!   closed: the next file to be opened would get the free number, and with it what the program
//!   prints.
//! - **Signals.** Ignored and blocked signals are inherited, even through exec. A daemon that was
//!   started by nohup would not hear SIGHUP, one started by a careless parent not SIGTERM.
//! - **umask.** Inherited too: files would get other permissions depending on who started it.
//! - **Working directory.** A daemon in `/home/you` keeps it from being unmounted.
//! - **The pidfile** is a lock first: it keeps a second instance from starting. And it says which
//!   process to signal. It is locked before the fork, so that the command can say "already running";
//!   and the kernel releases the lock with the daemon's death, so a stale file is no obstacle.
//! - **Privileges.** What only root can do comes first: the pidfile in /run, a log, a port below
//!   1024 (in `privileged`). Then root's rights go, for good: `user`, `group`, `chroot`,
//!   `capabilities`. What is easily forgotten, the supplementary groups for example, is read back
//!   before the body runs.
//! - **Reporting.** The step that most daemons leave out, and the last in daemon(7): the command
//!   must not exit before the daemon works, and must say if it does not. [`Ready`] is how the body
//!   says so.
//!
//! # What the command that was started does meanwhile
//!
//! It waits, as the daemon's parent. If the daemon ends before it was ready, the command shows what
//! it wrote to standard error and exits with its status; so an error that `main` returns, a panic,
//! an `exit(3)` deep in a C library all reach the shell, without any of them being written for it.
//! Ctrl-C cancels the start. After `start_timeout` the daemon is ended, and the command exits with
//! status 75.
//!
//! | exit status | of the command |
//! | --- | --- |
//! | 0 | the daemon is ready |
//! | 67 | there is no such user or group |
//! | 70 | the program is at fault: it exited with 0, or dropped [`Ready`], before it was ready; or had threads at launch |
//! | 71 | the system refused something, or `privileged` failed |
//! | 73 | the pidfile or a log could not be created |
//! | 75 | already running, or not ready in time |
//! | 77 | not permitted |
//! | 78 | an option makes no sense, or `configure` failed |
//! | 128 + N | the daemon was killed by signal N before it was ready |
//! | any other | the daemon's own, which exited with it before it was ready |
//!
//! A command that is itself cancelled by a signal dies of that signal.
//!
//! # Platforms
//!
//! Linux is what is tested. What only Linux has (sub-reapers, pidfds, signalfd, memfds,
//! close_range, capabilities) has stand-ins for other Unix systems, most of which the tests run too.
//!
//! [daemon(7)]: https://man7.org/linux/man-pages/man7/daemon.7.html
//! [fork(2)]: https://man7.org/linux/man-pages/man2/fork.2.html
//! [setsid(2)]: https://man7.org/linux/man-pages/man2/setsid.2.html

pub use daemon_core::{
    Capability, Config, Decision, Error, ErrorKind, Group, Heartbeat, Limit, Mode, Output, Pidfile,
    Ready, Resource, Socket, Sockets, User, Watchdog, mode, sockets, status, watchdog,
};

#[doc(inline)]
pub use daemon_macros::main;

#[doc(hidden)]
pub use daemon_core::expansion as __private;

/// The examples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
