//! Go: the program executes itself again, with a variable in its environment.

use std::ffi::OsString;

use super::{EVERYTHING, Entry, Peer, Programs, Source, program};
use crate::installation::{Reason, build_go, debian_package, version_of};
use crate::scene::Scene;

pub(super) const ENTRIES: [Entry; 1] = [Entry { name: "`go-daemon` (Go)", install }];

const LIBRARY: &str = "golang-github-sevlyar-go-daemon-dev";

fn install(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    debian_package("golang-go")?;
    debian_package(LIBRARY)?;
    let version = |package| version_of(package).unwrap_or_default();
    Ok(Peer {
        name,
        version: format!(
            "sevlyar/go-daemon {}, golang-go {}",
            version(LIBRARY),
            version("golang-go")
        ),
        after: "its example `gd-signal-handling`, with `-s stop` and `-s reload`",
        server: build_go(&programs.built, None)?,
        tokio: None,
        script: None,
        source: Source::Go,
        offers: EVERYTHING,
        start: program,
        stop: Some(|scene| send(scene, "stop")),
        reload: Some(|scene| send(scene, "reload")),
    })
}

fn send(scene: &Scene<'_>, what: &str) -> Vec<OsString> {
    vec![scene.peer.server.clone().into(), "-s".into(), what.into()]
}
