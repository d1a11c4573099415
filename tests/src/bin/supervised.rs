//! Finds out by itself whether something supervises it, and lives in an executor. Each start adds
//! a line to the file `starts`, with its number and its mode. Once it is ready it says so in
//! `ready`, again with its mode.
//!
//! Its steps; if none of them is `notify`, that is the last one:
//!
//! - `status:TEXT`: shows how far the start is
//! - `note:FILE`: makes a file
//! - `wait:FILE`: waits for a file, or at a FIFO
//! - `error:TEXT`: ends with an error of its own
//! - `handle`: from here on, ends with status 3 at SIGTERM or SIGINT
//! - `notify`, `notify:TEXT`: is ready
//! - `serve`: sends what it reads from standard input back to standard output, and ends
//! - `heartbeat-until:FILE`: gives signs of life until another task blocks the executor, which one
//!   does when that file is there

use std::fs::{self, File};
use std::future::pending;
use std::io::{self, Write};
use std::process::{self, ExitCode};

use daemon::Ready;
use fixture::{Told, live_on, wait_for};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;

#[daemon::main(configure = configure)]
#[tokio::main(flavor = "current_thread")]
async fn main(ready: Ready, told: Told) -> io::Result<ExitCode> {
    let mut ready = Some(ready);
    let mut signals = None;
    let notify = told.steps().all(|(verb, _)| verb != "notify").then_some(("notify", ""));
    for (verb, object) in told.steps().chain(notify) {
        match verb {
            "status" => ready.as_ref().expect("not ready yet").status(object),
            "note" => fs::write(told.file(object), "")?,
            "wait" => wait_for(&told.file(object)),
            "error" => return Err(io::Error::other(object)),
            "handle" => {
                signals =
                    Some((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?));
            }
            "notify" => {
                let ready = ready.take().expect("not ready yet");
                match object {
                    "" => ready.notify(),
                    text => ready.notify_with(text),
                }
                fs::write(told.file("ready"), daemon::mode().to_string())?;
            }
            "serve" => {
                let (mut input, mut output) = (io::stdin(), io::stdout());
                io::copy(&mut input, &mut output)?;
                output.flush()?;
                return Ok(ExitCode::SUCCESS);
            }
            "heartbeat-until" => {
                let watchdog = daemon::watchdog().expect("a watchdog");
                tokio::spawn(watchdog.heartbeat()?);
                let file = told.file(object);
                spawn_blocking(move || wait_for(&file)).await?;
                eprintln!("stuck");
                live_on()
            }
            _ => panic!("no step {verb}"),
        }
    }
    let Some((mut terminate, mut interrupt)) = signals else { return pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(ExitCode::from(3))
}

fn configure(config: &mut daemon::Config) -> io::Result<Told> {
    let told = Told::read(config);
    let mut starts = File::options().append(true).create(true).open(told.file("starts"))?;
    let line = format!("{} {}\n", process::id(), daemon::mode());
    starts.write_all(line.as_bytes())?;
    Ok(told)
}
