//! Is in the foreground. On the way it says a status; it is ready when `go` is released,
//! makes the file `ready` then, and ends with exit status 7 when `end` is released. It fails if
//! these two are not there.

use std::fs::{read, write};
use std::io;
use std::process::ExitCode;

use fixture::Told;

#[daemon::main(mode = foreground, umask = 0o077, configure = Told::read)]
fn main(ready: daemon::Ready, told: Told) -> io::Result<ExitCode> {
    println!("on standard output");
    ready.status("warming up");
    read(told.file("go"))?;
    ready.notify_with("at your service");
    write(told.file("ready"), "")?;
    read(told.file("end"))?;
    Ok(ExitCode::from(7))
}
