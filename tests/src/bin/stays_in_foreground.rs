//! Is in the foreground. On the way it says a status; it is ready when `go` is released,
//! makes the file `ready` then, and ends with exit status 7 when `end` is released. Its
//! argument is the directory of these and of the pidfile.

use std::fs::{read, write};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

#[daemon::main(mode = foreground, umask = 0o077, configure = configure)]
fn main(ready: daemon::Ready, directory: PathBuf) -> io::Result<ExitCode> {
    println!("on standard output");
    ready.status("warming up");
    read(directory.join("go"))?;
    ready.notify_with("at your service");
    write(directory.join("ready"), "")?;
    read(directory.join("end"))?;
    Ok(ExitCode::from(7))
}

fn configure(config: &mut daemon::Config) -> PathBuf {
    let directory = PathBuf::from(std::env::args_os().nth(1).expect("a directory"));
    config.pidfile(directory.join("daemon.pid"));
    directory
}
