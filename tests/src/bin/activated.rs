//! Takes the sockets that were passed to it, as its arguments say, and answers connections.
//!
//! `activated background by-name:http` listens on the one of that name, `in-order` on the first;
//! `convert:udp_socket` makes each what it is told to, and says what came of it. An answer is
//! `hello`.

use std::env::args;
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::fd::OwnedFd;

use daemon::{Config, Mode, Ready, Socket};

#[daemon::main(configure = mode, privileged = listener, stderr = inherit)]
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

fn mode(config: &mut Config) -> io::Result<String> {
    eprintln!("passed: {}", daemon::sockets().len());
    config.mode(match &*args().nth(1).expect("a mode") {
        "background" => Mode::Background,
        "foreground" => Mode::Foreground,
        _ => Mode::Auto,
    });
    Ok(args().nth(2).expect("what to do"))
}

fn listener(what: String) -> io::Result<Option<TcpListener>> {
    let mut sockets = daemon::sockets();
    let (verb, object) = what.split_once(':').unwrap_or((&what, ""));
    match verb {
        "by-name" => sockets.named(object).map(Socket::into_tcp_listener).transpose(),
        "in-order" => sockets.next().map(Socket::into_tcp_listener).transpose(),
        "convert" => {
            for socket in sockets {
                let name = socket.name().to_owned();
                let converted = match object {
                    "tcp_listener" => socket.into_tcp_listener().map(OwnedFd::from),
                    "tcp_stream" => socket.into_tcp_stream().map(OwnedFd::from),
                    "udp_socket" => socket.into_udp_socket().map(OwnedFd::from),
                    "unix_listener" => socket.into_unix_listener().map(OwnedFd::from),
                    "unix_stream" => socket.into_unix_stream().map(OwnedFd::from),
                    "unix_datagram" => socket.into_unix_datagram().map(OwnedFd::from),
                    _ => Ok(OwnedFd::from(socket)),
                };
                match converted {
                    Ok(_) => eprintln!("{name}: yes"),
                    Err(error) => eprintln!("{name}: {error}"),
                }
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}
