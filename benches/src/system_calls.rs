//! Counts system calls with strace(1).

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::programs::Program;
use crate::{children, launch};

const DEADLINE: Duration = Duration::from_secs(10);

pub(crate) fn strace_is_installed() -> bool {
    Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success())
}

/// The calls of all processes that `program` starts, up to the moment its command is gone. The
/// median of some runs, because what the daemon does at that moment is a matter of chance.
pub(crate) fn count(program: &Program, pidfile: &Path) -> Result<usize, Box<dyn Error>> {
    const RUNS: usize = 5;
    let mut counts =
        (0..RUNS).map(|_| count_once(program, pidfile)).collect::<Result<Vec<_>, _>>()?;
    counts.sort_unstable();
    Ok(counts[RUNS / 2])
}

fn count_once(program: &Program, pidfile: &Path) -> Result<usize, Box<dyn Error>> {
    let trace = pidfile.with_file_name("trace");
    // A shell starts what is in its background with signals ignored, and putting them back counts.
    let mut strace = Command::new("env")
        .args(["--default-signal", "strace", "-f", "-q", "-o"])
        .arg(&trace)
        .arg(&program.path)
        .arg(pidfile)
        .env_clear()
        .spawn()?;

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
    launch::remove(pidfile)?;
    launch::remove(&trace)?;
    count.ok_or_else(|| format!("{}: strace saw no end of it", program.name).into())
}

/// Each line is a pid and a call, or a later part of a call, or `---` a signal, or `+++` an end.
///
/// A call that a signal without a handler has interrupted is begun anew by the kernel only because
/// strace(1) looks on.
fn calls_until_the_command_exited(trace: &str) -> Option<usize> {
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
