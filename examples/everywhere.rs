//! One program for every system: a daemon on Unix, an ordinary program on Windows.
//!
//! ```console
//! $ cargo run --example everywhere
//! everywhere: listening on 127.0.0.1:7785
//! $ nc 127.0.0.1 7785
//! background: nothing supervises it
//! ```
//!
//! It tells everybody who connects how it runs, in the words of `daemon::mode()`. On Windows it stays
//! where it is, until ^C, and `nc` is answered "off: …": the options have no effect there, and none has
//! to be left out for it to compile. Another address can be given:
//! `everywhere 127.0.0.1:0`. To stop it: `pkill -F ~/.local/state/everywhere.pid -L`, or
//! /run/everywhere.pid as root.

use std::net::TcpListener;
use std::{env, io, io::Write};

#[daemon::main(pidfile, no_new_privs, limits(core = 0))]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7785".to_owned());
    let listener = TcpListener::bind(address)?;
    ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
    for stream in listener.incoming() {
        // One that hangs up is no reason to stop.
        let _ = stream.and_then(|mut stream| writeln!(stream, "{}", daemon::mode()));
    }
    Ok(())
}
