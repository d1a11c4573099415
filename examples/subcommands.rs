//! Verbs on a command line: `serve` is the daemon, the others are ordinary programs.
//!
//! ```console
//! $ echo 'listen = 127.0.0.1:7783' > greeter.conf
//! $ cargo run --example subcommands -- check-config greeter.conf
//! greeter.conf: listens on 127.0.0.1:7783, says "hello"
//! $ cargo run --example subcommands -- serve --config greeter.conf
//! subcommands: greeting on 127.0.0.1:7783
//! $ nc 127.0.0.1 7783
//! hello
//! ```
//!
//! `version`, and `serve --help`, tell the rest. To stop it:
//! `pkill -F ~/.local/state/subcommands.pid -L`, /run/subcommands.pid as root, or whatever
//! `--pidfile` said; with `--foreground`, ^C.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::{fmt, fs, io, io::Write, thread, time::Duration};

use clap::{Args, Parser, Subcommand};

/// Greets everybody who connects.
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Start the daemon
    Serve(Serve),
    /// Say what a file of settings means, or what is wrong with it
    CheckConfig { file: PathBuf },
    /// Say which version this is
    Version,
}

/// The options of the daemon. Paths are relative to where it is started.
#[derive(Args)]
struct Serve {
    /// The file of settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Stay at the terminal
    #[arg(long)]
    foreground: bool,
    /// Where the number of the process goes
    #[arg(long, value_name = "PATH")]
    pidfile: Option<PathBuf>,
    /// Who serves; only root can become somebody else
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Where errors go
    #[arg(long, value_name = "PATH")]
    log: Option<PathBuf>,
}

#[daemon::main(pidfile, configure = command_line)]
fn main(ready: daemon::Ready, (verb, settings): (Verb, Settings)) -> io::Result<()> {
    match verb {
        Verb::Serve(_) => return serve(&settings, ready),
        Verb::CheckConfig { file } => println!("{}: {settings}", file.display()),
        Verb::Version => println!("subcommands {}", env!("CARGO_PKG_VERSION")),
    }
    Ok(())
}

/// Runs first, where the program was started: `--help` and mistakes are answered there, and a path
/// means what it means to whoever typed it.
fn command_line(config: &mut daemon::Config) -> Result<(Verb, Settings), String> {
    let CommandLine { verb } = CommandLine::parse();
    let file = match &verb {
        Verb::Serve(options) => options.config.as_deref(),
        Verb::CheckConfig { file } => Some(file.as_path()),
        Verb::Version => None,
    };
    let settings = file.map_or_else(|| Ok(Settings::default()), read)?;
    match &verb {
        Verb::Serve(options) => options.apply(config),
        // No fork, no pidfile, no umask: `main` runs as if it had no attribute.
        Verb::CheckConfig { .. } | Verb::Version => _ = config.mode(daemon::Mode::Off),
    }
    Ok((verb, settings))
}

impl Serve {
    /// What is not given stays as the attribute says.
    fn apply(&self, config: &mut daemon::Config) {
        config.mode(self.foreground.then_some(daemon::Mode::Foreground));
        config.pidfile(self.pidfile.as_ref()).user(self.user.as_ref()).stderr(self.log.as_ref());
    }
}

fn serve(settings: &Settings, ready: daemon::Ready) -> io::Result<()> {
    let listener = TcpListener::bind(settings.listen)?;
    ready.notify_with(format_args!("greeting on {}", listener.local_addr()?));
    for stream in listener.incoming() {
        let greeted = stream.and_then(|mut stream| writeln!(stream, "{}", settings.greeting));
        if let Err(error) = greeted {
            eprintln!("cannot greet: {error}");
            // It may be the system that has no more files, and needs a moment.
            thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(())
}

struct Settings {
    listen: SocketAddr,
    greeting: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { listen: (Ipv4Addr::LOCALHOST, 7783).into(), greeting: "hello".to_owned() }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "listens on {}, says {:?}", self.listen, self.greeting)
    }
}

/// Reads lines of the form `key = value`.
fn read(file: &Path) -> Result<Settings, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let mut settings = Settings::default();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |what| format!("{}, line {number}: {what}", file.display());
        match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("listen", address)) => {
                let address = address.parse();
                settings.listen = address.map_err(|error| wrong(format!("listen: {error}")))?;
            }
            Some(("greeting", text)) => settings.greeting = text.to_owned(),
            _ => return Err(wrong("neither `listen = ` nor `greeting = `".to_owned())),
        }
    }
    Ok(settings)
}
