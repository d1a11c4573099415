//! Fails before it is ready, with the exit status of the second argument, or else with an error
//! of `main`. Its pidfile is the first argument.

use std::process::ExitCode;

#[daemon::main(configure = pidfile)]
fn main(_ready: daemon::Ready) -> Result<ExitCode, &'static str> {
    match std::env::args().nth(2) {
        Some(status) => {
            eprintln!("no such backend");
            Ok(ExitCode::from(status.parse::<u8>().expect("an exit status")))
        }
        None => Err("no such backend"),
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
