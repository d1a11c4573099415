//! A daemon whose start has every step that needs no rights: the timeline is drawn from its trace.

use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;

#[daemon::main(configure = read_settings, privileged = listen, limits(core = 0))]
fn main(ready: daemon::Ready, listener: TcpListener) -> io::Result<()> {
    ready.status("replaying");
    ready.notify();
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"hello\n")?;
    }
}

/// The one line of the settings, which the first argument names, is the directory of the daemon.
fn read_settings(config: &mut daemon::Config) -> io::Result<()> {
    let settings = std::env::args().nth(1).expect("usage: traced SETTINGS");
    let directory = fs::read_to_string(settings)?;
    config.pidfile(format!("{directory}/traced.pid"));
    config.stderr(format!("{directory}/traced.log"));
    Ok(())
}

fn listen((): ()) -> io::Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0")
}
