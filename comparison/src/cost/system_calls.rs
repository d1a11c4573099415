//! The system calls of a start, by strace(1).

use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use daemon_benches::system_calls::calls_until_the_command_exited;

use super::figures::Measured;
use crate::caught::caught;
use crate::peers::Peer;
use crate::scene::Scene;

/// How far a daemon has come when its command returns is a matter of chance, so the median of this
/// many starts counts.
pub const RUNS: usize = 5;

/// Far longer than any start takes under strace(1).
const DEADLINE: Duration = Duration::from_secs(60);

/// The calls of all processes of a start until its command has returned.
pub fn count(peer: &Peer) -> Measured<usize> {
    let once = || caught(|| count_once(peer)).and_then(|it| it);
    let mut counts = (0..RUNS).map(|_| once()).collect::<Result<Vec<_>, _>>()?;
    counts.sort_unstable();
    Ok(counts[RUNS / 2])
}

fn count_once(peer: &Peer) -> Measured<usize> {
    let scene = Scene::new(peer);
    let trace = scene.sandbox.join("trace");
    // It goes on for as long as the daemon does, unless somebody ends it.
    let limit = DEADLINE.as_secs().to_string();
    let mut strace: Vec<OsString> = ["timeout", "--signal=KILL", &limit].map(Into::into).into();
    strace.extend(["strace", "-f", "-q", "-o"].map(Into::into));
    strace.push(trace.clone().into());
    let running = scene.start().under(strace).spawn();
    let mut found = None;
    scene.within(DEADLINE, || {
        let text = fs::read_to_string(&trace).unwrap_or_default();
        found = calls_until_the_command_exited(&text).map(|calls| (calls, has_succeeded(&text)));
        found.is_some()
    });
    scene.kill_all();
    drop(running);
    match found {
        Some((calls, true)) => Ok(calls),
        Some(_) => Err("the start fails under strace".to_owned()),
        None => Err("strace saw no end of the command".to_owned()),
    }
}

fn has_succeeded(trace: &str) -> bool {
    let command = trace.split(' ').next().unwrap_or_default();
    trace.lines().any(|line| {
        let event = line.strip_prefix(command).unwrap_or_default();
        event.trim_start() == "+++ exited with 0 +++"
    })
}
