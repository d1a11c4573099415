use daemon_tests::Signal;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{A_MOMENT, Scene};

pub(super) const PROBE: Probe = Probe {
    title: "a reload that fails",
    done: "The configuration has become wrong, and the peer's own command for a reload is run; if it has none, the \
           process of the pidfile is sent SIGHUP with kill(1).",
    rule: "the command says why and its exit status is not 0, and the daemon runs on",
    run,
};

/// What each program that reads its configuration says of one that does not begin with `good`.
const REASON: &str = "the configuration is not good";

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    scene.sandbox.file("configuration", 0o644, "good\n");
    let daemon = scene.running()?;
    scene.sandbox.file("configuration", 0o644, "bad\n");
    let (name, command) = match scene.peer.reload {
        Some(reload) => ("its command", scene.command(reload(scene))),
        None => {
            let pid = scene.to_be_signalled(&daemon).pid();
            let kill = scene
                .sandbox
                .start("kill")
                .args(["-s", Signal::SIGHUP.as_str().trim_start_matches("SIG")]);
            ("kill", kill.arg(pid.to_string()))
        }
    };
    let finished = scene.end_of(&mut command.spawn())?;
    let code = finished.code();
    let says_why = format!("{}{}", finished.stdout, finished.stderr).contains(REASON);
    let ended = scene.within(A_MOMENT, || !daemon.is_alive());
    let said = if says_why { "with the reason" } else { "without the reason" };
    let runs = if ended { "SIGHUP ends the daemon" } else { "the daemon runs on" };
    Ok(Outcome::of(
        code != 0 && says_why && !ended,
        format!("{name}: status {code} {said}; {runs}"),
    ))
}
