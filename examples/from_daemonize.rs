//! The port of `from_daemonize_before`, which uses the crate `daemonize`.
//!
//! ```console
//! $ cargo build --examples
//! $ sudo target/debug/examples/from_daemonize
//! from_daemonize: listening on 127.0.0.1:786
//! ```
//!
//! docs/from-daemonize.md shows both side by side. Another address can be given:
//! `from_daemonize 127.0.0.1:0`. To stop it: `sudo pkill -F /run/from_daemonize.pid -L`.

use std::net::TcpListener;
use std::{env, io, io::Write};

#[daemon::main(
    pidfile = "/run/from_daemonize.pid",
    user = "nobody",
    stderr = "/var/log/from_daemonize.log",
    privileged = open,
)]
fn main(ready: daemon::Ready, listener: TcpListener) -> io::Result<()> {
    ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
    serve(listener)
}

fn open() -> io::Result<TcpListener> {
    TcpListener::bind(env::args().nth(1).as_deref().unwrap_or("127.0.0.1:786"))
}

fn serve(listener: TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        let _ = stream.and_then(|mut stream| stream.write_all(b"hello\n"));
    }
    Ok(())
}
