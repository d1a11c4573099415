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
//! [`macro@main`] explains the options, [`Ready`] readiness, and [`Config::run`] the way without
//! the macro. The rest of this page explains what a daemon is, and why each step is there.
//!
//! # What a daemon is
//!
//! A process that nobody waits for, that no terminal can disturb, and that goes on when the user
//! who started it logs out. Unix has no call for it; a process becomes one by a list of steps,
//! [daemon(7)], each of which undoes something that a process inherits from the shell.
//!
//! # Why fork, and why before any thread
//!
//! The shell waits for the process that it started. To give the prompt back, that process has to
//! exit, so the daemon must be another one: a child, made by [fork(2)]. A second reason:
//! [setsid(2)], the next step, fails in the leader of a process group. A shell makes each command
//! it starts such a leader; a child is not one.
//!
//! The child gets a copy of the memory, but only one of the threads: the one that called `fork`.
//! The others never finish their work: a lock that one of them held, the allocator's for example,
//! is held for ever, and an async runtime waits for workers that do not exist. So the fork has to
//! come before the first thread, and therefore before the runtime. For this `main` itself has to be
//! rewritten, which the attribute does. A program that has threads already is refused, and the
//! message names them.
//!
//! # Why a session, and why fork twice
//!
//! Processes belong to a session, and a session may have a controlling terminal, which sends SIGINT
//! for Ctrl-C and SIGHUP when the user logs out. `setsid` begins a session without one. But the
//! leader of a session gets a terminal by merely opening one: a log on `/dev/console` is enough. A
//! process that is not the leader cannot. So the leader forks once more and exits, and the daemon
//! is the grandchild: in a session without a terminal, and unable to get one.
//!
//! # What the other steps are for
//!
//! - **Descriptors.** The shell's, and any others that were left open, stay open as long as a
//!   process holds them: a pipe that never ends, a file system that cannot be unmounted, a socket
//!   of another program. All that were open when `main` was entered are closed, except 0 to 2,
//!   sockets that were passed on purpose, and those that the command line names as `/dev/fd/N`.
//! - **Standard input, output and error** go to `/dev/null` or a log. They are replaced and not
//!   closed: otherwise the next file that is opened would get the free number, and with it the
//!   program's output.
//! - **Signals.** Ignored and blocked signals are inherited, even through exec. A daemon started by
//!   nohup would not get SIGHUP, and one started by a careless parent would not get SIGTERM.
//! - **umask.** It is inherited too: the permissions of files would depend on who started the
//!   daemon.
//! - **Working directory.** A daemon in `/home/you` keeps that file system from being unmounted.
//! - **The pidfile** is a lock first: it keeps a second instance from starting. It also says which
//!   process to signal. It is locked before the fork, so that the command can say "already
//!   running"; and the kernel releases the lock when the daemon dies, so a stale file does not
//!   matter.
//! - **Privileges.** The steps that only root can do come first: the pidfile in /run, a log, a port
//!   below 1024 (in `privileged`). Then the daemon gives up root's rights for good: `user`,
//!   `group`, `chroot`, `capabilities`. All of it, also what is easily forgotten, such as the
//!   supplementary groups, is read back before the body runs.
//! - **Reporting.** The last step in daemon(7), and the one that most daemons leave out: the
//!   command must not exit before the daemon works, and must say so if it does not. The body
//!   reports through [`Ready`].
//!
//! # The command, meanwhile
//!
//! It waits, as the daemon's parent. If the daemon ends before it is ready, the command shows what
//! the daemon wrote to standard output and error, and exits with the daemon's status. So an error
//! that `main` returns, a panic, and an `exit(3)` deep in a C library all reach the shell, and none
//! of them needs code for it. Ctrl-C cancels the start. After `start_timeout` the daemon is ended, and the
//! command exits with status 124.
//!
//! # Under a supervisor
//!
//! systemd, runit, supervisord, a container: each watches the process that it started. If that
//! process forks and exits, the supervisor believes that it died and starts it again, while the
//! first daemon lives on; so a supervised program has to remain the process that was started. It
//! keeps its session and its standard streams, which are the supervisor's, and does the rest: the
//! pidfile, the limits, the user. [`Mode::Auto`] finds out who started the program, and [`mode()`]
//! says it in words. [`Ready`] tells the supervisor instead of a command; [`status`],
//! [`watchdog()`] and [`sockets()`] cover the rest of the conversation between program and
//! supervisor.
//!
//! # While it runs
//!
//! A daemon ends when it is told to: by SIGTERM, which kills a program that does not handle it in the
//! middle of whatever it does. [`stop()`] makes that a request. It stays, so that nobody misses it,
//! however late they ask; whoever is not finished takes a [`Hold`]; and `stop_timeout` sees to it that
//! the end comes. [`stopped()`] is the same as a future, for servers.
//!
//! A daemon has no terminal at which it could be told of a new configuration. By custom that is what
//! SIGHUP means, since no terminal can hang up on it. [`events()`] makes it a [`Reload`], which the
//! program answers. By the same signal logrotate(8) says that it has moved the log: the files that
//! `stdout` and `stderr` name are opened anew first, whether the program takes events or not.
//!
//! All of it is done by one thread, named `daemon`, that exists from the first such call on. It works
//! beside any runtime and depends on none. [`output()`] says who reads what the program writes.
//!
//! # Exit statuses
//!
//! | exit status | of the command |
//! | --- | --- |
//! | 0 | the daemon is ready |
//! | 67 | the user or group does not exist |
//! | 70 | the program's fault: it exited with 0, or dropped [`Ready`], before it was ready; or it had threads at launch |
//! | 71 | the system refused something, or `privileged` failed |
//! | 73 | the pidfile or a log could not be created |
//! | 75 | already running |
//! | 77 | not permitted |
//! | 78 | an option makes no sense, or `configure` failed |
//! | 124 | not ready in time |
//! | 128 + N | the daemon was killed by signal N before it was ready |
//! | any other | the daemon's own: it exited with this status before it was ready |
//!
//! The daemon itself, once it is ready, ends with the status of `main`; or with 75, if a stop took
//! longer than `stop_timeout`.
//!
//! A command that is itself cancelled by a signal dies of that signal.
//!
//! # Pages
//!
//! In the package's directory `docs`: the verbs of `control` (`control.md`) and what `status` shows
//! (`status.md`); how to stop a daemon without them and see whether it runs (`stopping.md`); files for
//! supervisors (`unit-files.md`); stop and reload with a runtime, a server or a loop of one's own
//! (`recipes.md`); its logs and how to rotate them (`logs.md`), options and verbs on a command line
//! (`command-line.md`), `cargo run`, tests, debuggers and the usual places (`development.md`), the port
//! from the crate `daemonize` (`from-daemonize.md`), what messages mean (`questions.md`), what other ways
//! to make a daemon do (`comparison.md`), what the library does not do
//! (`limitations.md`). The programs in `examples` run as they are.
//!
//! # Platforms
//!
//! It is tested on Linux: on x86-64 with glibc as a whole, on 32-bit x86 and with musl the launch and
//! the process. Linux on arm64, armv7 and riscv64, Android, macOS, FreeBSD, OpenBSD, NetBSD and
//! illumos are checked by the compiler, and not run. The calls that only Linux has (sub-reapers,
//! pidfds, signalfd, memfds, close_range) have stand-ins for other Unix systems; capabilities are
//! for Linux alone.
//!
//! On a system that is not Unix the same program compiles and is an ordinary one, as with
//! [`Mode::Off`]: `configure`, `privileged` and the body run, a verb other than `start` is refused, the
//! other options have no effect, [`Ready`] is silent, there are neither [`sockets()`] nor a [`watchdog()`], and [`mode()`] says so.
//!
//! [daemon(7)]: https://man7.org/linux/man-pages/man7/daemon.7.html
//! [fork(2)]: https://man7.org/linux/man-pages/man2/fork.2.html
//! [setsid(2)]: https://man7.org/linux/man-pages/man2/setsid.2.html

