//! Tools that put an ordinary program into the background.
//!
//! That program is installed, as root's programs are: daemon(1) executes nothing that others may replace.

use std::ffi::OsString;

use super::{EVERYTHING, Entry, Offers, Peer, Pidfile, Programs, Source};
use crate::installation::{Reason, build_c, debian_package, version_of};
use crate::scene::Scene;

pub(super) const ENTRIES: [Entry; 3] = [
    Entry { name: "`daemonize(1)`", install: daemonize },
    Entry { name: "`daemon(1)`", install: daemon },
    Entry { name: "`start-stop-daemon`", install: start_stop_daemon },
];

fn daemonize(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    Ok(Peer {
        name,
        version: installed("daemonize")?,
        after: "its manual page: `-a -p PIDFILE -l LOCKFILE -o LOG -e LOG`",
        server: build_c("foreground", &[], &programs.installed)?,
        tokio: None,
        script: None,
        source: Source::None,
        offers: EVERYTHING,
        start: |scene| {
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
        },
        stop: None,
        reload: None,
    })
}

fn daemon(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    Ok(Peer {
        name,
        version: installed("daemon")?,
        after: "its manual page: `--name`, `--pidfile`, `--output`; `--stop`; `--signal=hup`",
        server: build_c("foreground", &[], &programs.installed)?,
        tokio: None,
        script: None,
        source: Source::None,
        offers: Offers { pidfile: Pidfile::AsUser, ..EVERYTHING },
        start: |scene| {
            let mut words = daemon_named(scene);
            words.extend(["--output".into(), scene.log.clone().into()]);
            words.extend(scene.user.iter().flat_map(|user| ["--user".into(), user.into()]));
            words.extend(["--".into(), scene.peer.server.clone().into()]);
            words
        },
        stop: Some(|scene| [daemon_named(scene), vec!["--stop".into()]].concat()),
        reload: Some(|scene| [daemon_named(scene), vec!["--signal=hup".into()]].concat()),
    })
}

fn daemon_named(scene: &Scene<'_>) -> Vec<OsString> {
    let pidfile = scene.pidfile.clone();
    ["daemon".into(), "--name=server".into(), "--pidfile".into(), pidfile.into()].into()
}

fn start_stop_daemon(name: &'static str, programs: &Programs) -> Result<Peer, Reason> {
    Ok(Peer {
        name,
        version: installed("dpkg")?,
        after: "its manual page: `--background --notify-await --make-pidfile --output LOG --exec`; \
                `--stop --exec --retry --remove-pidfile`; `--stop --signal=HUP`",
        server: build_c("foreground", &[], &programs.installed)?,
        tokio: None,
        script: None,
        source: Source::None,
        offers: EVERYTHING,
        start: |scene| {
            let mut words = start_stop(scene, "--start");
            words.extend(["--background", "--notify-await", "--make-pidfile"].map(Into::into));
            words.extend(["--output".into(), scene.log.clone().into()]);
            words.extend(scene.user.iter().flat_map(|user| ["--chuid".into(), user.into()]));
            words
        },
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
    })
}

fn start_stop(scene: &Scene<'_>, what: &str) -> Vec<OsString> {
    let mut words: Vec<OsString> = ["start-stop-daemon", what, "--pidfile"].map(Into::into).into();
    words.push(scene.pidfile.clone().into());
    words.extend(["--exec".into(), scene.peer.server.clone().into()]);
    words
}

/// Makes sure of the package, and gives its name and version.
fn installed(package: &str) -> Result<String, Reason> {
    debian_package(package)?;
    Ok(format!("{package} {}", version_of(package).unwrap_or_default()))
}
