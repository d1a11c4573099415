use daemon_tests::Signal;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "inherited ignored signals",
    done: "The command is started with SIGINT, SIGTERM, SIGQUIT and SIGUSR1 ignored, as by a shell's `trap ''`. What \
           the daemon ignores is looked at.",
    rule: "it ignores none of them",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let signals = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGQUIT, Signal::SIGUSR1];
    let start = signals.iter().fold(scene.start(), |start, &signal| start.ignore(signal));
    let daemon = scene.running_after(start)?;
    let ignored = daemon.ignored();
    let kept: Vec<&str> =
        signals.iter().filter(|&&signal| ignored.contains(signal)).map(|it| it.as_str()).collect();
    Ok(match kept.is_empty() {
        true => Outcome::of(true, "none ignored"),
        false => Outcome::of(false, format!("ignores {}", kept.join(", "))),
    })
}
