//! A library that has a daemon to offer: its function gets the `Config`, and starts itself.
//!
//! ```console
//! $ cargo run --example library -- tea
//! library: "tea" is served on 127.0.0.1:7786
//! $ nc 127.0.0.1 7786
//! tea
//! ```
//!
//! Another address can be given: `library tea 127.0.0.1:0`. To stop it:
//! `pkill -F ~/.local/state/library.pid -L`, or /run/library.pid as root.
//!
//! Whoever writes `main` decides where the pidfile is, who the daemon's user is, and whether it goes
//! to the background at all; the library knows what to do and when it is ready.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(word) = arguments.next() else {
        eprintln!("usage: library WORD [ADDRESS]");
        return ExitCode::from(2);
    };
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:7786".to_owned());

    // Before anything that starts a thread: the launch forks.
    let mut config = daemon::Config::new("library");
    config.pidfile(daemon::Pidfile::Usual);
    server::serve(&mut config, &address, &word)
}

/// This would be the library, a crate of its own.
mod server {
    use std::net::TcpListener;
    use std::process::ExitCode;
    use std::{io, io::Write};

    /// Starts a daemon as `config` says, which sends `word` to everybody who connects to `address`.
    ///
    /// The command that waits for it exits in here. What returns is the daemon at its end, or a
    /// start that was refused: return the value from `main`.
    pub(crate) fn serve(config: &mut daemon::Config, address: &str, word: &str) -> ExitCode {
        config.run(|ready| serve_here(address, word, ready))
    }

    /// The same in this very process, for those who are a daemon already, and for tests, which have
    /// `daemon::Ready::detached()`.
    pub(crate) fn serve_here(address: &str, word: &str, ready: daemon::Ready) -> io::Result<()> {
        let listener = TcpListener::bind(address)?;
        ready.notify_with(format_args!("{word:?} is served on {}", listener.local_addr()?));
        for stream in listener.incoming() {
            // One that hangs up is no reason to stop.
            let _ = stream.and_then(|mut stream| writeln!(stream, "{word}"));
        }
        Ok(())
    }
}
