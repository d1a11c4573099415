//! Answers every connection with what a file says, on a port that `privileged` opened. Its step,
//! `open:FILE`, is taken by `configure`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpListener;

use fixture::Told;

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
    let told = Told::read(config);
    match told.only_step() {
        ("open", file) => File::open(told.file(file)),
        (verb, _) => panic!("no step {verb}"),
    }
}

fn open_port(file: File) -> io::Result<(File, TcpListener)> {
    Ok((file, TcpListener::bind("127.0.0.1:0")?))
}
