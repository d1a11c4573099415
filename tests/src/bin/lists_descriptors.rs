//! Writes down what is open when `privileged` begins and when the body does, a line each: where,
//! the number, and what it is. Its step, `list:FILE`, is taken by `configure`.

use std::fs::{File, read_dir, read_link};
use std::io::{self, Write};

use fixture::{Told, live_on};

#[daemon::main(configure = list, privileged = in_privileged)]
fn main(ready: daemon::Ready, mut list: File) -> io::Result<()> {
    write_open_descriptors(&mut list, "body")?;
    ready.notify();
    live_on()
}

fn list(config: &mut daemon::Config) -> io::Result<File> {
    let told = Told::read(config);
    match told.only_step() {
        ("list", file) => File::create(told.file(file)),
        (verb, _) => panic!("no step {verb}"),
    }
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
