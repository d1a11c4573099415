//! Has verbs and a step that only root can take, and becomes another user. At a socket that is passed
//! to it, it answers `come in`.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::thread;

#[daemon::main(pidfile, control, user = "www-data", stop_timeout = 10, privileged = as_root)]
fn main(ready: daemon::Ready) {
    let stop = daemon::stop();
    if let Some(socket) = daemon::sockets().next() {
        let listener = socket.into_unix_listener().expect("a Unix socket");
        thread::spawn(|| answer(listener));
    }
    ready.notify();
    stop.wait_drained();
}

fn as_root() -> std::io::Result<()> {
    std::fs::File::open("/etc/shadow").map(drop)
}

fn answer(listener: UnixListener) {
    for connection in listener.incoming() {
        let _ = connection.expect("a connection").write_all(b"come in\n");
    }
}
