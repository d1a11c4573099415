use std::io::Read;
use std::thread;
use std::time::Duration;

use daemon_tests::Signal;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "SIGTERM during a request",
    done: "While it answers a client, which takes 300 ms, the process of the pidfile is sent SIGTERM.",
    rule: "the client gets the whole answer, and the pidfile is removed",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let daemon = scene.running()?;
    let signalled = scene.to_be_signalled(&daemon);
    let has_pidfile = scene.pidfile.exists();
    let client = scene.ask_for_something_slow();
    let mut client = client.map_err(|error| Outcome::unknown(error.to_string()))?;
    // In the middle of it, and not while its thread is being made.
    thread::sleep(Duration::from_millis(100));
    signalled.signal(Signal::SIGTERM);
    let mut answer = String::new();
    let finished = client.read_to_string(&mut answer).is_ok() && answer.contains("finished");
    daemon.wait_for_death();
    signalled.wait_for_death();
    let request = if finished { "answered" } else { "cut" };
    let pidfile = match (has_pidfile, scene.pidfile.exists()) {
        (false, _) => "no pidfile",
        (_, false) => "pidfile removed",
        (_, true) => "pidfile left",
    };
    Ok(Outcome::of(finished && pidfile != "pidfile left", format!("{request}, {pidfile}")))
}
