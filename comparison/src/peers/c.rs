//! C: daemon(3), two forks by hand, and libdaemon.

use super::{EVERYTHING, Entry, NOTHING, Offers, Peer, Pidfile, Programs, Source, program};
use crate::installation::{Reason, build_c, debian_package, version_of};

/// As the page calls it.
pub const DAEMON: &str = "`daemon(3)`";
/// As the page calls it.
pub const DOUBLE_FORK: &str = "two forks by hand (C)";

pub(super) const ENTRIES: [Entry; 3] = [
    Entry { name: DAEMON, install: daemon },
    Entry { name: DOUBLE_FORK, install: double_fork },
    Entry { name: "libdaemon (C)", install: libdaemon },
];

fn daemon(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    Ok(Peer {
        name,
        version: c_library(),
        after: "its manual page",
        server: build_c("daemon", &[], &programs.built)?,
        tokio: None,
        script: None,
        source: Source::C { name: "daemon", libraries: &[] },
        offers: NOTHING,
        start: program,
        stop: None,
        reload: None,
    })
}

fn double_fork(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    Ok(Peer {
        name,
        version: c_library(),
        after: "daemon(7), without the pipe that the parent waits at",
        server: build_c("double_fork", &[], &programs.built)?,
        tokio: None,
        script: None,
        source: Source::C { name: "double_fork", libraries: &[] },
        offers: EVERYTHING,
        start: program,
        stop: None,
        reload: None,
    })
}

fn libdaemon(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    debian_package("libdaemon-dev")?;
    Ok(Peer {
        name,
        version: format!("libdaemon {}", version_of("libdaemon-dev").unwrap_or_default()),
        after: "its example `testd.c`, with `daemon_retval_wait` and `-k`",
        server: build_c("with_libdaemon", &["-ldaemon"], &programs.built)?,
        tokio: None,
        script: None,
        source: Source::C { name: "with_libdaemon", libraries: &["-ldaemon"] },
        // It logs to syslog.
        offers: Offers { pidfile: Pidfile::AsRoot, log: false, user: false },
        start: program,
        stop: Some(|scene| vec![scene.peer.server.clone().into(), "-k".into()]),
        reload: None,
    })
}

fn c_library() -> String {
    format!("libc6 {}", version_of("libc6").unwrap_or_default())
}
