use std::fs;

use super::Probe;
use crate::outcome::Outcome;
use crate::peers::Pidfile;
use crate::scene::{A_MOMENT, Scene};

pub(super) const PROBE: Probe = Probe {
    title: "a stop with a recycled number",
    done: "It was killed, and the number in its pidfile is that of another process, a `sleep`, by now. The peer's own \
           command that stops it is run; if it has none, `kill $(cat PIDFILE)`.",
    rule: "the other process lives",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    if scene.peer.offers.pidfile == Pidfile::None {
        return Err(Outcome::not_offered("no pidfile"));
    }
    scene.running()?;
    let content = fs::read_to_string(&scene.pidfile).unwrap_or_default();
    let number = content.trim().to_owned();
    scene.kill_all();
    let victim = scene.sandbox.start("sleep").arg("1000").spawn();
    let victim_is = victim.process().pid().to_string();
    // In the form that the peer gives it.
    fs::write(&scene.pidfile, content.replace(&number, &victim_is))
        .map_err(|error| Outcome::unknown(error.to_string()))?;

    let (name, command) = match scene.peer.stop {
        Some(stop) => ("its command", scene.command(stop(scene))),
        None => ("kill", scene.sandbox.shell(format!("kill $(cat {})", scene.pidfile.display()))),
    };
    let code = scene.end_of(&mut command.spawn())?.code();
    let killed = scene.within(A_MOMENT, || !victim.process().is_alive());
    let victim = if killed { "the other process is ended" } else { "the other process lives" };
    Ok(Outcome::of(!killed, format!("{victim} ({name}: status {code})")))
}