pub use daemon_core::{
    Capability, Chdir, Config, Control, Decision, Drained, Error, ErrorKind, Event, Events, Group,
    Heartbeat, Hold, Limit, Mode, Output, Pidfile, Ready, Reason, Recv, Reload, Requested,
    Resource, Sink, Socket, Sockets, Stop, Stopped, Timeout, Umask, User, Verb, Verdict, Watchdog,
    args_os, control, events, last_reload, mode, output, reopen_logs, sockets, status, stop,
    stopped, watchdog,
};

#[doc(inline)]
pub use daemon_macros::main;

#[doc(hidden)]
pub use daemon_core::expansion as main;

// The compiler shows this name, of an `async` step.
#[doc(hidden)]
pub use daemon_core::expansion::NotAsync;

/// Declares an enumeration of the [verbs](Verb) for a program that parses its command line with clap:
/// flattened into its own subcommands, they have their help and their completion.
///
/// The program needs clap 4 with the feature `derive`. What is parsed goes to
/// [`Config::perform`], and the launch does it.
///
/// ```
/// use clap::{Parser, Subcommand};
///
/// #[derive(Parser)]
/// struct CommandLine {
///     #[command(subcommand)]
///     command: Option<Command>,
/// }
///
/// #[derive(Subcommand)]
/// enum Command {
///     #[command(flatten)]
///     Daemon(Verbs),
///     /// Say which version this is
///     Version,
/// }
///
/// daemon::clap_verbs!(enum Verbs);
///
/// # #[allow(dead_code)]
/// fn configure(config: &mut daemon::Config) {
///     match CommandLine::parse().command {
///         Some(Command::Daemon(verb)) => _ = config.perform(verb),
///         Some(Command::Version) => _ = config.mode(daemon::Mode::Off),
///         None => {}
///     }
/// }
/// # fn main() {
/// # let parsed = CommandLine::try_parse_from(["clockd", "stop", "--timeout", "5"]).ok().unwrap();
/// # let Some(Command::Daemon(verb)) = parsed.command else { panic!() };
/// # let verb = daemon::Verb::from(verb);
/// # assert!(matches!(verb, daemon::Verb::Stop(stop) if stop.timeout.unwrap().as_secs() == 5));
/// # }
/// ```
#[macro_export]
macro_rules! clap_verbs {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident) => {
        $crate::clap_verbs! {
            @with {
                /// How long to wait for its end [default: as long as it takes]
                #[arg(long, value_name = "SECONDS", value_parser = $crate::main::parse_seconds)]
                timeout: Option<::core::time::Duration>,
                /// Kill it when the timeout is over
                #[arg(long, requires = "timeout")]
                kill: bool,
                /// Even if a supervisor is in charge of it
                #[arg(long)]
                anyway: bool,
            }
            $(#[$attribute])* $visibility enum $name
        }
    };
    // The fields of both verbs that end the daemon. The texts are those of `daemon-core`'s grammar: a
    // test compares them.
    (@with $how_to_stop:tt $(#[$attribute:meta])* $visibility:vis enum $name:ident) => {
        $(#[$attribute])*
        /// What to do with the daemon.
        #[derive(::core::clone::Clone, ::core::fmt::Debug, ::clap::Subcommand)]
        $visibility enum $name {
            /// Start the daemon; if it is running already, wait until it is ready
            Start,
            /// End the running daemon, and wait until it has ended
            Stop $how_to_stop,
            /// Check the configuration, end the running daemon, and start a new one
            Restart $how_to_stop,
            /// Have the running daemon read its configuration, and wait for what it says
            Reload {
                /// How long to wait for its answer [default: 60]
                #[arg(long, value_name = "SECONDS", value_parser = $crate::main::parse_seconds)]
                timeout: Option<::core::time::Duration>,
            },
            /// Show whether the daemon is running, and what it is doing
            Status {
                /// Print JSON
                #[arg(long)]
                json: bool,
                /// Fail with 150 unless it is ready
                #[arg(long)]
                ready: bool,
            },
            /// Show what a start would do and what would make it fail, and change nothing
            Check {
                /// Print JSON
                #[arg(long)]
                json: bool,
            },
            /// Print a file by which another program starts the daemon
            Unit {
                #[arg(value_parser = ::clap::builder::TypedValueParser::map(
                    ::clap::builder::PossibleValuesParser::new(
                        $crate::control::Target::ALL.iter().map(|target| target.name()),
                    ),
                    |name| $crate::main::target(&name),
                ))]
                target: $crate::control::Target,
            },
        }

        impl ::core::convert::From<$name> for $crate::Verb {
            fn from(verb: $name) -> Self {
                use $crate::main::how_to_stop;
                match verb {
                    $name::Start => $crate::Verb::Start,
                    $name::Stop { timeout, kill, anyway } => {
                        $crate::Verb::Stop(how_to_stop(timeout, kill, anyway))
                    }
                    $name::Restart { timeout, kill, anyway } => {
                        $crate::Verb::Restart(how_to_stop(timeout, kill, anyway))
                    }
                    $name::Reload { timeout } => $crate::Verb::Reload { timeout },
                    $name::Status { json, ready } => $crate::Verb::Status { json, ready },
                    $name::Check { json } => $crate::Verb::Check { json },
                    $name::Unit { target } => $crate::Verb::Unit { target },
                }
            }
        }

        impl ::core::convert::From<$name> for ::core::option::Option<$crate::Verb> {
            fn from(verb: $name) -> Self {
                ::core::option::Option::Some(verb.into())
            }
        }
    };
}

/// The examples of the README, compiled as they are shown there: without hidden lines.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Those of the pages.
#[cfg(doctest)]
#[doc = include_str!("../docs/command-line.md")]
struct CommandLine;

#[cfg(doctest)]
#[doc = include_str!("../docs/development.md")]
struct Development;

#[cfg(doctest)]
#[doc = include_str!("../docs/control.md")]
struct ControlPage;

/// Those of the port, of which the old program is for Unix alone.
#[cfg(all(doctest, unix))]
#[doc = include_str!("../docs/from-daemonize.md")]
struct FromDaemonize;
