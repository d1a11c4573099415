//! A program without the macro that calls `Config::run` while another thread runs.

use std::{env, process::ExitCode, sync::mpsc, thread};

fn main() -> ExitCode {
    let (started, has_started) = mpsc::channel();
    let live = move || {
        started.send(()).expect("somebody waits");
        thread::park();
    };
    thread::Builder::new().name("early-bird".into()).spawn(live).expect("a thread");
    // It has its name, which it gives to itself.
    has_started.recv().expect("a started thread");
    let pidfile = env::current_dir().expect("a working directory").join("daemon.pid");
    daemon::Config::new("echod").pidfile(pidfile).run(|ready| ready.notify())
}
