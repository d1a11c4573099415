//! An echo server with a thread for each connection.
//!
//! ```console
//! $ cargo run --example echo_tcp
//! echo_tcp: listening on 127.0.0.1:7777
//! $ cargo run --example echo_tcp
//! echo_tcp: already running: pid 4242 holds /home/me/.local/state/echo_tcp.pid
//! $ nc 127.0.0.1 7777
//! ```
//!
//! Another address can be given: `cargo run --example echo_tcp 127.0.0.1:0`. When it is in use,
//! the error appears at the prompt and the exit status is 1. To stop it:
//! `pkill -F ~/.local/state/echo_tcp.pid -L`, or /run/echo_tcp.pid as root. A kill leaves that
//! file behind, which does no harm: what counts is its lock.

use std::net::{TcpListener, TcpStream};
use std::{env, io, thread, time::Duration};

#[daemon::main(pidfile)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7777".to_owned());
    let listener = TcpListener::bind(address)?;
    ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
    for stream in listener.incoming() {
        if stream.and_then(echo).is_err() {
            // Too many files or threads: it gets better when somebody hangs up.
            thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(())
}

/// Sends back what comes, in a thread of its own, until the other side has no more to say.
fn echo(stream: TcpStream) -> io::Result<()> {
    let serve = move || io::copy(&mut &stream, &mut &stream);
    thread::Builder::new().spawn(serve).map(drop)
}
