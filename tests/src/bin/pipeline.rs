//! A pipeline whose steps do what the arguments say.

use std::fmt;
use std::process::ExitCode;

#[daemon::main(mode = foreground, configure = args, privileged = open)]
fn main(ready: daemon::Ready, (args, opened): (Args, &'static str)) -> ExitCode {
    ready.notify();
    println!("{opened} with {}", args.0);
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
