//! Go: the program executes itself again, with a variable in its environment.

use std::path::Path;

use super::{Candidate, EVERYTHING, Peer, program};
use crate::installation::{build_go, debian_package, version_of};

const LIBRARY: &str = "golang-github-sevlyar-go-daemon-dev";

pub(super) fn all(into: &Path) -> Vec<Candidate> {
    vec![Candidate::new("`go-daemon`, Go", |name| {
        debian_package("golang-go")?;
        debian_package(LIBRARY)?;
        Ok(Peer {
            name,
            version: format!(
                "sevlyar/go-daemon {}, golang-go {}",
                version_of(LIBRARY).unwrap_or_default(),
                version_of("golang-go").unwrap_or_default()
            ),
            after: "its example `gd-signal-handling`, with `-s stop` and `-s reload`",
            server: build_go(into)?,
            tokio: None,
            offers: EVERYTHING,
            start: program,
            stop: Some(|scene| vec![scene.peer.server.clone().into(), "-s".into(), "stop".into()]),
            reload: Some(|scene| {
                vec![scene.peer.server.clone().into(), "-s".into(), "reload".into()]
            }),
        })
    })]
}
