use std::path::Path;

use daemon_tests::{Process, Standard};

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "0, 1 and 2 closed",
    done: "The command is started with descriptors 0, 1 and 2 closed. What the daemon has at these numbers is \
           looked at.",
    rule: "it serves, and 0 is `/dev/null`, 1 and 2 are `/dev/null` or the log, or they are the peer's own pipes",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let start =
        scene.start().stdin(Standard::Closed).stdout(Standard::Closed).stderr(Standard::Closed);
    let daemon = scene.running_after(start)?;
    let streams: Vec<Stream> = (0..3).map(|number| stream(scene, &daemon, number)).collect();
    let met =
        ["/dev/null", "a pipe"].contains(&streams[0].name) && streams.iter().all(|it| it.expected);
    let text: Vec<String> =
        streams.iter().enumerate().map(|(n, it)| format!("{n}: {}", it.name)).collect();
    Ok(Outcome::of(met, text.join(", ")))
}

struct Stream {
    name: &'static str,
    expected: bool,
}

fn stream(scene: &Scene<'_>, daemon: &Process, number: i32) -> Stream {
    let of = |name, expected| Stream { name, expected };
    match daemon.descriptors().get(&number) {
        None => of("closed", false),
        Some(it) if it.target == Path::new("/dev/null") => of("/dev/null", true),
        Some(it) if it.target == scene.log => of("the log", true),
        Some(it) if it.target == scene.pidfile => of("the pidfile", false),
        Some(it) if it.is_pipe() => of("a pipe", true),
        Some(it) if it.is_socket() => of("a socket", false),
        Some(_) => of("another file", false),
    }
}
