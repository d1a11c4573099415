//! Measures a launch: its wall time and its system calls beside those of a C program and of other
//! crates, and the crates that a daemon depends on. README.md says how to read it.

mod children;
mod dependencies;
mod launch;
mod programs;
mod statistics;
mod system_calls;

use std::error::Error;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use nix::sys::prctl;
use nix::unistd::close;

use crate::programs::{Program, Role};

const DEFAULT_ROUNDS: usize = 300;
const MAX_RATIO_TO_C: f64 = 1.25;
const MAX_SYSTEM_CALLS: usize = 60;
const MAX_CRATES: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    if cfg!(debug_assertions) {
        return Err("a debug build says nothing about speed: add --release".into());
    }
    let rounds = match env::args().nth(1) {
        Some(rounds) => rounds.parse().map_err(|_| "usage: daemon-benches [ROUNDS]")?,
        None => DEFAULT_ROUNDS,
    };
    close_inherited_descriptors()?;
    // Every daemon becomes a child of this process, which so can find it, end it and wait for it.
    prctl::set_child_subreaper(true)?;

    let programs = programs::build()?;
    let directory = PidfileDirectory::create()?;
    let pidfile = directory.0.join("bench.pid");

    wall_time(&programs, &pidfile, rounds)?;
    system_calls(&programs, &pidfile)?;
    crates()?;
    Ok(())
}

/// Each program is started with 0 to 2 open and no more, whatever this shell has left open.
fn close_inherited_descriptors() -> Result<(), Box<dyn Error>> {
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for number in open.into_iter().filter(|number| *number > 2) {
        // EBADF: the one that the directory was read with.
        let _ = close(number);
    }
    Ok(())
}

fn wall_time(programs: &[Program], pidfile: &Path, rounds: usize) -> Result<(), Box<dyn Error>> {
    let times = launch::alternate(programs, pidfile, rounds)?;
    let by_hand = role(programs, Role::ByHand);

    println!("Wall time from starting the command to its return, in µs, {rounds} rounds\n");
    println!(
        "{:<22} {:>7} {:>13} {:>13} {:>21}  does not",
        "program", "median", "quartiles", "beyond empty", "times C (95 %)"
    );
    for (index, program) in programs.iter().enumerate() {
        let quartiles = statistics::quartiles(&times[index]);
        let middle_half = format!("{:.0}–{:.0}", quartiles.lower, quartiles.upper);
        print!("{:<22} {:>7.0} {middle_half:>13}", program.name, quartiles.median);
        if let Some(empty) = program.empty {
            let own = statistics::Pair { program: &times[index], empty: &times[empty] };
            let c = statistics::Pair {
                program: &times[by_hand],
                empty: &times[programs[by_hand].empty.expect("the C program has an empty one")],
            };
            let ratio = statistics::ratio(&own, &c);
            print!(
                " {:>13.0} {:>8.2} ({:.2}–{:.2})  {}",
                own.beyond_empty(),
                ratio.value,
                ratio.low,
                ratio.high,
                program.leaves_out
            );
            if program.role == Role::Ours {
                let verdict = verdict(ratio.value <= MAX_RATIO_TO_C);
                print!("goal: at most {MAX_RATIO_TO_C} times C: {verdict}");
            }
        }
        println!();
    }
    println!();
    Ok(())
}

fn system_calls(programs: &[Program], pidfile: &Path) -> Result<(), Box<dyn Error>> {
    if !system_calls::strace_is_installed() {
        println!("SYSTEM CALLS WERE NOT COUNTED: strace is not installed\n");
        return Ok(());
    }
    let counts = programs
        .iter()
        .map(|program| system_calls::count(program, pidfile))
        .collect::<Result<Vec<_>, _>>()?;

    println!("System calls of all processes until the command has returned\n");
    println!("{:<22} {:>7} {:>13}", "program", "calls", "beyond empty");
    for (index, program) in programs.iter().enumerate() {
        print!("{:<22} {:>7}", program.name, counts[index]);
        if let Some(empty) = program.empty {
            let beyond = counts[index].saturating_sub(counts[empty]);
            print!(" {beyond:>13}");
            if program.role == Role::Ours {
                let verdict = verdict(beyond <= MAX_SYSTEM_CALLS);
                print!("  goal: at most {MAX_SYSTEM_CALLS}: {verdict}");
            }
        }
        println!();
    }
    println!();
    Ok(())
}

fn crates() -> Result<(), Box<dyn Error>> {
    let crates = dependencies::of_the_library()?;
    let verdict = verdict(crates.len() <= MAX_CRATES);
    println!("Crates in the tree of a hello daemon: {}", crates.len());
    println!("  {}", crates.join(", "));
    println!("  goal: at most {MAX_CRATES}: {verdict}");
    Ok(())
}

fn role(programs: &[Program], role: Role) -> usize {
    programs.iter().position(|program| program.role == role).expect("every role is played")
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// A directory of our own for the pidfiles, in memory as `/run` is, so that no disk is measured.
struct PidfileDirectory(PathBuf);

impl PidfileDirectory {
    fn create() -> std::io::Result<Self> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_path_buf() } else { env::temp_dir() };
        let path = parent.join(format!("daemon-benches-{}", process::id()));
        fs::create_dir(&path)?;
        Ok(PidfileDirectory(path))
    }
}

impl Drop for PidfileDirectory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
