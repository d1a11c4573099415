//! Says on descriptor 3 that it is ready, when the FIFO `go` is released; before it waits there,
//! it makes the file `waits`. Its argument is the directory of these.

use std::fs::{read, write};
use std::io;
use std::path::PathBuf;

#[daemon::main(notification_fd = 3)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let directory = PathBuf::from(std::env::args_os().nth(1).expect("a directory"));
    write(directory.join("waits"), "")?;
    read(directory.join("go"))?;
    ready.notify();
    loop {
        std::thread::park();
    }
}
