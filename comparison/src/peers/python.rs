//! Python: python-daemon.

use super::{EVERYTHING, Entry, Offers, Peer, Pidfile, Programs, Source, program};
use crate::installation::{self, Reason, debian_package, version_of};

pub(super) const ENTRIES: [Entry; 1] = [Entry { name: "`python-daemon` (Python)", install }];

/// Debian's, which has Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

fn install(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    debian_package("python3-daemon")?;
    Ok(Peer {
        name,
        version: format!("python3-daemon {}", version_of("python3-daemon").unwrap_or_default()),
        after: "PEP 3143, with `TimeoutPIDLockFile`, `initgroups` and a `signal_map`",
        server: PYTHON.into(),
        tokio: None,
        script: Some(installation::script("python/with_python_daemon.py", &programs.built)?),
        source: Source::None,
        offers: Offers { pidfile: Pidfile::AsUser, ..EVERYTHING },
        start: program,
        stop: None,
        reload: None,
    })
}
