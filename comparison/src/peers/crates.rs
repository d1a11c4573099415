//! Crates, each with a package of its own outside the workspace.

use std::path::Path;

use super::{Candidate, EVERYTHING, NOTHING, Offers, Peer, program};
use crate::installation::{build_crate, pinned};

struct Crate {
    name: &'static str,
    package: &'static str,
    after: &'static str,
    offers: Offers,
}

const CRATES: [Crate; 5] = [
    Crate {
        name: "crate `daemonize`",
        package: "daemonize",
        after: "the example of its README",
        offers: EVERYTHING,
    },
    Crate {
        name: "crate `daemonix`",
        package: "daemonix",
        after: "the example of its README",
        offers: EVERYTHING,
    },
    Crate {
        name: "crate `fork`",
        package: "fork",
        after: "the example of its README",
        offers: NOTHING,
    },
    Crate {
        name: "crate `daemonize-me`",
        package: "daemonize-me",
        after: "its examples `hooks.rs` and `tokio.rs`",
        offers: EVERYTHING,
    },
    Crate {
        name: "`nix::unistd::daemon`",
        package: "nix",
        after: "its documentation",
        offers: NOTHING,
    },
];

pub(super) fn all(into: &Path) -> Vec<Candidate> {
    let candidate = |it: &Crate| {
        Candidate::new(it.name, |name| {
            let (server, tokio) = build_crate(it.package, into)?;
            Ok(Peer {
                name,
                version: format!("{} {}", it.package, pinned(it.package, it.package)?),
                after: it.after,
                server,
                tokio: Some(tokio),
                offers: it.offers,
                start: program,
                stop: None,
                reload: None,
            })
        })
    };
    CRATES.iter().map(candidate).collect()
}
