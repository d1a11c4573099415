use std::fs;

use daemon_tests::Signal;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{A_MOMENT, Scene};

pub(super) const PROBE: Probe = Probe {
    title: "log rotation",
    done: "Its log is renamed, and the process of the pidfile is sent SIGHUP, as logrotate(8) does. Then it is asked \
           to write a line.",
    rule: "it runs, and the line is in a new file of the old name",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    if !scene.peer.offers.log {
        return Err(Outcome::not_offered("no log file"));
    }
    let daemon = scene.running()?;
    let wrote = |word: &str| scene.ask(&format!("log {word}")).is_ok();
    let before = "before-the-rotation";
    if !wrote(before) || !scene.within(A_MOMENT, || scene.logged().contains(before)) {
        return Ok(Outcome::of(false, "its lines are not in the log"));
    }
    let rotated = scene.sandbox.join("server.log.1");
    fs::rename(&scene.log, &rotated).map_err(|error| Outcome::unknown(error.to_string()))?;
    let signalled = scene.to_be_signalled(&daemon);
    signalled.signal(Signal::SIGHUP);

    // Whatever it does at the signal, it may take a moment.
    let mut number = 0;
    let mut where_to = "nowhere";
    scene.within(A_MOMENT, || {
        number += 1;
        if !daemon.is_alive() || !signalled.is_alive() {
            where_to = "SIGHUP ends it";
            return true;
        }
        let line = format!("line-{number}.");
        if !wrote(&line) {
            return false;
        }
        if scene.logged().contains(&line) {
            where_to = "in the new file";
        } else if fs::read_to_string(&rotated).is_ok_and(|text| text.contains(&line)) {
            where_to = "in the renamed file";
        }
        where_to == "in the new file"
    });
    Ok(Outcome::of(where_to == "in the new file", where_to))
}
