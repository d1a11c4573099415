//! Tools that put an ordinary program into the background.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Candidate, EVERYTHING, Peer};
use crate::installation::{Reason, build_c, debian_package, version_of};
use crate::scene::Scene;

pub(super) fn all(into: &Path) -> Vec<Candidate> {
    vec![daemonize(into), daemon(into), start_stop_daemon(into)]
}

/// One of them, with the ordinary program.
fn wrapper(
    name: &'static str,
    package: &str,
    after: &'static str,
    into: &Path,
    start: fn(&Scene<'_>) -> Vec<OsString>,
) -> Result<Peer, Reason> {
    debian_package(package)?;
    Ok(Peer {
        name,
        version: format!("{package} {}", version_of(package).unwrap_or_default()),
        after,
        server: build_c("foreground", &[], into)?,
        tokio: None,
        offers: EVERYTHING,
        start,
        stop: None,
        reload: None,
    })
}

fn daemonize(into: &Path) -> Candidate {
    Candidate::new("`daemonize(1)`", |name| {
        let after = "its manual page: `-a -p PIDFILE -l LOCKFILE -o LOG -e LOG`";
        wrapper(name, "daemonize", after, into, |scene| {
            let mut words: Vec<OsString> = vec!["daemonize".into(), "-a".into()];
            let lock = scene.sandbox.join("server.lock");
            for (flag, path) in
                [("-p", &scene.pidfile), ("-l", &lock), ("-o", &scene.log), ("-e", &scene.log)]
            {
                words.extend([flag.into(), path.into()]);
            }
            words.extend(scene.user.iter().flat_map(|user| ["-u".into(), user.into()]));
            words.push(scene.peer.server.clone().into());
            words
        })
    })
}

fn daemon(into: &Path) -> Candidate {
    Candidate::new("`daemon(1)`", |name| {
        let after = "its manual page: `--name`, `--pidfile`, `--output`, `--stop`";
        let peer = wrapper(name, "daemon", after, into, |scene| {
            let mut words = daemon_named(scene);
            words.extend(["--output".into(), scene.log.clone().into()]);
            words.extend(scene.user.iter().flat_map(|user| ["--user".into(), user.into()]));
            words.extend(["--".into(), scene.peer.server.clone().into()]);
            words
        })?;
        Ok(Peer {
            stop: Some(|scene| [daemon_named(scene), vec!["--stop".into()]].concat()),
            reload: Some(|scene| [daemon_named(scene), vec!["--signal=hup".into()]].concat()),
            ..peer
        })
    })
}

fn daemon_named(scene: &Scene<'_>) -> Vec<OsString> {
    // It writes the pidfile as the user that it has become.
    let pidfile: PathBuf = match scene.user {
        Some(_) => scene.sandbox.join("of-user/server.pid"),
        None => scene.pidfile.clone(),
    };
    ["daemon".into(), "--name=server".into(), "--pidfile".into(), pidfile.into()].into()
}

fn start_stop_daemon(into: &Path) -> Candidate {
    Candidate::new("`start-stop-daemon`", |name| {
        let after = "its manual page: `--background --notify-await --make-pidfile --output LOG --exec`; \
                     `--stop --exec --retry --remove-pidfile`";
        let peer = wrapper(name, "dpkg", after, into, |scene| {
            let mut words = start_stop(scene, "--start");
            words.extend(["--background", "--notify-await", "--make-pidfile"].map(Into::into));
            words.extend(["--output".into(), scene.log.clone().into()]);
            words.extend(scene.user.iter().flat_map(|user| ["--chuid".into(), user.into()]));
            words
        })?;
        Ok(Peer {
            stop: Some(|scene| {
                let mut words = start_stop(scene, "--stop");
                words.extend(["--retry=5", "--remove-pidfile"].map(Into::into));
                words
            }),
            reload: Some(|scene| {
                let mut words = start_stop(scene, "--stop");
                words.push("--signal=HUP".into());
                words
            }),
            ..peer
        })
    })
}

fn start_stop(scene: &Scene<'_>, what: &str) -> Vec<OsString> {
    let (pidfile, server) = (scene.pidfile.clone(), scene.peer.server.clone());
    let program = "start-stop-daemon";
    [
        program.into(),
        what.into(),
        "--pidfile".into(),
        pidfile.into(),
        "--exec".into(),
        server.into(),
    ]
    .into()
}
