//! The peers: ways to become a daemon, each with a program that goes that way.

mod c;
mod crates;
mod go;
mod ours;
mod python;
mod wrappers;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::installation::Reason;
use crate::scene::Scene;

pub use c::{DAEMON, DOUBLE_FORK};
pub use ours::NAME as OURS;

/// A way to become a daemon.
#[derive(Debug)]
pub struct Peer {
    /// As the page calls it.
    pub name: &'static str,
    /// Which version, and where that is from.
    pub version: String,
    /// The source that its program was written after.
    pub after: &'static str,
    /// The program that serves.
    pub server: PathBuf,
    /// The server with tokio, for what is used from Rust.
    pub tokio: Option<PathBuf>,
    /// What the program is given to interpret, if that is what it does.
    pub script: Option<PathBuf>,
    /// What has to be built to use it.
    pub source: Source,
    /// Its features.
    pub offers: Offers,
    /// The command that starts it.
    pub start: fn(&Scene<'_>) -> Vec<OsString>,
    /// The command of its own that stops it.
    pub stop: Option<fn(&Scene<'_>) -> Vec<OsString>>,
    /// The command of its own that tells it to reload.
    pub reload: Option<fn(&Scene<'_>) -> Vec<OsString>>,
}

/// What has to be built to use a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file of C, with these options for the linker.
    C {
        /// Its name, without its ending.
        name: &'static str,
        /// What it is linked with.
        libraries: &'static [&'static str],
    },
    /// A package of cargo's, which has this directory.
    Crate(&'static str),
    /// A package of cargo's with nothing but this library and `compared.rs`.
    Ours,
    /// Go.
    Go,
    /// Nothing: it is a package of Debian's, which starts any program, or a script.
    None,
}

/// The features of a peer, apart from the background.
#[derive(Clone, Copy, Debug)]
pub struct Offers {
    /// A pidfile.
    pub pidfile: Pidfile,
    /// Standard error in a file.
    pub log: bool,
    /// Another user.
    pub user: bool,
}

/// Whether there is a pidfile, and who writes it where root's rights are given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pidfile {
    /// There is none.
    None,
    /// Root does.
    AsRoot,
    /// The user that the daemon becomes.
    AsUser,
}

const EVERYTHING: Offers = Offers { pidfile: Pidfile::AsRoot, log: true, user: true };
const NOTHING: Offers = Offers { pidfile: Pidfile::None, log: false, user: false };

/// A line of the list of peers.
#[derive(Debug)]
pub struct Entry {
    /// As the page calls it.
    pub name: &'static str,
    /// Installs and builds what it needs.
    install: fn(&'static str, &Programs) -> Result<Peer, Reason>,
}

/// A peer that could be installed and built, or the reason why not.
#[derive(Debug)]
pub struct Candidate {
    /// As the page calls it.
    pub name: &'static str,
    /// The peer.
    pub peer: Result<Peer, Reason>,
}

/// Where the programs of the peers are.
#[derive(Debug)]
pub struct Programs {
    /// The library's own, and beside it those of the same package.
    pub ours: PathBuf,
    /// Where the others are built.
    pub built: PathBuf,
    /// A directory that none but root can write to, for programs that root executes by another tool.
    pub installed: PathBuf,
}

impl Entry {
    /// Installs and builds what it needs.
    pub fn install(&self, programs: &Programs) -> Candidate {
        Candidate { name: self.name, peer: (self.install)(self.name, programs) }
    }
}

/// All of them, in the order of the page.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    let lists: [&'static [Entry]; 6] = [
        &ours::ENTRIES,
        &c::ENTRIES,
        &crates::ENTRIES,
        &python::ENTRIES,
        &go::ENTRIES,
        &wrappers::ENTRIES,
    ];
    lists.into_iter().flatten()
}

/// The program alone.
fn program(scene: &Scene<'_>) -> Vec<OsString> {
    let words = [Some(&scene.peer.server), scene.peer.script.as_ref()];
    words.into_iter().flatten().map(|word| word.clone().into()).collect()
}
