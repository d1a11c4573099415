//! The harness: starts a fixture daemon in chosen surroundings and tells what became of it.
//!
//! # How to write a test
//!
//! One file per promise, in a wing: `tests/tests/WING/PROMISE.rs`, which the wing's `main.rs`
//! lists. A test is a plain function; the list at the top of the file makes it one, and a function
//! that is missing there is dead code, which clippy refuses. It runs by the name of its file:
//! `cargo test -p daemon-tests --test command cancellation::`.
//!
//! ```text
//! use daemon_tests::{CTRL_C, Sandbox, Signal, told};
//!
//! daemon_tests::tests![ctrl_c_cancels_the_start];
//!
//! fn ctrl_c_cancels_the_start() {
//!     let sandbox = Sandbox::new();
//!     let start = told(&sandbox, ["stderr=@/log", "status:warming up"]);
//!     let mut command = start.terminal().umask(0o077).ignore(Signal::SIGHUP).spawn();
//!     command.wait_for_text("warming up");
//!     command.type_text(CTRL_C);
//!     assert_eq!(command.wait().code(), 130);
//!     sandbox.assert_nothing_left();
//! }
//! ```
//!
//! - A [`Sandbox`] is a private directory and a mark that every process started in it
//!   inherits, however often it forks and whatever session it flees to. Dropping the sandbox
//!   kills them all and removes the directory, after a panic too.
//! - [`Sandbox::start`] gives a [`Start`]: the program and its surroundings. Nothing comes from
//!   the test runner's own: what is not chosen is as [`Start`] says.
//! - [`told`] starts the fixture that does most of what a test wants: a daemon that takes the steps
//!   its arguments name. All fixtures understand the same words, see [`Told`](fixture::Told). A program
//!   of its own is for what words cannot say: the attribute, and the signature of `main`.
//! - [`in_both_ways`] does the same with a start of which a supervisor wants to hear, which another
//!   process watches, and with one of which nobody does.
//! - [`Start::run`] waits for the end and gives a [`Finished`]; [`Start::spawn`] gives a
//!   [`Running`], which can be signalled, typed at, hung up on. [`Start::daemon`] gives the daemon of
//!   a start that succeeds; [`Sandbox::end`] and [`Running::end`] end what runs, and see to it that
//!   nothing is left.
//! - A [`Process`] shows any process's state from the outside. [`Sandbox::process_in`] finds
//!   the daemon whose number a pidfile holds; [`Sandbox::processes`] finds all.
//! - [`answer_at`] asks a daemon that listens; a [`NotifySocket`] hears what it tells a supervisor.
//! - [`Systemd::boot`] gives a machine of its own with systemd as process 1, [`Sandbox::podman`] one
//!   with podman.
//! - Every wait ends: after the sandbox's deadline it panics with all that is known. For
//!   conditions of your own there are [`Sandbox::wait_until`] and [`Running::wait_until`]; do
//!   not sleep.
//! - The tests of a wing share a process, and several run at once: a test changes nothing of that
//!   process (variables, umask, working directory, signals), but chooses it for what it starts.
//! - What cannot be tested here is skipped with [`skip!`], and counts as ignored, not as passed.
#![cfg_attr(
    not(all(target_arch = "x86_64", target_env = "gnu")),
    allow(dead_code, reason = "some is for the tracer alone")
)]

mod captured;
mod compiler;
mod confined;
mod connection;
mod deadline;
mod descriptor;
mod does_as_told;
mod exec;
// Of no other processor does the tracer know the registers, of no other C library ptrace(2).
#[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
pub mod faults;
mod finished;
mod full_pipe;
mod gate;
mod marked;
mod notify_socket;
mod pidfd;
mod podman;
mod process;
mod program;
mod reasons;
mod running;
mod sandbox;
mod seccomp;
mod signal_set;
mod skip;
mod start;
mod starter;
mod suite;
mod supervised;
mod supervisord;
mod systemd;
mod terminal;

pub use compiler::ANOTHER_COMPILER;
pub use confined::{CROWD, Confined, KERNEL_ERRORS, free_privileged_port};
pub use connection::{answer_at, connect, listener, read_to_end, tcp_connection};
pub use does_as_told::{in_both_ways, stays, told};
pub use finished::Finished;
pub use fixture::PIDFILE;
pub use full_pipe::full_pipe;
pub use gate::Gate;
pub use nix::sys::{resource::Resource, signal::Signal};
pub use notify_socket::{Message, NotifySocket};
pub use process::{Capabilities, Descriptor, Ids, Limit, Process};
pub use program::require_program;
pub use reasons::{in_the_systems_words, words_of};
pub use running::Running;
pub use sandbox::{AS_NOBODY, NOBODY, STRANGER, Sandbox, is_root};
pub use seccomp::LINUX_ONLY;
pub use signal_set::SignalSet;
pub use skip::{reason as skip_reason, skip};
pub use start::{Standard, Start};
pub use suite::{Test, Tests, run};
pub use supervised::{Supervised, WAITS};
pub use supervisord::supervisord_configuration;
pub use systemd::Systemd;
pub use terminal::{CTRL_C, CTRL_Q, CTRL_S, CTRL_Z, Job};

/// The path of a fixture in `tests/src/bin/`: `fixture!("hello")`. For integration tests only,
/// because cargo tells nobody else.
#[macro_export]
macro_rules! fixture {
    ($name:literal) => {
        env!(concat!("CARGO_BIN_EXE_", $name))
    };
}
