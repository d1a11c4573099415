//! A program that uses the crate `daemonize`, before it is ported to this one: see `from_daemonize`,
//! and docs/from-daemonize.md, where both stand side by side. It runs as root.

use std::fs::File;
use std::net::TcpListener;
use std::{env, io, io::Write, process};

use daemonize::Daemonize;

fn main() {
    let log = File::options().append(true).create(true).open("/var/log/from_daemonize_before.log");
    let daemonize = Daemonize::new()
        .pid_file("/run/from_daemonize_before.pid")
        .chown_pid_file(true)
        .working_directory("/")
        .user("nobody")
        .group(65534)
        .umask(0o027)
        .stderr(log.expect("the log"))
        .privileged_action(open);
    let done = match daemonize.start() {
        Ok(listener) => listener.and_then(serve),
        Err(error) => Err(io::Error::other(error)),
    };
    if let Err(error) = done {
        eprintln!("from_daemonize_before: {error}");
        process::exit(1);
    }
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
