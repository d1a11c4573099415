//! Crates, each with a package of its own outside the workspace.

use super::{EVERYTHING, Entry, NOTHING, Offers, Peer, Programs, Source, program};
use crate::installation::{Reason, build_crate, pinned};

pub(super) const ENTRIES: [Entry; 5] = [
    Entry {
        name: "crate `daemonize`",
        install: |name, programs| {
            install(name, "daemonize", "the example of its README", EVERYTHING, programs)
        },
    },
    Entry {
        name: "crate `daemonix`",
        install: |name, programs| {
            install(name, "daemonix", "the example of its README", EVERYTHING, programs)
        },
    },
    Entry {
        name: "crate `fork`",
        install: |name, programs| {
            install(name, "fork", "the example of its README", NOTHING, programs)
        },
    },
    Entry {
        name: "crate `daemonize-me`",
        install: |name, programs| {
            let after = "its examples `hooks.rs` and `tokio.rs`";
            install(name, "daemonize-me", after, EVERYTHING, programs)
        },
    },
    Entry {
        name: "`nix::unistd::daemon`",
        install: |name, programs| install(name, "nix", "its documentation", NOTHING, programs),
    },
];

fn install(
    name: &'static str,
    package: &'static str,
    after: &'static str,
    offers: Offers,
    programs: &Programs,
) -> Result<Peer, Reason> {
    let (server, tokio) = build_crate(package, &programs.built)?;
    Ok(Peer {
        name,
        version: format!("{package} {}", pinned(package, package)?),
        after,
        server,
        tokio: Some(tokio),
        script: None,
        source: Source::Crate(package),
        offers,
        start: program,
        stop: None,
        reload: None,
    })
}
