use daemon_tests::{Process, Signal};

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{A_MOMENT, Scene};

pub(super) const PROBE: Probe = Probe {
    title: "process 1 of a container",
    done: "The same command, without another option, is process 1 of a process namespace. It is sent SIGTERM, as `podman \
           stop` does.",
    rule: "it serves for as long as process 1 runs, and SIGTERM ends it",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let mut container = scene.start().as_process_1().spawn();
    let serves = || scene.ask("pid").is_ok();
    let answered = scene.within(A_MOMENT, || container.has_ended() || serves());
    if scene.within(A_MOMENT / 3, || container.has_ended()) {
        let code = container.wait().code();
        return Ok(Outcome::of(false, format!("the container ends at once, status {code}")));
    }
    if !answered || !serves() {
        return Ok(Outcome::of(false, "it does not serve"));
    }
    let Some(process_1) = container.process().children().into_iter().next() else {
        return Err(Outcome::unknown("no process 1"));
    };
    process_1.signal(Signal::SIGTERM);
    let ended = scene.within(A_MOMENT, || !Process::is_alive(&process_1));
    let end = if ended { "SIGTERM ends it" } else { "SIGTERM does not end it" };
    Ok(Outcome::of(ended, format!("it serves; {end}")))
}
