//! The launch: the steps of daemon(7), in order from the top of this file to its bottom.
//!
//! ```text
//!  the command               the intermediate          the daemon
//!  ───────────               ────────────────          ──────────
//!  plan
//!  become sub-reaper
//!  fork ───────────────────▶ setsid
//!  │                         fork ───────────────────▶ signals, umask, descriptors
//!  │                         exit                      pidfile, standard streams
//!  │                                                   limits
//!  wait ◀───────────────────────── status ──────────── privileged
//!  │                                                   root directory, groups, user
//!  │                                                   working directory
//!  │                                                   the body of main
//!  exit 0 ◀─────────────────────── ready ───────────── ready.notify()
//! ```

mod failure;
pub(crate) mod ready;
pub(crate) mod refusal;
mod said;

use std::io::Write;
use std::mem;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::stat::{Mode, umask};
use nix::unistd::{Pid, getpid, getppid, setsid};

use crate::command::cancel::{CancelSignals, Lifeline, Tether};
use crate::command::pipe::{self, ToCommand};
use crate::command::start::{Start, Watched};
use crate::command::watcher::Watcher;
use crate::config::Config;
use crate::error::{Error, ErrorKind, Failure};
use crate::files::notice;
use crate::files::startup_output::OutputUntilReady;
use crate::files::state::{self, Contents};
use crate::files::{Files, Locked};
use crate::launch::ready::Ready;
use crate::plan::Plan;
use crate::plan::inherited::Inherited;
use crate::process::confinement::Confinement;
use crate::process::limits;
use crate::process::own::OwnProcess;
use crate::process::threads;
use crate::running::launched::{self, Launched};
use crate::running::logs::Logs;
use crate::supervisor;
use crate::supervisor::decision::Decided;
use crate::supervisor::environment::{self, Environment};
use crate::supervisor::mode;
use crate::supervisor::notify;
use crate::sys;
use crate::sys::process::{Forked, fork};
use crate::sys::signals::SignalSet;

/// Whether this process has been launched already.
static LAUNCHED: AtomicBool = AtomicBool::new(false);

/// Makes this process the daemon that `config` asks for.
///
/// Returns only in the daemon (in the foreground: in this process), with the value of `privileged`.
/// In the background an error is always from before the first fork.
pub(crate) fn launch<V>(
    config: &mut Config,
    inherited: Inherited,
    privileged: impl FnOnce() -> Result<V, Error>,
) -> Result<(Ready, V), Error> {
    if LAUNCHED.load(Ordering::Relaxed) {
        let what = "cannot become a daemon: this process is one already";
        return Err(Error::new(ErrorKind::Software, what).advise("launch once, from `main`"));
    }
    let environment = Environment::of_this_process(inherited.pid);
    if let Some(off) = mode::off(config.mode, environment) {
        mode::keep(&off);
        let value = privileged()?;
        launched::note(Launched {
            name: config.name.clone(),
            process: OwnProcess::of(inherited.pid),
            mode: None,
            stop_timeout: config.stop_timeout,
            stop_delay: Duration::ZERO,
            ignored: inherited.signals.ignored,
            logs: Logs::default(),
        })?;
        return Ok((Ready::detached(), value));
    }
    // Before anything of ours is opened: the program may have closed one of them.
    sys::descriptors::occupy_standard_streams()
        .map_err(|errno| Error::cannot("open /dev/null as a standard stream", errno))?;
    supervisor::connect(environment)?;
    let launched = Plan::new(config, inherited, environment).and_then(|plan| {
        mode::keep(&plan.decision);
        environment::remove_variables_meant_for_us();
        match plan.decision.decided() {
            Decided::Background => in_background(plan, privileged),
            Decided::Foreground => in_foreground(plan, privileged),
        }
    });
    launched.inspect_err(|error| notify::failed(&Failure::from(error)))
}

