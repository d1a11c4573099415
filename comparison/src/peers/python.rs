//! Python: python-daemon.

use std::path::Path;

use super::{Candidate, EVERYTHING, Peer};
use crate::installation::{SOURCES, debian_package, version_of};

/// Debian's, which has Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

pub(super) fn all() -> Vec<Candidate> {
    vec![Candidate::new("`python-daemon`, Python", |name| {
        debian_package("python3-daemon")?;
        Ok(Peer {
            name,
            version: format!("python3-daemon {}", version_of("python3-daemon").unwrap_or_default()),
            after: "PEP 3143, with `TimeoutPIDLockFile` and a `signal_map`",
            server: PYTHON.into(),
            tokio: None,
            offers: EVERYTHING,
            start: |_| {
                let script = Path::new(SOURCES).join("python/with_python_daemon.py");
                vec![PYTHON.into(), script.into()]
            },
            stop: None,
            reload: None,
        })
    })]
}
