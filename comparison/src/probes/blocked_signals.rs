use daemon_tests::Signal;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "inherited signal mask",
    done: "The command is started with SIGTERM and SIGUSR1 blocked. The daemon's mask is looked at.",
    rule: "neither is blocked",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let signals = [Signal::SIGTERM, Signal::SIGUSR1];
    let start = signals.iter().fold(scene.start(), |start, &signal| start.block(signal));
    let daemon = scene.running_after(start)?;
    let blocked = daemon.blocked();
    let kept: Vec<&str> =
        signals.iter().filter(|&&signal| blocked.contains(signal)).map(|it| it.as_str()).collect();
    Ok(match kept.is_empty() {
        true => Outcome::of(true, "unblocked"),
        false => Outcome::of(false, format!("keeps {} blocked", kept.join(", "))),
    })
}
