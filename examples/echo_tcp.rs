//! An echo server with a thread for each connection. Told to stop, it lets them finish.
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
//! `pkill -F ~/.local/state/echo_tcp.pid -L`, or /run/echo_tcp.pid as root. It then takes no more
//! connections and ends with the last one, after five seconds at the latest: then the log,
//! ~/.local/state/echo_tcp.log, says who was left.

use std::net::{TcpListener, TcpStream};
use std::{env, io, thread, time::Duration};

#[daemon::main(pidfile, stderr, stop_timeout = 5)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7777".to_owned());
    let listener = TcpListener::bind(address)?;
    let stop = daemon::stop();
    ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
    // Nothing wakes `accept`, so it has a thread that nobody waits for.
    thread::spawn(move || accept(&listener));
    stop.wait_drained();
    Ok(())
}

/// Takes connections until the program is to stop.
fn accept(listener: &TcpListener) {
    for stream in listener.incoming() {
        if daemon::stop().is_stopped() {
            return;
        }
        if stream.and_then(echo).is_err() {
            // Too many files or threads: it gets better when somebody hangs up.
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Sends back what comes, in a thread of its own, until the other side has no more to say.
fn echo(stream: TcpStream) -> io::Result<()> {
    // Taken here, and not in the thread: the program must not end in between.
    let hold = daemon::stop().hold(stream.peer_addr()?);
    let serve = move || {
        let _hold = hold;
        io::copy(&mut &stream, &mut &stream)
    };
    thread::Builder::new().spawn(serve).map(drop)
}
