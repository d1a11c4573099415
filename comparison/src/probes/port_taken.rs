use std::net::{Ipv4Addr, TcpListener};

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{A_MOMENT, Scene};

pub(super) const PROBE: Probe = Probe {
    title: "a start that fails",
    done: "Somebody else listens at its port already. It is started at a terminal.",
    rule: "the exit status is not 0, and the reason is on the terminal",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, scene.port));
    let _taken = taken.map_err(|error| Outcome::unknown(error.to_string()))?;
    let mut command = scene.start().terminal().spawn();
    let code = scene.end_of(&mut command)?.code();
    let mut terminal = String::new();
    scene.within(A_MOMENT, || {
        terminal = command.terminal();
        has_reason(&terminal) || has_reason(&scene.logged())
    });
    let said = if has_reason(&terminal) {
        "the reason is on the terminal"
    } else if has_reason(&scene.logged()) {
        "the reason is in the log alone"
    } else if terminal.trim().is_empty() {
        "no text"
    } else {
        "a text without the reason"
    };
    Ok(Outcome::of(code != 0 && has_reason(&terminal), format!("status {code}, {said}")))
}

/// EADDRINUSE, as the C library and Go have it.
fn has_reason(text: &str) -> bool {
    text.to_lowercase().contains("address already in use")
}
