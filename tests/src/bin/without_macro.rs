//! `Config::run` instead of the macro. The arguments: the pidfile, and `close` if it shall close
//! what is open.
#![expect(unsafe_code, reason = "the setter under test makes the caller promise something")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut config = daemon::Config::new("without_macro");
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
    if std::env::args().nth(2).as_deref() == Some("close") {
        // SAFETY: nothing has been opened yet.
        unsafe { config.close_open_descriptors() }.expect("/proc");
    }
    config.run(|ready| {
        ready.notify();
        loop {
            std::thread::park();
        }
    })
}
