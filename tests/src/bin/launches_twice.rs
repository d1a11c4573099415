//! Without the macro: launches itself in the foreground, and then once more.

use std::process::ExitCode;

use daemon::{Config, Mode};

fn main() -> ExitCode {
    let mut config = Config::new("launches_twice");
    config.mode(Mode::Foreground).run(|ready| ready.notify());
    config.mode(Mode::Background).run(|ready| ready.notify())
}
