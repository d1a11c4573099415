//! A daemon whose start has every step that needs no rights: the timeline is drawn from its trace.
//!
//! Each function of its own reads a file or opens a socket, so that it shows in the trace.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

struct Settings {
    journal: String,
}

#[daemon::main(configure = read_settings, privileged = listen, limits(core = 0))]
fn main(
    ready: daemon::Ready,
    (settings, listener): (Settings, TcpListener),
) -> Result<(), Box<dyn std::error::Error>> {
    ready.status("replaying the journal");
    // Long enough for the command to show that before it hears more.
    thread::sleep(Duration::from_millis(50));
    let entries = fs::read_to_string(settings.journal)?.lines().count();
    ready.notify_with(format_args!("{entries} entries"));
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"hello\n")?;
    }
}

/// The first argument is a directory with everything in it.
fn read_settings(config: &mut daemon::Config) -> io::Result<Settings> {
    let directory = env::args().nth(1).expect("usage: traced DIRECTORY");
    let name = fs::read_to_string(format!("{directory}/settings"))?;
    config.pidfile(format!("{directory}/{name}.pid"));
    config.stderr(format!("{directory}/{name}.log"));
    Ok(Settings { journal: format!("{directory}/journal") })
}

fn listen(settings: Settings) -> io::Result<(Settings, TcpListener)> {
    Ok((settings, TcpListener::bind("127.0.0.1:0")?))
}
