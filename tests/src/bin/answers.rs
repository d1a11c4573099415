//! Answers every connection with what a file says, which `configure` opened, on a port that
//! `privileged` opened. The arguments: the pidfile and the file.

use std::env::args;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpListener;

#[daemon::main(configure = open_file, privileged = open_port)]
fn main(ready: daemon::Ready, (mut file, port): (File, TcpListener)) -> io::Result<()> {
    ready.notify_with(format_args!("listening on {}", port.local_addr()?));
    let mut answer = Vec::new();
    file.read_to_end(&mut answer)?;
    for stream in port.incoming() {
        stream?.write_all(&answer)?;
    }
    Ok(())
}

fn open_file(config: &mut daemon::Config) -> io::Result<File> {
    config.pidfile(args().nth(1).expect("a pidfile"));
    File::open(args().nth(2).expect("a file"))
}

fn open_port(file: File) -> io::Result<(File, TcpListener)> {
    Ok((file, TcpListener::bind("127.0.0.1:0")?))
}
