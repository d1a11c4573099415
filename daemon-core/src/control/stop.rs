//! The verb `stop`: ends the daemon, and waits until it and its lock are gone.

use std::thread;
use std::time::{Duration, Instant};

use nix::poll::PollTimeout;
use nix::unistd::Pid;

use crate::config::Config;
use crate::config::verb::Stop;
use crate::control::find::{Daemon, find, listed};
use crate::control::holder::{self, Behind, Holder, not_proved};
use crate::control::whose;
use crate::error::{Error, ErrorKind};
use crate::files::pidfile::{Found, Opened};
use crate::process::own::PROCESS_1;
use crate::sys;
use crate::text::seconds;

/// How long the lock may outlive the daemon: a start that takes it names itself soon.
const LOCK: Duration = Duration::from_secs(2);

/// How often the lock, the holds and the signals are looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long SIGKILL takes at most, unless the process is in a system call that does not end.
const DEATH: Duration = Duration::from_secs(5);

/// Ends the running daemon, and waits until it has ended and its pidfile is free. `true` if so, or
/// if none ran; `false` if it is still there when the time is over. Signals do to the calling program
/// what they always do.
///
/// # Errors
///
/// Which process the daemon is was not proved, or it may not be signalled; a supervisor is in charge
/// of it; several daemons run.
pub fn stop(config: &Config, how: &Stop) -> Result<bool, Error> {
    let found = find(&mut config.clone())?;
    end(found, "stop", how, &mut |_| None).map(|ended| !matches!(ended, Ended::StillThere(_)))
}

/// How a stop ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// This process has.
    Gone(Pid),
    NotRunning(String),
    /// Why it has not.
    StillThere(String),
    /// Whoever waited was told by this signal not to.
    Interrupted(libc::c_int, Pid),
}

/// Removes what a daemon has left. The proof that none runs: the lock can be had, which only shows now
/// where its holder is hidden, in another process namespace for example.
fn remove(left: &Opened) -> Result<(), Error> {
    if left.remove_what_is_left() {
        return Ok(());
    }
    match holder::behind(left.path()) {
        // It was started in between.
        Behind::Daemon(_) | Behind::Nobody(None) => Ok(()),
        // Or a start was, which has failed.
        Behind::Nobody(Some(left)) if left.remove_what_is_left() => Ok(()),
        Behind::Unproven(why) => Err(not_proved(left.path(), &why)),
        Behind::Nobody(Some(_)) => {
            let why = "it is locked by a process that does not show here";
            Err(not_proved(left.path(), why))
        }
    }
}

/// Told at times what is waited for. A signal that it returns ends the wait, and not the daemon.
pub(super) type Waiting<'a> = &'a mut dyn FnMut(&Holder) -> Option<libc::c_int>;

/// Ends what was found, for this verb.
pub(super) fn end(
    found: Daemon,
    verb: &str,
    how: &Stop,
    waiting: Waiting<'_>,
) -> Result<Ended, Error> {
    let holder = match found {
        Daemon::Running(holder) => holder,
        Daemon::NotRunning { places, left } => {
            left.iter().try_for_each(remove)?;
            return Ok(Ended::NotRunning(format!("not running (looked at {})", listed(&places))));
        }
    };
    if !how.anyway {
        whose::refuse(&holder, verb)?;
    }
    let until = how.timeout.and_then(|limit| Instant::now().checked_add(limit));
    holder.signal(libc::SIGTERM)?;
    // A process that is stopped takes it when it goes on.
    holder.signal(libc::SIGCONT)?;
    if let Some(signal) = wait(&holder, until, waiting) {
        return Ok(Ended::Interrupted(signal, holder.pid));
    }
    if !holder.has_ended() && how.kill {
        kill(&holder)?;
        let until = Instant::now().checked_add(DEATH);
        if let Some(signal) = wait(&holder, until, waiting) {
            return Ok(Ended::Interrupted(signal, holder.pid));
        }
    }
    Ok(match still_there(&holder, how) {
        Some(why) => Ended::StillThere(why),
        None => {
            holder.pidfile().remove_what_is_left();
            Ended::Gone(holder.pid)
        }
    })
}

/// Until it and its lock are gone, or until it is that late, or until that is told to end.
fn wait(holder: &Holder, until: Option<Instant>, waiting: Waiting<'_>) -> Option<libc::c_int> {
    let look_again = PollTimeout::try_from(LOOK_AGAIN).unwrap_or(PollTimeout::ZERO);
    let mut ended_since = None;
    loop {
        if holder.ends_within(look_again) {
            let since: &mut Instant = ended_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= LOCK || !is_shared(holder.pidfile()) {
                return None;
            }
            thread::sleep(LOOK_AGAIN);
        }
        if let Some(signal) = waiting(holder) {
            return Some(signal);
        }
        if until.is_some_and(|until| Instant::now() >= until) {
            return None;
        }
    }
}

/// Whether somebody holds the lock of a daemon that has ended, and is no new daemon.
fn is_shared(pidfile: &Opened) -> bool {
    pidfile.is_at_its_path() && matches!(pidfile.holder(), Found::Unnamed)
}

/// The kernel keeps SIGKILL from process 1 of its own namespace; see pid_namespaces(7).
fn kill(holder: &Holder) -> Result<(), Error> {
    if holder.pid == PROCESS_1 {
        let what = "process 1 cannot be killed from inside its container";
        return Err(Error::new(ErrorKind::Unproven, what)
            .advise("use the engine's own command, such as `podman kill` or `docker kill`"));
    }
    holder.signal(libc::SIGKILL)
}

/// Why the stop is not over, if it is not.
fn still_there(holder: &Holder, how: &Stop) -> Option<String> {
    let pid = holder.pid;
    if holder.has_ended() {
        if !is_shared(holder.pidfile()) {
            return None;
        }
        let sharing: Vec<_> = holder.pidfile().processes().iter().map(Pid::to_string).collect();
        if sharing.is_empty() {
            return None;
        }
        return Some(format!(
            "pid {pid} has ended, and its lock of {} is shared by process {}",
            holder.path().display(),
            sharing.join(", ")
        ));
    }
    let after = how.timeout.unwrap_or_default();
    let mut why = format!("pid {pid} is still running after {} s", seconds(after));
    if let Some(status) = holder.status() {
        if let Some(tracer) = status.tracer {
            let name = sys::proc::process_name(tracer).unwrap_or_else(|| "?".to_owned());
            why.push_str(&format!("; process {tracer} ({name}) traces it"));
        } else if status.state == 'D' {
            why.push_str("; it is in a system call that cannot be interrupted");
        } else if how.kill {
            why.push_str(", and SIGKILL has not ended it");
        }
    }
    if !how.kill {
        why.push_str(": wait longer, or add --kill");
    }
    Some(why)
}
