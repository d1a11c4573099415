//! The library itself.

use std::ffi::OsString;

use super::{EVERYTHING, Entry, Peer, Programs, Source, program};
use crate::installation::Reason;
use crate::scene::Scene;

/// As the page calls it.
pub const NAME: &str = "`#[daemon::main]`";

pub(super) const ENTRIES: [Entry; 1] = [Entry { name: NAME, install }];

fn install(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    Ok(Peer {
        name,
        version: format!("daemon-main {}, of this checkout", version()?),
        after: "the README, with `pidfile`, `stderr`, `control`, `stop()` and `events()`",
        server: programs.ours.clone(),
        tokio: Some(programs.ours.with_file_name("compared_in_tokio")),
        script: None,
        source: Source::Ours,
        offers: EVERYTHING,
        start: program,
        stop: Some(|scene| verb(scene, "stop")),
        reload: Some(|scene| verb(scene, "reload")),
    })
}

fn verb(scene: &Scene<'_>, verb: &str) -> Vec<OsString> {
    vec![scene.peer.server.clone().into(), verb.into()]
}

/// The version that the workspace gives to the packages that are published.
fn version() -> Result<String, Reason> {
    let manifest = include_str!("../../../Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|line| line.strip_suffix('"'));
    version.map(str::to_owned).ok_or_else(|| "no version in the workspace's Cargo.toml".to_owned())
}
