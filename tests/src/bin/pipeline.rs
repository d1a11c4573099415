//! A pipeline whose steps do what the first argument says, in the mode that the second one names.

use std::fmt;
use std::process::ExitCode;

use daemon::Mode;

#[daemon::main(configure = args, privileged = open)]
fn main(ready: daemon::Ready, (args, opened): (Args, &'static str)) -> ExitCode {
    ready.notify_with(format_args!("{opened} with {}", args.0));
    ExitCode::from(9)
}

struct Args(String);

/// An error with a cause, which the alternate form shows as `anyhow::Error` does.
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = if f.alternate() { ": as it was told to" } else { "" };
        write!(f, "{} refused{cause}", self.0)
    }
}

fn args(config: &mut daemon::Config) -> Result<Args, Refused> {
    let foreground = std::env::args().nth(2).is_some_and(|mode| mode == "foreground");
    config.mode(if foreground { Mode::Foreground } else { Mode::Background });
    match std::env::args().nth(1).unwrap_or_default().as_str() {
        "configure" => Err(Refused("configure")),
        "rename" => {
            config.name("renamed");
            Err(Refused("configure"))
        }
        other => Ok(Args(other.to_owned())),
    }
}

fn open(args: Args) -> Result<(Args, &'static str), Refused> {
    if args.0 == "privileged" { Err(Refused("privileged")) } else { Ok((args, "opened")) }
}
