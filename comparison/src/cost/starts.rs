//! Starts a peer: the time, and the memory of what stays.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use daemon_benches::memory::proportional_set_size;

use super::figures::{Measured, Start, Starts};
use super::program;
use crate::caught::caught;
use crate::installation::Reason;
use crate::peers::Peer;
use crate::scene::{LONG_ENOUGH, Scene, ask, first_line};

/// How long a client waits until it asks again.
pub const BETWEEN_QUESTIONS: Duration = Duration::from_micros(200);

/// When the first client asks. No server of the comparison is ready as early, and a client that
/// asks for nothing would take a processor from the command whose time is taken.
pub const FIRST_QUESTION: Duration = Duration::from_millis(40);

/// Starts each peer so often, in turn, in a new random order in each round, so that whatever the machine
/// does meanwhile meets all alike. The first start of each does not count.
pub fn measure(peers: &[&Peer], rounds: usize) -> Vec<Measured<Starts>> {
    let once = |peer: &Peer| caught(|| start(peer)).and_then(|it| it);
    let mut measured: Vec<Measured<Starts>> =
        peers.iter().map(|peer| once(peer).map(|_| Starts::default())).collect();
    let mut order: Vec<usize> = (0..peers.len()).collect();
    for round in 1..=rounds {
        eprintln!("starts: round {round} of {rounds}");
        fastrand::shuffle(&mut order);
        for &index in &order {
            if let Ok(starts) = &mut measured[index] {
                match once(peers[index]) {
                    Ok(start) => starts.0.push(start),
                    Err(reason) => measured[index] = Err(reason),
                }
            }
        }
    }
    measured
}

/// One start of a new daemon, which is ended after it.
fn start(peer: &Peer) -> Measured<Start> {
    let scene = Scene::new(peer);
    let mut command = command(&scene)?;
    let (ended, end) = mpsc::channel();
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let (end, ready) = thread::scope(|scope| {
        scope.spawn(move || {
            let status = child.wait();
            // Nobody takes it if it comes too late.
            _ = ended.send((status, started.elapsed()));
        });
        let ready = first_answer(scene.port, started);
        let end = end.recv_timeout(LONG_ENOUGH);
        if end.is_err() {
            // Or the thread above would wait for ever.
            scene.kill_all();
        }
        (end, ready)
    });
    let (status, returned) = end.map_err(|_| "the command does not return")?;
    let status = status.map_err(|error| error.to_string())?;
    if !status.success() {
        let said = fs::read_to_string(scene.sandbox.join("said")).unwrap_or_default();
        return Err(format!("the start fails: {status}{}", first_line(&said)));
    }
    let ready = ready.ok_or("the command returns 0, and nobody answers")?;
    let (memory, processes) = settled(&scene).ok_or("the memory does not settle")?;
    scene.kill_all();
    Ok(Start { returned: milliseconds(returned), ready: milliseconds(ready), memory, processes })
}

/// As the scene starts it, but by this process itself, as a shell does, so that no process between
/// counts.
fn command(scene: &Scene<'_>) -> Result<Command, Reason> {
    let words = (scene.peer.start)(scene);
    let path = scene.sandbox.join("said");
    let open = || File::options().create(true).append(true).open(&path);
    let said = || open().map_err(|error| format!("{}: {error}", path.display()));
    let mut command = Command::new(program::find(&words[0])?);
    command
        .args(&words[1..])
        .env_clear()
        .env("PATH", program::PATH)
        .env("HOME", scene.sandbox.home())
        .envs(scene.environment())
        .envs([scene.sandbox.mark_variable()])
        .current_dir(scene.sandbox.path())
        .stdin(Stdio::null())
        .stdout(said()?)
        .stderr(said()?);
    Ok(command)
}

/// When a client is answered first.
fn first_answer(port: u16, started: Instant) -> Option<Duration> {
    thread::sleep(FIRST_QUESTION.saturating_sub(started.elapsed()));
    while started.elapsed() < LONG_ENOUGH {
        if ask(port, "pid").is_ok_and(|answer| !answer.is_empty()) {
            return Some(started.elapsed());
        }
        thread::sleep(BETWEEN_QUESTIONS);
    }
    None
}

/// The memory and the number of the processes that stay, once neither changes.
fn settled(scene: &Scene<'_>) -> Option<(f64, usize)> {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
    let begun = Instant::now();
    let mut before = None;
    while begun.elapsed() < LONG_ENOUGH {
        let processes = scene.sandbox.processes();
        let sizes: Option<Vec<f64>> =
            processes.iter().map(|it| proportional_set_size(it.pid())).collect();
        let now = sizes.filter(|sizes| !sizes.is_empty());
        if now.is_some() && now == before {
            return now.map(|sizes| (sizes.iter().sum(), sizes.len()));
        }
        before = now;
        thread::sleep(BETWEEN_LOOKS);
    }
    None
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
