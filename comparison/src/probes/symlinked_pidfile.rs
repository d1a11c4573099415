use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use daemon_tests::NOBODY;

use super::Probe;
use crate::outcome::Outcome;
use crate::peers::Pidfile;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "a pidfile that is a link",
    done: "The pidfile's directory belongs to the user `nobody`, who has made a symbolic link of that name to a \
           file of root's. Root starts the daemon.",
    rule: "root's file is as it was",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    if scene.peer.offers.pidfile == Pidfile::None {
        return Err(Outcome::not_offered("no pidfile"));
    }
    let victim = scene.sandbox.file("victim", 0o600, "precious\n");
    scene.sandbox.directory("of-nobody", 0o755);
    scene.sandbox.owner("of-nobody", NOBODY, NOBODY);
    scene.pidfile = scene.sandbox.join("of-nobody/server.pid");
    symlink(&victim, &scene.pidfile).map_err(|error| Outcome::unknown(error.to_string()))?;

    let look = || {
        let metadata = fs::metadata(&victim).ok()?;
        Some((fs::read(&victim).ok()?, metadata.mode(), metadata.uid()))
    };
    let before = look();
    let finished = scene.end_of(&mut scene.start().spawn())?;
    let serves = scene.serving().is_some();
    let unchanged = look() == before;
    let victim = if unchanged { "unchanged" } else { "overwritten" };
    let code = finished.code();
    let daemon = if serves { "it runs" } else { "it does not run" };
    Ok(Outcome::of(unchanged, format!("{victim}; status {code}, {daemon}")))
}