/// The steps of daemon(7): two forks with setsid(2) between them, and a command that waits.
fn in_background<V>(
    mut plan: Box<Plan>,
    privileged: impl FnOnce() -> Result<V, Error>,
) -> Result<(Ready, V), Error> {
    LAUNCHED.store(true, Ordering::Relaxed);
    // Output that is still buffered would be written by each of the three processes.
    flush_output();
    let (to_command, start, watcher) = prepare(&mut plan).inspect_err(|_| undo(&plan))?;

    // The command. Its child leads no process group, which setsid(2) asks for.
    match fork() {
        Ok(Forked::Child) => {}
        Ok(Forked::Parent { child: intermediate }) => {
            watcher.run_in_command(start, to_command, Watched::of(plan), intermediate)
        }
        Err(errno) => {
            start.signals.let_through();
            watcher.undo();
            undo(&plan);
            return Err(Error::cannot("make a process", errno));
        }
    }

    // The intermediate process leads a session without a terminal. Its child does not lead it, and
    // so can never acquire a terminal.
    match lead_session_and_fork(plan.pid) {
        Ok(Forked::Child) => {}
        Ok(Forked::Parent { child: daemon }) => {
            watcher.run_in_intermediate(start, to_command, Ok(daemon), plan)
        }
        Err(error) => watcher.run_in_intermediate(start, to_command, Err(error), plan),
    }

    // The daemon.
    drop(watcher);
    let daemon = OwnProcess::of(getpid());
    match become_daemon(plan, daemon, start, privileged) {
        Ok((tether, output, value)) => {
            Ok((Ready::background(to_command, tether, output, daemon), value))
        }
        Err(error) => failure::end(&to_command, &error),
    }
}

fn lead_session_and_fork(command: Pid) -> Result<Forked, Error> {
    // There this may be process 1, whose end would be the daemon's too; and their numbers mean other
    // processes to the command.
    if getppid() != command {
        let what = "cannot go to the background: children are in another process namespace";
        return Err(Error::new(ErrorKind::Config, what)
            .advise("for unshare(1), add --fork; for nsenter(1), leave --no-fork out"));
    }
    setsid().map_err(|errno| Error::cannot("begin a session", errno))?;
    // A handler of pthread_atfork(3) may have started one.
    threads::refuse()?;
    fork().map_err(|errno| Error::cannot("make a process", errno))
}

/// The steps of the daemon before its body, with the command still waiting.
///
/// The memory of the plan is never freed: a new process has to copy each page that it writes to.
fn become_daemon<V>(
    plan: Box<Plan>,
    daemon: OwnProcess,
    start: Start,
    privileged: impl FnOnce() -> Result<V, Error>,
) -> Result<(Tether, OutputUntilReady, V), Error> {
    let plan = Box::leak(plan);
    let Start { signals, lifeline, from_daemon, .. } = start;
    let tether = lifeline.fasten(daemon.pid())?;
    let not_put_back = |errno| Error::cannot("put the signals back", errno);
    signals.restore_child_action().map_err(not_put_back)?;
    plan.signals.put_back(signals.mask).map_err(not_put_back)?;
    set_umask(plan.umask);
    plan.descriptors.close();
    drop(plan.notification.take()); // It is the command that tells s6.
    let version = plan.version.as_deref();
    let Files { locked, stdio, .. } = &mut plan.files;
    let first = || said::first(&plan.name, version, daemon.pid(), &plan.decision, stdio);
    let needless = Some(from_daemon.into());
    take(locked.take(), daemon, &plan.confinement, first, needless)?;
    let logs = Logs::of(stdio, plan.umask, plan.confinement.changes_root());
    let output = mem::take(stdio).install()?;
    limits::set(&plan.limits)?;
    let value = privileged()?;
    plan.confinement.enter()?;
    if plan.confinement.identity().is_some() {
        tether.fasten_again(daemon.pid())?;
    }
    launched::note(Launched {
        name: mem::take(&mut plan.name),
        process: daemon,
        mode: Some(Decided::Background),
        stop_timeout: plan.stop_timeout,
        stop_delay: plan.stop_delay,
        ignored: SignalSet::default(),
        logs,
    })?;
    Ok((tether, output, value))
}

