//! Counts system calls with strace(1).

use std::error::Error;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::children;
use crate::pidfile::Pidfile;
use crate::programs::{Program, Programs};
use crate::strace;
use crate::subject::Subject;

const DEADLINE: Duration = Duration::from_secs(10);

const SUBJECTS: [Subject; 9] = [
    Subject::EmptyC,
    Subject::ByHand,
    Subject::Libdaemon,
    Subject::EmptyRust,
    Subject::RustByHand,
    Subject::Ours,
    Subject::WithoutMacro,
    Subject::Daemonize,
    Subject::Fork,
];

/// The calls of all processes that a program starts, up to the moment its command is gone.
#[derive(Clone, Debug)]
pub struct SystemCalls(Vec<(Subject, usize)>);

impl SystemCalls {
    /// `None` if strace is not installed.
    pub(crate) fn count(
        programs: &Programs,
        pidfile: &Pidfile,
    ) -> Result<Option<Self>, Box<dyn Error>> {
        if !strace::is_installed() {
            return Ok(None);
        }
        let programs = programs.of(&SUBJECTS);
        let counts = programs.iter().map(|it| Ok((it.subject, count(it, pidfile)?)));
        Ok(Some(SystemCalls(counts.collect::<Result<_, Box<dyn Error>>>()?)))
    }

    /// Each program and its calls.
    pub fn all(&self) -> &[(Subject, usize)] {
        &self.0
    }

    /// Its calls less those of the empty program of its language.
    pub fn beyond_empty(&self, subject: Subject) -> Option<usize> {
        Some(self.of(subject)?.saturating_sub(self.of(subject.empty()?)?))
    }

    fn of(&self, subject: Subject) -> Option<usize> {
        self.0.iter().find(|(it, _)| *it == subject).map(|(_, calls)| *calls)
    }
}

/// The median of some runs, because what the daemon does at that moment is a matter of chance.
fn count(program: &Program, pidfile: &Pidfile) -> Result<usize, Box<dyn Error>> {
    const RUNS: usize = 5;
    let mut counts =
        (0..RUNS).map(|_| count_once(program, pidfile)).collect::<Result<Vec<_>, _>>()?;
    counts.sort_unstable();
    Ok(counts[RUNS / 2])
}

fn count_once(program: &Program, pidfile: &Pidfile) -> Result<usize, Box<dyn Error>> {
    let trace = pidfile.directory().join("trace");
    let mut strace =
        strace::command(&trace, &[]).arg(&program.path).arg(pidfile.path()).env_clear().spawn()?;

    let started = Instant::now();
    let mut count = None;
    while count.is_none() && started.elapsed() < DEADLINE {
        thread::sleep(Duration::from_millis(10));
        count = calls_until_the_command_exited(&fs::read_to_string(&trace).unwrap_or_default());
    }
    // Strace itself goes on for as long as the daemon does.
    strace.kill()?;
    strace.wait()?;
    children::end_all()?;
    pidfile.remove()?;
    fs::remove_file(&trace)?;
    count.ok_or_else(|| format!("{}: strace saw no end of it", program.subject.name()).into())
}

/// The calls of a trace until its command exited, if it has: of what `strace -f -o` has written.
///
/// Each line is a pid and a call, or a later part of a call, or `---` a signal, or `+++` an end.
///
/// A call that a signal without a handler has interrupted is begun anew by the kernel only because
/// strace(1) looks on.
pub fn calls_until_the_command_exited(trace: &str) -> Option<usize> {
    let (command, _) = trace.split_once(' ')?;
    let mut calls = 0;
    for line in trace.lines() {
        let (pid, event) = line.split_once(' ')?;
        let event = event.trim_start();
        if event.starts_with("+++") {
            if pid == command {
                return Some(calls);
            }
        } else if !["---", "<...", "restart_syscall"].iter().any(|it| event.starts_with(it)) {
            calls += 1;
        }
    }
    None
}
