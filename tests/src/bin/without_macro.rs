//! `Config::run` instead of the macro.

use std::process::ExitCode;

use fixture::{Told, live_on};

fn main() -> ExitCode {
    let mut config = daemon::Config::new("without_macro");
    Told::read(&mut config);
    config.run(|ready| {
        ready.notify();
        live_on()
    })
}