/// Carries out the plan without forking: for a supervisor, or under a debugger.
#[inline(never)] // As `Plan::new`.
fn in_foreground<V>(
    plan: Box<Plan>,
    privileged: impl FnOnce() -> Result<V, Error>,
) -> Result<(Ready, V), Error> {
    let Plan { mut files, .. } = *plan;
    let process = OwnProcess::of(plan.pid);
    let locked = files.locked.take();
    let version = plan.version.as_deref();
    let first = || said::first(&plan.name, version, plan.pid, &plan.decision, &files.stdio);
    take(locked, process, &plan.confinement, first, None).inspect_err(|_| files.undo())?;
    set_umask(plan.umask);
    limits::set(&plan.limits)?;
    let value = privileged()?;
    plan.confinement.enter()?;
    let logs = Logs::of(&files.stdio, plan.umask, plan.confinement.changes_root());
    // Last, so that any failure up to here is reported where the program was started.
    files.stdio.install()?;
    launched::note(Launched {
        name: plan.name.clone(),
        process,
        mode: Some(Decided::Foreground),
        stop_timeout: plan.stop_timeout,
        stop_delay: plan.stop_delay,
        ignored: plan.signals.ignored,
        logs,
    })?;
    if let Some(why) = files.without_pidfile {
        notice::say(&plan.name, &format!("without a pidfile: {why}"));
    }
    Ok((Ready::foreground(plan.name, process, plan.start_timeout, plan.notification), value))
}

/// Everything between the plan and the first fork: the pipes, the signals, the choice of watcher.
#[inline(never)] // As `Plan::new`.
fn prepare(plan: &mut Plan) -> Result<(ToCommand, Start, Watcher), Error> {
    let no_pipe = |errno| Error::cannot("make a pipe", errno);
    // In this order, so that what the daemon closes together has numbers that follow each other:
    // the pidfile's description that is written to and the end of the pipe that the command reads
    // from; and from the other end to the lifeline, everything that it needs until it is ready.
    let (from_daemon, to_command) = pipe::channel().map_err(no_pipe)?;
    plan.files.stdio.open_until_ready()?;
    let lifeline = Lifeline::new().map_err(no_pipe)?;
    let signals = CancelSignals::hold_back(plan.signals.ignored)
        .map_err(|errno| Error::cannot("hold signals back", errno))?;
    let watcher = Watcher::choose().map_err(no_pipe).inspect_err(|_| signals.let_through())?;
    Ok((to_command, Start { signals, from_daemon, lifeline }, watcher))
}

/// Takes back the plan, for a start that is refused before there is another process.
fn undo(plan: &Plan) {
    plan.files.undo();
    LAUNCHED.store(false, Ordering::Relaxed);
}

/// Sets the file mode creation mask; see umask(2).
fn set_umask(mask: u32) {
    umask(Mode::from_bits_truncate(mask as libc::mode_t));
}

/// Writes the daemon's process number into its pidfile, and what it says of itself beside it, and
/// keeps the lock. `needless` is closed together with what was open for that.
fn take(
    locked: Option<Locked>,
    owner: OwnProcess,
    confinement: &Confinement,
    first: impl FnOnce() -> Contents,
    needless: Option<OwnedFd>,
) -> Result<(), Error> {
    let Some(locked) = locked else { return Ok(()) };
    locked.pidfile.write_number(owner.pid()).inspect_err(|_| locked.undo())?;
    let Locked { pidfile, state } = locked;
    let unused = match state {
        None => None,
        Some(state) => {
            let (identity, changes_root) = (confinement.identity(), confinement.changes_root());
            state::begin(state, first(), owner, identity, changes_root)
                .inspect_err(|_| pidfile.undo())?
        }
    };
    // In the order of their numbers.
    pidfile.keep(owner, unused.into_iter().chain(needless));
    Ok(())
}

fn flush_output() {
    // An error is for whoever printed: text that cannot be written is lost, as it would have been
    // at exit.
    let _ = std::io::stdout().flush();
    sys::process::flush_c_streams();
}
