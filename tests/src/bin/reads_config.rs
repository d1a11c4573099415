//! Reads a file, and says on standard output what it says. Its step says where it does so:
//! `configure:FILE`, or `body:FILE`.

use std::fs::read_to_string;
use std::io;
use std::path::PathBuf;

use fixture::Told;

#[daemon::main(configure = configure, stdout = inherit)]
fn main(ready: daemon::Ready, config: Config) -> io::Result<()> {
    let text = match config {
        Config::Read(text) => text,
        Config::ToBeRead(path) => read_to_string(path)?,
    };
    println!("{text}");
    ready.notify();
    Ok(())
}

enum Config {
    Read(String),
    ToBeRead(PathBuf),
}

fn configure(config: &mut daemon::Config) -> io::Result<Config> {
    let told = Told::read(config);
    match told.only_step() {
        ("configure", file) => read_to_string(told.file(file)).map(Config::Read),
        ("body", file) => Ok(Config::ToBeRead(told.file(file))),
        (verb, _) => panic!("no step {verb}"),
    }
}
