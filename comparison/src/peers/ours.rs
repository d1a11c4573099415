//! The library itself.

use std::ffi::OsString;
use std::path::Path;

use super::{EVERYTHING, Peer, program};
use crate::installation::Reason;
use crate::scene::Scene;

/// As the page calls it.
pub const PROGRAM: &str = "`#[daemon::main]`";

/// The program is `ours`, and beside it there is `ours_tokio`.
pub fn ours(program_of_ours: &Path) -> Result<Peer, Reason> {
    Ok(Peer {
        name: PROGRAM,
        version: format!("daemon-main {}, of this checkout", daemon_version()?),
        after: "the README, with `pidfile`, `stderr`, `control`, `stop()` and `events()`",
        server: program_of_ours.to_owned(),
        tokio: Some(program_of_ours.with_file_name("ours_tokio")),
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
fn daemon_version() -> Result<String, Reason> {
    let manifest = include_str!("../../../Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|line| line.strip_suffix('"'));
    version.map(str::to_owned).ok_or_else(|| "no version in the workspace's Cargo.toml".to_owned())
}
