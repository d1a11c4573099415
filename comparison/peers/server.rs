//! The small server that every peer in Rust runs. Those in other languages do the same.
//!
//! Its settings are in the environment: `SERVER_PORT`, `SERVER_PIDFILE`, `SERVER_LOG`, and, where a probe
//! asks for it, `SERVER_USER` and `SERVER_CONFIGURATION`. Its start takes 50 ms of a thread's time,
//! which is why it can only follow the forks, and then the port of the loopback address. A client sends
//! one line: `pid`; `slow`, which takes 300 ms; or `log WORD`, which writes that word to standard error.
#![allow(dead_code, reason = "no peer needs all of it")]

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, process, thread};

/// A setting from the environment.
pub(crate) fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// A path from the environment.
///
/// # Panics
///
/// If it is not set.
pub(crate) fn path(name: &str) -> PathBuf {
    setting(name).unwrap_or_else(|| panic!("{name} is not set")).into()
}

/// The work of a start, then the port.
pub(crate) fn start_up() -> io::Result<TcpListener> {
    let warm_up = thread::spawn(|| thread::sleep(Duration::from_millis(50)));
    warm_up.join().expect("it only sleeps");
    let port = setting("SERVER_PORT").and_then(|port| port.parse().ok()).unwrap_or(0);
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on port {port}: {error}"))
    })
}

/// Answers clients for ever, each in a thread.
pub(crate) fn serve(listener: &TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || answer(stream));
    }
    Ok(())
}

/// Answers one client.
pub(crate) fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(stream.try_clone()?).read_line(&mut line)?;
    match line.trim_end() {
        "pid" => writeln!(stream, "{}", process::id()),
        "slow" => {
            writeln!(stream, "begun")?;
            thread::sleep(Duration::from_millis(300));
            writeln!(stream, "finished")
        }
        other => match other.strip_prefix("log ") {
            Some(word) => {
                writeln!(io::stderr(), "{word}")?;
                writeln!(stream, "written")
            }
            None => Ok(()),
        },
    }
}
