//! The cost of each peer: a row of figures, and a drawing of the times.

pub mod cold_build;
pub mod drawing;
pub mod figures;
mod program;
pub mod section;
pub mod starts;
pub mod system_calls;

use std::error::Error;

use daemon_benches::descriptors::{Limited, USUAL_LIMIT};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::installation::Reason;
use crate::machine;
use crate::peers::{Candidate, Peer, Source};
use figures::{Figures, File};

/// The time that the server of every peer takes for its own start, in ms; see `peers/server.rs`.
pub const WORK_OF_A_START: f64 = 50.0;

/// How often everything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// The starts of each peer.
    pub starts: usize,
    /// The builds of each program.
    pub builds: usize,
}

impl Rounds {
    /// So many starts, and a build for every ten of them, but no more than five.
    pub fn of(starts: usize) -> Self {
        Rounds { starts, builds: starts.div_ceil(10).min(5) }
    }
}

impl Default for Rounds {
    fn default() -> Self {
        Rounds::of(30)
    }
}

/// The figures of all peers.
#[derive(Clone, Debug)]
pub struct Costs {
    /// When, as `2026-11-26`.
    pub date: String,
    /// Where.
    pub machine: String,
    /// How often.
    pub rounds: Rounds,
    /// The soft and the hard limit of open files, which some programs close.
    pub limits: (u64, u64),
    /// A row for each peer.
    pub rows: Vec<Figures>,
}

impl Costs {
    /// Measures on this machine, which should have nothing else to do.
    ///
    /// It is for the `main` of a program: it lowers the limit of open files while it runs.
    pub fn measure(candidates: &[Candidate], rounds: Rounds) -> Result<Self, Box<dyn Error>> {
        let _limited = Limited::to(USUAL_LIMIT)?;
        let limits = getrlimit(Resource::RLIMIT_NOFILE)?;
        let peers: Vec<&Peer> = candidates.iter().filter_map(|it| it.peer.as_ref().ok()).collect();
        let sources: Vec<Source> = peers.iter().map(|peer| peer.source).collect();

        let mut starts = starts::measure(&peers, rounds.starts).into_iter();
        let mut builds = cold_build::measure(&sources, rounds.builds).into_iter();
        let rows = candidates.iter().map(|candidate| match &candidate.peer {
            Ok(peer) => {
                eprintln!("{}: system calls", peer.name);
                let builds = builds.next().flatten();
                let files = match &builds {
                    // The program that was started has other profiles of cargo's, where it is ours.
                    Some(Ok(it)) => Ok(vec![File { name: "server".to_owned(), bytes: it.bytes }]),
                    _ => program::files(peer),
                };
                Figures {
                    name: peer.name,
                    starts: starts.next().expect("one for each peer"),
                    calls: system_calls::count(peer),
                    files,
                    builds,
                }
            }
            Err(reason) => not_installed(candidate.name, reason),
        });
        let rows = rows.collect();
        wait_for_orphans();
        let (date, machine) = (machine::date(), machine::description());
        Ok(Costs { date, machine, rounds, limits, rows })
    }

    /// The figures that could not be measured: the peer, the figure and the reason.
    pub fn missing(&self) -> impl Iterator<Item = (&'static str, &'static str, &Reason)> {
        self.rows
            .iter()
            .flat_map(|row| row.missing().map(|(what, reason)| (row.name, what, reason)))
    }
}

/// This process is a sub-reaper: what ended by itself after its parent had ended is its child, and
/// nobody has waited for it.
fn wait_for_orphans() {
    while waitpid(None::<Pid>, Some(WaitPidFlag::WNOHANG))
        .is_ok_and(|status| status != WaitStatus::StillAlive)
    {}
}

fn not_installed(name: &'static str, reason: &Reason) -> Figures {
    let reason = format!("not installed: {reason}");
    Figures {
        name,
        starts: Err(reason.clone()),
        calls: Err(reason.clone()),
        files: Err(reason.clone()),
        builds: Some(Err(reason)),
    }
}
