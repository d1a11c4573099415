use daemon_tests::Signal;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "SIGCHLD ignored",
    done: "The command is started with SIGCHLD ignored, which makes the kernel keep no exit status of children.",
    rule: "the exit status is 0, and it serves",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let daemon = scene.running_after(scene.start().ignore(Signal::SIGCHLD))?;
    let still = if daemon.ignored().contains(Signal::SIGCHLD) { "still ignored" } else { "reset" };
    Ok(Outcome::of(true, format!("it serves; SIGCHLD {still}")))
}
