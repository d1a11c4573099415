//! Starts a program once and takes the time.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::children;
use crate::pidfile::Pidfile;
use crate::programs::Program;
use crate::resident_memory;
use crate::subject::Subject;

/// The time of the command alone, in µs, from just before it is started to its return; that the
/// daemon is there is made sure of after it.
pub(crate) fn launch(program: &Program, pidfile: &Pidfile) -> Result<f64, Box<dyn Error>> {
    let mut command = command(program, pidfile);
    let start = Instant::now();
    let status = command.status()?;
    let took = start.elapsed();
    if !status.success() {
        return Err(format!("{}: {status}", program.subject.name()).into());
    }
    end(program, pidfile)?;
    Ok(took.as_secs_f64() * 1e6)
}

/// The same for a program that first touches so many MiB: from that moment.
pub(crate) fn launch_with_memory(
    program: &Program,
    pidfile: &Pidfile,
    mebibytes: usize,
) -> Result<f64, Box<dyn Error>> {
    let mut command = command(program, pidfile);
    let mut child = command.arg(mebibytes.to_string()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    // Not to its end: the daemon may have the other end open.
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line)?;
    let status = child.wait()?;
    let end_of_start = resident_memory::now();
    if !status.success() {
        return Err(format!("{}: {status}", program.subject.name()).into());
    }
    let start: i64 = line.trim_end().parse()?;
    end(program, pidfile)?;
    Ok((end_of_start - start) as f64 / 1e3)
}

/// Makes sure that there is a daemon, and ends it.
fn end(program: &Program, pidfile: &Pidfile) -> Result<(), Box<dyn Error>> {
    let pid = pidfile.pid();
    let left_behind = children_with(pid)?;
    children::end_all()?;
    pidfile.remove()?;

    let name = program.subject.name();
    // A crate may write its pidfile later, or never.
    let is_there = match program.subject {
        Subject::Daemonize | Subject::Fork => !left_behind.is_empty(),
        subject if subject.is_daemon() => pid.is_some_and(|pid| left_behind.contains(&pid)),
        _ => true,
    };
    if !is_there {
        return Err(format!("{name} left no daemon behind; its pidfile says {pid:?}").into());
    }
    Ok(())
}

/// The children, this one among them: it comes when its own parent has ended, for which the command
/// may not have waited.
fn children_with(pid: Option<i32>) -> Result<Vec<i32>, Box<dyn Error>> {
    let deadline = Instant::now() + Duration::from_secs(1);
    loop {
        let children = children::pids()?;
        if pid.is_none_or(|pid| children.contains(&pid)) || Instant::now() > deadline {
            return Ok(children);
        }
        thread::yield_now();
    }
}

/// Without an environment, because cargo's makes the dynamic linker search more directories.
pub(crate) fn command(program: &Program, pidfile: &Pidfile) -> Command {
    let mut command = Command::new(&program.path);
    command.arg(pidfile.path()).env_clear();
    command
}
