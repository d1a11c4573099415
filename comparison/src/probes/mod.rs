//! The probes: each does one thing to a peer, looks from the outside, and says what it saw.

mod after_kill;
mod blocked_signals;
mod closed_streams;
mod empty_proc;
mod failed_reload;
mod ignored_sigchld;
mod ignored_signals;
mod in_tokio;
mod inherited_descriptors;
mod log_rotation;
mod port_taken;
mod process_1;
mod ready_at_return;
mod recycled_pid;
mod root_rights;
mod second_start;
mod stop_during_request;
mod supervisord;
mod symlinked_pidfile;
mod systemd;

use crate::caught::caught;
use crate::outcome::Outcome;
use crate::peers::Peer;
use crate::scene::Scene;

/// One thing that is done to each peer.
#[derive(Debug)]
pub struct Probe {
    /// For the heads of tables.
    pub title: &'static str,
    /// What is done, and what is looked at.
    pub done: &'static str,
    /// When the verdict is ✓.
    pub rule: &'static str,
    /// Does it. An outcome that comes early is the `Err`.
    pub run: fn(&mut Scene<'_>) -> Result<Outcome, Outcome>,
}

/// All of them, in the order of the page: a start, what it inherits, where it runs, and its end.
pub const ALL: &[Probe] = &[
    ready_at_return::PROBE,
    port_taken::PROBE,
    second_start::PROBE,
    after_kill::PROBE,
    symlinked_pidfile::PROBE,
    root_rights::PROBE,
    inherited_descriptors::PROBE,
    blocked_signals::PROBE,
    ignored_signals::PROBE,
    ignored_sigchld::PROBE,
    closed_streams::PROBE,
    empty_proc::PROBE,
    in_tokio::PROBE,
    systemd::PROBE,
    supervisord::PROBE,
    process_1::PROBE,
    stop_during_request::PROBE,
    log_rotation::PROBE,
    failed_reload::PROBE,
    recycled_pid::PROBE,
];

impl Probe {
    /// Does it to this peer, in surroundings of its own.
    pub fn of(&self, peer: &Peer) -> Outcome {
        let outcome = caught(|| {
            let mut scene = Scene::new(peer);
            (self.run)(&mut scene).unwrap_or_else(|early| early)
        });
        outcome.unwrap_or_else(Outcome::unknown)
    }
}
