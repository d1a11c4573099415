//! A daemon without `Ready`, whose body waits for a file `go` before it does anything.

use std::{env, fs, path::PathBuf, thread, time::Duration};

#[daemon::main(configure = here)]
fn main(here: PathBuf) {
    while !here.join("go").exists() {
        thread::sleep(Duration::from_millis(5));
    }
    fs::write(here.join("body-ran"), "").expect("a file");
}

fn here(config: &mut daemon::Config) -> PathBuf {
    let here = env::current_dir().expect("a working directory");
    config.pidfile(here.join("daemon.pid"));
    here
}
