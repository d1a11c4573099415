use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{Scene, first_line};

pub(super) const PROBE: Probe = Probe {
    title: "ready at return",
    done: "It is started at a terminal. At the moment when the command has returned, a client connects.",
    rule: "the client is answered",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let mut command = scene.start().terminal().spawn();
    let finished = scene.end_of(&mut command)?;
    let answer = scene.ask("pid");
    let code = finished.code();
    if code != 0 {
        let text = first_line(&finished.terminal);
        return Ok(Outcome::of(false, format!("status {code}{text}")));
    }
    if answer.is_ok() {
        return Ok(Outcome::of(true, "yes"));
    }
    Ok(Outcome::of(
        false,
        match scene.serving() {
            Some(_) => "no: connection refused, later it answers",
            None => "no: connection refused, for good",
        },
    ))
}
