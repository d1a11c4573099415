//! A daemon for a unit of any type: takes the steps its arguments name, one after the other, and
//! then lives on.
//!
//! `in_any_unit status:opening wait:/tmp/go ready:open` says a status, waits until the FIFO
//! `/tmp/go` is released, and is ready. Arguments before the steps that have a `=` in them are
//! options of the launch.

use std::{
    env, fs,
    io::{self, Write},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use daemon::{Config, Pidfile, Ready, Watchdog};

#[daemon::main(configure = told)]
fn main(ready: Ready, steps: Vec<String>) -> Result<(), String> {
    let mut ready = Some(ready);
    for step in &steps {
        let (verb, object) = step.split_once(':').unwrap_or((step, ""));
        match verb {
            "status" => ready.as_ref().expect("not ready yet").status(object),
            "statuses" => says_for(ready.as_ref().expect("not ready yet"), seconds(object)),
            "ready" => ready.take().expect("not ready yet").notify_with(object),
            "later" => daemon::status(object),
            "wait" => wait(object),
            "note" => fs::write(object, "").expect("a file"),
            "child" => drop(Command::new("sleep").arg("1000").spawn().expect("a child")),
            "alive" => is_alive_for(&watchdog(), object.parse().expect("a number of intervals")),
            "heartbeat" => in_an_executor_until(&watchdog(), object.to_owned()),
            "answer" => answer(),
            "error" => return Err(object.to_owned()),
            _ => panic!("no step {step}"),
        }
    }
    loop {
        thread::park();
    }
}

fn told(config: &mut Config) -> Vec<String> {
    let mut steps = env::args().skip(1).peekable();
    while let Some(option) = steps.next_if(|argument| argument.contains('=')) {
        match option.split_once('=').expect("found above") {
            ("pidfile", "usual") => config.pidfile(Pidfile::Usual),
            ("pidfile", path) => config.pidfile(path),
            ("start_timeout", text) => config.start_timeout(seconds(text)),
            ("chdir", path) => config.chdir(path),
            _ => panic!("no option {option}"),
        };
    }
    steps.collect()
}

/// Waits until the FIFO is released.
fn wait(fifo: &str) {
    fs::read(fifo).expect("a FIFO");
}

fn seconds(text: &str) -> Duration {
    Duration::from_secs_f64(text.parse().expect("seconds"))
}

/// Again and again for this long.
fn says_for(ready: &Ready, time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        ready.status(format_args!("getting ready for {:?}", start.elapsed()));
        thread::sleep(Duration::from_millis(100));
    }
}

fn watchdog() -> Watchdog {
    daemon::watchdog().expect("a unit with WatchdogSec=")
}

fn is_alive_for(watchdog: &Watchdog, intervals: u32) {
    let start = Instant::now();
    while start.elapsed() < watchdog.interval() * intervals {
        watchdog.alive();
        thread::sleep(watchdog.interval() / 20);
    }
}

/// Lives in an executor, which is stuck from the moment that the FIFO is released.
fn in_an_executor_until(watchdog: &Watchdog, fifo: String) {
    let heartbeat = watchdog.heartbeat().expect("a heartbeat");
    let executor = tokio::runtime::Builder::new_current_thread().build().expect("an executor");
    executor.block_on(async {
        tokio::spawn(heartbeat);
        tokio::task::spawn_blocking(move || wait(&fifo)).await.expect("the FIFO");
        loop {
            thread::park();
        }
    });
}

/// Answers every connection to the socket that the unit calls `door`.
fn answer() {
    let door = daemon::sockets().named("door").expect("a socket of this name");
    let door = door.into_unix_listener().expect("a Unix socket that listens");
    for connection in door.incoming() {
        let said: io::Result<()> = connection.and_then(|mut it| it.write_all(b"come in\n"));
        said.expect("somebody who listens");
    }
}
