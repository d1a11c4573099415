//! Finds out by itself whether something supervises it. Its first argument is a directory, where
//! its pidfile is; each start adds a line to the file `starts` there, with its number and its
//! mode. Once it is ready it says so in `ready`, again with its mode, and stays.
//!
//! The other arguments, in the order in which they act:
//!
//! - `report`: shows how far the start is, which may take for ever
//! - `wait`: makes the file `waits`, and waits at the FIFO `go`
//! - `refuse`: ends with an error of its own, before it is ready
//! - `say`: says something as it is ready
//! - `serve`: sends what it reads from standard input back to standard output, and ends
//! - `handle`: ends with status 3 at SIGTERM or SIGINT

use std::fs::{File, read, write};
use std::future::pending;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

struct Told {
    directory: PathBuf,
    words: Vec<String>,
}

impl Told {
    fn to(&self, word: &str) -> bool {
        self.words.iter().any(|it| it == word)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

#[daemon::main(configure = told)]
#[tokio::main(flavor = "current_thread")]
async fn main(ready: daemon::Ready, told: Told) -> io::Result<ExitCode> {
    if told.to("report") {
        ready.status("replaying journal");
    }
    if told.to("wait") {
        write(told.file("waits"), "")?;
        read(told.file("go"))?;
    }
    if told.to("refuse") {
        return Err(io::Error::other("no such backend"));
    }
    let mut signals = match told.to("handle") {
        true => Some((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?)),
        false => None,
    };
    match told.to("say") {
        true => ready.notify_with("at your service"),
        false => ready.notify(),
    }
    write(told.file("ready"), daemon::mode().to_string())?;
    if told.to("serve") {
        let (mut input, mut output) = (io::stdin(), io::stdout());
        io::copy(&mut input, &mut output)?;
        output.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    match &mut signals {
        Some((terminate, interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            Ok(ExitCode::from(3))
        }
        None => pending().await,
    }
}

fn told(config: &mut daemon::Config) -> io::Result<Told> {
    let mut words = std::env::args().skip(1);
    let directory = PathBuf::from(words.next().expect("a directory"));
    config.pidfile(directory.join("daemon.pid"));
    let mut starts = File::options().append(true).create(true).open(directory.join("starts"))?;
    let line = format!("{} {}\n", std::process::id(), daemon::mode());
    starts.write_all(line.as_bytes())?;
    let told = Told { directory, words: words.collect() };
    if told.to("report") {
        config.start_timeout(None);
    }
    Ok(told)
}
