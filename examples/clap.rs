//! Options from a command line: whoever starts it has the last word on how it runs.
//!
//! ```console
//! $ cargo run --example clap -- --port 7779 --greeting "good morning"
//! clap: greeting on 127.0.0.1:7779
//! $ nc 127.0.0.1 7779
//! good morning
//! ```
//!
//! `--help` tells the rest. To stop it: `pkill -F ~/.local/state/clap.pid -L`, /run/clap.pid as
//! root, or whatever `--pidfile` said; with `--foreground`, ^C.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::{io, io::Write, thread, time::Duration};

use clap::Parser;

/// Greets everybody who connects.
#[derive(Parser)]
struct Args {
    /// The port to listen on; 0 for a free one
    #[arg(long, default_value_t = 7779)]
    port: u16,
    /// What to say
    #[arg(long, value_name = "TEXT", default_value = "hello")]
    greeting: String,
    /// Where the number of the process goes
    #[arg(long, value_name = "FILE")]
    pidfile: Option<PathBuf>,
    /// Where errors go
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Stay at the terminal
    #[arg(long)]
    foreground: bool,
}

/// What the functions return is handed on: from `args` to `open`, and from `open` to `main`.
#[daemon::main(pidfile, configure = args, privileged = open)]
fn main(ready: daemon::Ready, (args, listener): (Args, TcpListener)) -> io::Result<()> {
    ready.notify_with(format_args!("greeting on {}", listener.local_addr()?));
    for stream in listener.incoming() {
        let greeted = stream.and_then(|mut stream| writeln!(stream, "{}", args.greeting));
        if let Err(error) = greeted {
            eprintln!("cannot greet: {error}");
            // It may be the system that has no more files, and needs a moment.
            thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(())
}

/// Runs first, at the terminal: `--help` and mistakes are answered there.
fn args(config: &mut daemon::Config) -> Args {
    let args = Args::parse();
    // What is not given stays as the attribute says.
    config.pidfile(args.pidfile.as_ref()).stderr(args.log.as_ref());
    config.mode(args.foreground.then_some(daemon::Mode::Foreground));
    args
}

/// Runs in the daemon, before `main`: the place for what needs the rights of whoever starts it,
/// here a port below 1024.
fn open(args: Args) -> Result<(Args, TcpListener), String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    match TcpListener::bind(address) {
        Ok(listener) => Ok((args, listener)),
        Err(error) => Err(format!("cannot listen on {address}: {error}")),
    }
}
