//! Starts the programs in turn and takes the time.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::children;
use crate::programs::{Program, Role};

/// Starts every program once in each round, in a new random order, so that whatever the machine
/// does meanwhile meets all of them alike. Gives the times in µs, by program, then by round.
pub(crate) fn alternate(
    programs: &[Program],
    pidfile: &Path,
    rounds: usize,
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut times = vec![Vec::with_capacity(rounds); programs.len()];
    let mut order: Vec<usize> = (0..programs.len()).collect();
    for program in programs {
        launch(program, pidfile)?; // the first one reads it from the disk
    }
    for _ in 0..rounds {
        fastrand::shuffle(&mut order);
        for &index in &order {
            times[index].push(launch(&programs[index], pidfile)?);
        }
    }
    Ok(times)
}

/// Takes the time of the command alone; that the daemon is there is made sure of after it.
fn launch(program: &Program, pidfile: &Path) -> Result<f64, Box<dyn Error>> {
    let mut command = command(program, pidfile);
    let start = Instant::now();
    let status = command.status()?;
    let took = start.elapsed();

    let pid = fs::read_to_string(pidfile).unwrap_or_default();
    let left_behind = children_with(pid.trim_end().parse().ok())?;
    children::end_all()?;
    remove(pidfile)?;

    let name = program.name;
    if !status.success() {
        return Err(format!("{name}: {status}").into());
    }
    match program.role {
        Role::Empty => {}
        // What others write into their pidfile may come later, or never.
        Role::Peer => {
            if left_behind.is_empty() {
                return Err(format!("{name} left no daemon behind").into());
            }
        }
        Role::ByHand | Role::Ours => {
            if !pid.trim_end().parse().is_ok_and(|pid| left_behind.contains(&pid)) {
                return Err(format!("{name}: the pidfile says {pid:?}, which is no child").into());
            }
        }
    }
    Ok(took.as_secs_f64() * 1e6)
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
fn command(program: &Program, pidfile: &Path) -> Command {
    let mut command = Command::new(&program.path);
    command.arg(pidfile).env_clear();
    command
}

/// Each start has to create its pidfile.
pub(crate) fn remove(pidfile: &Path) -> std::io::Result<()> {
    match fs::remove_file(pidfile) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
