//! A pipeline of functions, of which the one that its step names fails.

use std::fmt;
use std::process::ExitCode;

use fixture::Told;

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
    match Told::read(config).only_step() {
        ("configure", _) => Err(Refused("configure")),
        (other, _) => Ok(Args(other.to_owned())),
    }
}

fn open(args: Args) -> Result<(Args, &'static str), Refused> {
    if args.0 == "privileged" { Err(Refused("privileged")) } else { Ok((args, "opened")) }
}
