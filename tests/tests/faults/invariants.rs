//! What must be true after a start, whatever has failed in it.

use std::{
    fs::{self, File},
    io,
    time::Duration,
};

use daemon_tests::{
    Process,
    faults::{Orders, Role, Traced},
    words_of,
};
use libc::c_int;
use nix::fcntl::{Flock, FlockArg};

use crate::{
    scenario::{self, Scenario},
    stage::Stage,
};

/// How long a start may take: it gives up by itself after 8 seconds, and ends what it has begun in
/// another few.
pub(crate) const LIMIT: Duration = Duration::from_secs(25);

/// What became of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// The daemon is ready, and the exit status 0.
    Ready,
    /// It failed in good order, with this exit status as a shell shows it.
    Failed(i32),
    /// The command was killed, and left nothing, or a daemon that is ready.
    Killed,
    /// Something is wrong.
    Wrong(&'static str),
}

/// What a start that fails has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words<'a> {
    /// Nothing, because nobody can hear it.
    None,
    /// Something, whoever says it: where there is no memory it may be the standard library, which
    /// panics before `main`, or the dynamic linker.
    Any,
    Some,
    /// The reason, or at least which call it was.
    Naming(&'a str, c_int),
}

use Outcome::{Failed, Killed, Ready, Wrong};

/// What is seen of a start that has come to rest.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The exit status as a shell shows it; `None` if there is none in time.
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
    /// The daemon, if it lives on.
    pub(crate) daemon: Option<i32>,
    /// Whether any process of the start is left.
    pub(crate) is_left: bool,
    /// Whether it was we who killed the command.
    pub(crate) is_killed: bool,
}

impl From<&Traced<'_>> for Seen {
    fn from(traced: &Traced<'_>) -> Self {
        Self {
            code: traced.code(),
            stderr: traced.stderr.clone(),
            daemon: traced.daemon().filter(|_| traced.lives_on),
            is_left: !traced.left.is_empty(),
            is_killed: traced.has_killed(Role::Command),
        }
    }
}

/// What became of this start on this stage, which is left as it was before.
pub(crate) fn outcome(
    scenario: &Scenario,
    stage: &Stage,
    words: Words<'_>,
    traced: Traced<'_>,
) -> Outcome {
    let outcome = judge(scenario, stage, words, &Seen::from(&traced));
    drop(traced);
    stage.clear();
    and_next(stage, outcome)
}

/// This outcome, unless a start that should succeed after it does not.
pub(crate) fn and_next(stage: &Stage, outcome: Outcome) -> Outcome {
    match outcome {
        Failed(_) | Killed if !can_start(stage) => Wrong("the next start fails"),
        outcome => outcome,
    }
}

/// What became of a start that is seen to be so.
pub(crate) fn judge(scenario: &Scenario, stage: &Stage, words: Words<'_>, seen: &Seen) -> Outcome {
    let Some(code) = seen.code else { return Wrong("it hangs") };
    let messages = stage.messages();
    let ready: Vec<_> = messages.iter().filter(|it| has_line(&it.text, "READY=1")).collect();
    if seen.stderr.contains("panicked at") && words != Words::Any {
        return Wrong("it panics");
    }
    if code == 0 {
        return match seen.daemon {
            _ if scenario.fails => Wrong("status 0, though the body fails"),
            Some(daemon) => {
                let main_pid = format!("MAINPID={daemon}");
                if !holds_pidfile(stage, daemon) {
                    Wrong("status 0, and the daemon does not hold its pidfile")
                } else if !scenario.told || says_that_it_is_untold(seen) {
                    Ready
                } else if ready.is_empty() {
                    Wrong("status 0 without READY=1")
                } else if !has_line(&ready[0].text, &main_pid) {
                    Wrong("READY=1 with another MAINPID")
                } else {
                    Ready
                }
            }
            None => Wrong("status 0 without a daemon"),
        };
    }
    if seen.is_killed && seen.daemon.is_some() {
        return Killed;
    }
    if seen.is_left {
        return match ready.is_empty() {
            true => Wrong("it fails, and a process is left"),
            false => Wrong("it fails after READY=1, and a process is left"),
        };
    }
    if !ready.is_empty() {
        return Wrong("it fails after READY=1");
    }
    if is_locked(stage) {
        return Wrong("it fails, and the pidfile is locked");
    }
    if seen.is_killed {
        return Killed;
    }
    match reason_wanting(scenario, words, &seen.stderr, code) {
        Some(wrong) => Wrong(wrong),
        None => Failed(code),
    }
}

/// A supervisor that is gone does not need to know.
fn says_that_it_is_untold(seen: &Seen) -> bool {
    seen.stderr.contains("cannot tell the supervisor that the daemon is ready")
}

/// What is wrong with the words of a start that failed.
fn reason_wanting(
    scenario: &Scenario,
    words: Words<'_>,
    stderr: &str,
    code: i32,
) -> Option<&'static str> {
    let is_said = stderr.contains("does_as_told: ");
    let is_named = match words {
        Words::None => return None,
        Words::Any if !stderr.is_empty() => return None,
        _ if !is_said => return Some("it fails without a word"),
        _ if scenario.fails && code == 3 => {
            // One that cannot be read is at least said to be so.
            let is_said = [scenario::REASON, "cannot be read"].iter().any(|it| stderr.contains(it));
            return (!is_said).then_some("the body's reason is lost");
        }
        Words::Any | Words::Some => true,
        // That the lock is another's is all that this says.
        Words::Naming("flock", libc::EAGAIN) => code == 75,
        // The same in other words.
        Words::Naming("open", libc::ELOOP) if stderr.contains("it is a symbolic link") => true,
        Words::Naming("wait4" | "waitid", _) if stderr.contains("is not known") => true,
        Words::Naming(call, errno) => {
            let mut words = stderr.split(|it: char| !it.is_alphanumeric());
            stderr.contains(&words_of(errno)) || words.any(|it| it == call)
        }
    };
    (!is_named).then_some("it does not say what failed")
}

fn has_line(text: &str, line: &str) -> bool {
    text.lines().any(|it| it == line)
}

/// In the daemon's own view: it may be in namespaces of its own.
fn holds_pidfile(stage: &Stage, daemon: i32) -> bool {
    let Some(daemon) = Process::find(daemon) else { return false };
    let (pidfile, pid) = (stage.pidfile(), daemon.pid());
    let number = fs::read_to_string(format!("/proc/{pid}/root{}", pidfile.display()));
    number.is_ok_and(|it| it == format!("{}\n", daemon.number_inside()))
        && daemon.holds_flock_of(&pidfile)
}

fn is_locked(stage: &Stage) -> bool {
    match File::open(stage.pidfile()) {
        Ok(file) => Flock::lock(file, FlockArg::LockExclusiveNonblock).is_err(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => panic!("the pidfile: {error}"),
    }
}

/// Whether a start without any fault succeeds now.
fn can_start(stage: &Stage) -> bool {
    let orders = Orders::with([]);
    let traced = stage.start().arg("notify").trace(&orders, LIMIT);
    let can = traced.code() == Some(0) && traced.lives_on;
    drop(traced);
    stage.clear();
    can
}
