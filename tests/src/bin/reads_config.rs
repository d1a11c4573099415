//! Reads the file of `--config` in `configure` or in its body, and says on standard output what it
//! says. The arguments: the pidfile, `configure` or `body`, `--config` and the file.

use std::env::args;
use std::fs::read_to_string;
use std::io;

#[daemon::main(configure = configure, stdout = inherit)]
fn main(ready: daemon::Ready, mut config: Option<String>) -> io::Result<()> {
    if config.is_none() {
        config = Some(read_config()?);
    }
    println!("{}", config.unwrap_or_default());
    ready.notify();
    Ok(())
}

fn configure(config: &mut daemon::Config) -> io::Result<Option<String>> {
    config.pidfile(args().nth(1).expect("a pidfile"));
    let in_configure = args().nth(2).as_deref() == Some("configure");
    in_configure.then(read_config).transpose()
}

fn read_config() -> io::Result<String> {
    assert_eq!(args().nth(3).as_deref(), Some("--config"));
    read_to_string(args().nth(4).expect("a file"))
}
