//! A program without the macro that calls `Config::run` while another thread runs.

use std::{env, process::ExitCode, thread, time::Duration};

fn main() -> ExitCode {
    let sleep = || thread::sleep(Duration::from_secs(1000));
    thread::Builder::new().name("early-bird".into()).spawn(sleep).expect("a thread");
    let pidfile = env::current_dir().expect("a working directory").join("daemon.pid");
    daemon::Config::new("echod").pidfile(pidfile).run(|ready| ready.notify())
}
