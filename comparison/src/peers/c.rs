//! C: daemon(3), two forks by hand, and libdaemon.

use std::path::Path;

use super::{Candidate, EVERYTHING, NOTHING, Offers, Peer, program};
use crate::installation::{build_c, debian_package, version_of};

pub(super) fn all(into: &Path) -> Vec<Candidate> {
    vec![daemon(into), double_fork(into), libdaemon(into)]
}

pub(super) fn daemon(into: &Path) -> Candidate {
    Candidate::new("`daemon(3)`", |name| {
        Ok(Peer {
            name,
            version: c_library(),
            after: "its manual page",
            server: build_c("daemon", &[], into)?,
            tokio: None,
            offers: NOTHING,
            start: program,
            stop: None,
            reload: None,
        })
    })
}

pub(super) fn double_fork(into: &Path) -> Candidate {
    Candidate::new("two forks by hand, C", |name| {
        Ok(Peer {
            name,
            version: c_library(),
            after: "daemon(7), without the pipe that the parent waits at",
            server: build_c("double_fork", &[], into)?,
            tokio: None,
            offers: EVERYTHING,
            start: program,
            stop: None,
            reload: None,
        })
    })
}

fn libdaemon(into: &Path) -> Candidate {
    Candidate::new("libdaemon, C", |name| {
        debian_package("libdaemon-dev")?;
        Ok(Peer {
            name,
            version: format!("libdaemon {}", version_of("libdaemon-dev").unwrap_or_default()),
            after: "its example `testd.c`, with `daemon_retval_wait` and `-k`",
            server: build_c("with_libdaemon", &["-ldaemon"], into)?,
            tokio: None,
            // It logs to syslog.
            offers: Offers { pidfile: true, log: false, user: false },
            start: program,
            stop: Some(|scene| vec![scene.peer.server.clone().into(), "-k".into()]),
            reload: None,
        })
    })
}

fn c_library() -> String {
    format!("libc6 {}", version_of("libc6").unwrap_or_default())
}
