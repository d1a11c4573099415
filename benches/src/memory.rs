//! The memory of an idle daemon.

use std::error::Error;
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::children;
use crate::fresh_copies::FreshCopies;
use crate::launch::command;
use crate::pidfile::Pidfile;
use crate::programs::{Program, Programs};
use crate::statistics::median;
use crate::subject::Subject;

const SUBJECTS: [Subject; 6] = [
    Subject::SleepingC,
    Subject::ByHand,
    Subject::Libdaemon,
    Subject::SleepingRust,
    Subject::Ours,
    Subject::Daemonize,
];

const RUNS: usize = 9;
const DEADLINE: Duration = Duration::from_secs(10);

/// The proportional set size of each program while it sleeps, in KiB: its own pages, and its share
/// of those that it has in common with others; see `smaps_rollup` in proc(5).
#[derive(Clone, Debug)]
pub struct Memory(Vec<(Subject, f64)>);

impl Memory {
    /// The medians of some runs, in turn.
    pub(crate) fn measure(programs: &Programs, pidfile: &Pidfile) -> Result<Self, Box<dyn Error>> {
        let copies = FreshCopies::of(&programs.of(&SUBJECTS))?;
        let mut sizes = vec![Vec::with_capacity(RUNS); copies.programs.len()];
        let mut order: Vec<usize> = (0..sizes.len()).collect();
        for _ in 0..RUNS {
            fastrand::shuffle(&mut order);
            for &index in &order {
                sizes[index].push(size_of_one(&copies.programs[index], pidfile)?);
            }
        }
        let subjects = copies.programs.iter().map(|program| program.subject);
        Ok(Memory(subjects.zip(sizes.iter().map(|sizes| median(sizes))).collect()))
    }

    /// Each program and its size in KiB.
    pub fn all(&self) -> &[(Subject, f64)] {
        &self.0
    }

    /// How many times as large as an empty sleeping program of Rust.
    pub fn times_sleeping(&self, subject: Subject) -> Option<f64> {
        Some(self.of(subject)? / self.of(Subject::SleepingRust)?)
    }

    fn of(&self, subject: Subject) -> Option<f64> {
        self.0.iter().find(|(it, _)| *it == subject).map(|(_, size)| *size)
    }
}

fn size_of_one(program: &Program, pidfile: &Pidfile) -> Result<f64, Box<dyn Error>> {
    let mut child = command(program, pidfile).stdin(Stdio::null()).spawn()?;
    let own = i32::try_from(child.id())?;
    if program.subject.is_daemon() && !child.wait()?.success() {
        return Err(format!("{} failed", program.subject.name()).into());
    }
    let find = || match program.subject.is_daemon() {
        true => pidfile.pid().filter(|pid| children::pids().is_ok_and(|all| all.contains(pid))),
        false => Some(own),
    };
    let size = settled(find)
        .ok_or_else(|| format!("{}: it did not go to sleep", program.subject.name()))?;
    children::end_all()?;
    pidfile.remove()?;
    Ok(size)
}

/// Once it sleeps and its size does not change.
fn settled(find: impl Fn() -> Option<i32>) -> Option<f64> {
    let deadline = Instant::now() + DEADLINE;
    let mut before = None;
    while Instant::now() < deadline {
        let now = find().filter(|pid| sleeps(*pid)).and_then(proportional_set_size);
        if now.is_some() && now == before {
            return now;
        }
        before = now;
        thread::sleep(Duration::from_millis(20));
    }
    None
}

fn sleeps(pid: i32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:\tS"))
}

/// That of a process, in KiB. `None` if it is gone.
pub fn proportional_set_size(pid: i32) -> Option<f64> {
    let sums = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = sums.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
