//! The peers: ways to become a daemon, each with a program that goes that way.

mod c;
mod crates;
mod go;
mod ours;
mod python;
mod wrappers;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::installation::Reason;
use crate::scene::Scene;

pub use ours::{PROGRAM as OURS, ours};

/// A way to become a daemon.
#[derive(Debug)]
pub struct Peer {
    /// As the page calls it.
    pub name: &'static str,
    /// Which version, and where that is from.
    pub version: String,
    /// What its program was written after.
    pub after: &'static str,
    /// The program that serves.
    pub server: PathBuf,
    /// The server with tokio, for what is used from Rust.
    pub tokio: Option<PathBuf>,
    /// What it has to offer.
    pub offers: Offers,
    /// The command that starts it.
    pub start: fn(&Scene<'_>) -> Vec<OsString>,
    /// The command of its own that stops it.
    pub stop: Option<fn(&Scene<'_>) -> Vec<OsString>>,
    /// The command of its own that tells it to reload.
    pub reload: Option<fn(&Scene<'_>) -> Vec<OsString>>,
}

/// What a peer has to offer, apart from the background.
#[derive(Clone, Copy, Debug)]
pub struct Offers {
    /// A pidfile.
    pub pidfile: bool,
    /// Standard error in a file.
    pub log: bool,
    /// Another user.
    pub user: bool,
}

const EVERYTHING: Offers = Offers { pidfile: true, log: true, user: true };
const NOTHING: Offers = Offers { pidfile: false, log: false, user: false };

/// A peer that could be installed and built, or the reason why not.
#[derive(Debug)]
pub struct Candidate {
    /// As the page calls it.
    pub name: &'static str,
    /// The peer.
    pub peer: Result<Peer, Reason>,
}

impl Candidate {
    fn new(name: &'static str, make: impl FnOnce(&'static str) -> Result<Peer, Reason>) -> Self {
        Candidate { name, peer: make(name) }
    }
}

/// All of them, with their programs in this directory.
pub fn all(into: &Path) -> Vec<Candidate> {
    let mut all = vec![Candidate::new(OURS, |_| ours(&crate::installation::build_ours()?))];
    all.extend(c::all(into));
    all.extend(crates::all(into));
    all.extend(python::all());
    all.extend(go::all(into));
    all.extend(wrappers::all(into));
    all
}

/// Those that a machine with a C compiler has without a network, beside ours: for tests.
pub fn on_every_machine(ours: &Path, into: &Path) -> Vec<Candidate> {
    vec![Candidate::new(OURS, |_| self::ours(ours)), c::double_fork(into), c::daemon(into)]
}

/// The program alone.
fn program(scene: &Scene<'_>) -> Vec<OsString> {
    vec![scene.peer.server.clone().into()]
}
