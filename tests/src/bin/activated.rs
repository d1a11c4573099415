//! Takes the sockets that were passed to it, as its step says, and answers connections with
//! `hello`.
//!
//! - `by-name:http`: listens on the one of that name
//! - `in-order`: listens on the first
//! - `convert:udp_socket`: makes each what it is told to, and says what came of it
//! - `nothing`

use std::io::{self, Write};
use std::net::TcpListener;
use std::os::fd::OwnedFd;

use daemon::{Config, Ready, Socket};
use fixture::Told;

#[daemon::main(configure = configure, privileged = listener, stderr = inherit)]
fn main(ready: Ready, listener: Option<TcpListener>) -> io::Result<()> {
    eprintln!("left: {:?}", daemon::sockets().map(name).collect::<Vec<_>>());
    ready.notify();
    if let Some(listener) = listener {
        for stream in listener.incoming() {
            stream?.write_all(b"hello")?;
        }
    }
    Ok(())
}

fn name(socket: Socket) -> String {
    socket.name().to_owned()
}

fn configure(config: &mut Config) -> Told {
    eprintln!("passed: {}", daemon::sockets().len());
    Told::read(config)
}

fn listener(told: Told) -> io::Result<Option<TcpListener>> {
    let mut sockets = daemon::sockets();
    match told.only_step() {
        ("by-name", name) => sockets.named(name).map(Socket::into_tcp_listener).transpose(),
        ("in-order", _) => sockets.next().map(Socket::into_tcp_listener).transpose(),
        ("convert", sort) => {
            sockets.for_each(|socket| convert(socket, sort));
            Ok(None)
        }
        ("nothing", _) => Ok(None),
        (verb, _) => panic!("no step {verb}"),
    }
}

fn convert(socket: Socket, sort: &str) {
    let name = socket.name().to_owned();
    let converted = match sort {
        "tcp_listener" => socket.into_tcp_listener().map(OwnedFd::from),
        "tcp_stream" => socket.into_tcp_stream().map(OwnedFd::from),
        "udp_socket" => socket.into_udp_socket().map(OwnedFd::from),
        "unix_listener" => socket.into_unix_listener().map(OwnedFd::from),
        "unix_stream" => socket.into_unix_stream().map(OwnedFd::from),
        "unix_datagram" => socket.into_unix_datagram().map(OwnedFd::from),
        _ => panic!("no sort {sort}"),
    };
    match converted {
        Ok(_) => eprintln!("{name}: yes"),
        Err(error) => eprintln!("{name}: {error}"),
    }
}
