//! Writes down what is open when `privileged` begins and when the body does, a line each: where,
//! the number, and what it is. The arguments: the pidfile and the list.

use std::env::args;
use std::fs::{File, read_dir, read_link};
use std::io::{self, Write};

#[daemon::main(configure = list, privileged = in_privileged)]
fn main(ready: daemon::Ready, mut list: File) -> io::Result<()> {
    write_open_descriptors(&mut list, "body")?;
    ready.notify();
    loop {
        std::thread::park();
    }
}

fn list(config: &mut daemon::Config) -> io::Result<File> {
    config.pidfile(args().nth(1).expect("a pidfile"));
    File::create(args().nth(2).expect("a list"))
}

fn in_privileged(mut list: File) -> io::Result<File> {
    write_open_descriptors(&mut list, "privileged")?;
    Ok(list)
}

fn write_open_descriptors(list: &mut File, place: &str) -> io::Result<()> {
    for entry in read_dir("/proc/self/fd")? {
        let entry = entry?;
        let (number, target) = (entry.file_name(), read_link(entry.path())?);
        writeln!(list, "{place} {} {}", number.to_string_lossy(), target.display())?;
    }
    Ok(())
}
