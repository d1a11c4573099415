use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{Scene, first_line};

pub(super) const PROBE: Probe = Probe {
    title: "a start after `kill -9`",
    done: "All its processes are killed, so that whatever it leaves behind is still there. It is started again.",
    rule: "the new one serves, and its pidfile, if it has one, is that of a process of its own",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    scene.running()?;
    scene.kill_all();
    let left = if scene.pidfile.exists() { "the old pidfile was there" } else { "no pidfile" };
    let finished = scene.end_of(&mut scene.start().spawn())?;
    let code = finished.code();
    let said = first_line(&finished.stderr);
    let Some(_) = scene.serving() else {
        return Ok(Outcome::of(false, format!("no: status {code}{said}, nobody serves")));
    };
    let own = |pid| scene.sandbox.processes().iter().any(|process| process.pid() == pid);
    match scene.pid_in_pidfile() {
        Some(pid) if !own(pid) => Ok(Outcome::of(false, "it serves, but the pidfile is wrong")),
        _ => Ok(Outcome::of(code == 0, format!("it serves; {left}"))),
    }
}
