use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{A_MOMENT, Scene, ask, free_port};

pub(super) const PROBE: Probe = Probe {
    title: "a second start",
    done: "While it runs, it is started again with the same pidfile and another port, so that nothing but \
           the peer itself can refuse that.",
    rule: "the exit status is not 0, one daemon runs, and the pidfile has its number",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let first = scene.running()?;
    let named = scene.pid_in_pidfile();
    let other_port = free_port();
    let start = scene.start().env("SERVER_PORT", other_port.to_string());
    let code = scene.end_of(&mut start.spawn())?.code();
    // It serves, or it has gone again; until either, there may be two.
    let second = || ask(other_port, "pid").is_ok();
    let mut refused_for = 0;
    scene.within(A_MOMENT, || {
        refused_for = if scene.servers().len() > 1 { 0 } else { refused_for + 1 };
        second() || refused_for > 100
    });
    let daemons = if second() { 2 } else { 1 };
    let pidfile = match (named, scene.pid_in_pidfile()) {
        (None, None) => "no pidfile",
        (before, after) if before == after => "pidfile right",
        _ => "pidfile overwritten",
    };
    let alive = first.is_alive();
    let met = code != 0 && daemons == 1 && alive && pidfile == "pidfile right";
    let number = if alive { format!("{daemons} running") } else { "the first is gone".to_owned() };
    Ok(Outcome::of(met, format!("status {code}, {number}, {pidfile}")))
}
