//! `Config::run` instead of the macro. With the step `close` it closes what is open.
#![expect(unsafe_code, reason = "the setter under test makes the caller promise something")]

use std::process::ExitCode;

use fixture::{Told, live_on};

fn main() -> ExitCode {
    let mut config = daemon::Config::new("without_macro");
    if Told::read(&mut config).steps().any(|step| step == ("close", "")) {
        // SAFETY: nothing has been opened yet.
        unsafe { config.close_open_descriptors() }.expect("/proc");
    }
    config.run(|ready| {
        ready.notify();
        live_on()
    })
}
