//! A clock with verbs: it tells the time to whoever connects, and is its own init script.
//!
//! ```console
//! $ echo 'zone = Europe/Berlin' > clock.conf
//! $ cargo run --example clockd -- --config clock.conf
//! clockd: tells the time in Europe/Berlin on 127.0.0.1:7784
//! $ nc 127.0.0.1 7784
//! 17:26:58
//! 17:26:59
//! 17:27:00
//! $ cargo run --example clockd status
//! $ echo 'zone = Mars' > clock.conf
//! $ cargo run --example clockd reload
//! clockd: the reload was refused: /home/you/clock.conf, line 1: there is no time zone `Mars`
//! $ cargo run --example clockd stop
//! ```
//!
//! `start`, `restart`, `check` and `unit systemd` are there too, each with `--help`. Each client gets three
//! lines, one a second; `stop` waits until those who are connected have got theirs.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::{fs, thread, time::Duration};

use jiff::{Zoned, tz::TimeZone};

/// What the file of settings says, and where it is.
struct Settings {
    /// Changes at a reload.
    zone: RwLock<TimeZone>,
    listen: SocketAddr,
    file: Option<PathBuf>,
}

#[daemon::main(pidfile, stderr, stop_timeout = 30, control, configure = arguments)]
fn main(ready: daemon::Ready, settings: Settings) -> io::Result<()> {
    let settings = Arc::new(settings);
    let listener = TcpListener::bind(settings.listen)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", settings.listen)))?;
    let address = listener.local_addr()?;
    let stop = daemon::stop();
    let events = daemon::events()?;
    ready.notify_with(format_args!("tells the time in {} on {address}", settings.zone_name()));

    let (clock, holds) = (settings.clone(), stop.clone());
    thread::spawn(move || {
        for stream in listener.incoming() {
            match stream {
                Ok(stream) => serve(stream, &clock, &holds),
                // It may be the system that has no more files, and needs a moment.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    });
    for event in events {
        if let daemon::Event::Reload(reload) = event {
            match settings.read_anew() {
                Ok(()) => reload.done(format_args!("the time in {}", settings.zone_name())),
                Err(error) => reload.refused(error),
            }
        }
    }
    stop.wait_drained();
    Ok(())
}

/// Tells the time three times, in a thread. The stop waits for that.
fn serve(mut stream: TcpStream, settings: &Arc<Settings>, stop: &daemon::Stop) {
    let client = stream.peer_addr().map_or_else(|_| "?".to_owned(), |it| it.to_string());
    let hold = stop.hold(format_args!("client {client}"));
    let settings = settings.clone();
    thread::spawn(move || {
        let _hold = hold;
        for line in 0..3 {
            if line > 0 {
                thread::sleep(Duration::from_secs(1));
            }
            if writeln!(stream, "{}", settings.now().strftime("%T")).is_err() {
                return;
            }
        }
    });
}

/// Runs first, for each verb: without the verb, the command line is `--config FILE`, or nothing.
fn arguments(_: &mut daemon::Config) -> Result<Settings, String> {
    let words: Vec<OsString> = daemon::args_os().skip(1).collect();
    let file = match &words[..] {
        [] => None,
        [flag, file] if flag == "--config" => Some(PathBuf::from(file)),
        _ => return Err("the only option is --config FILE".to_owned()),
    };
    let said = file.as_deref().map_or_else(|| Ok(Said::default()), Said::read)?;
    // The daemon runs in another directory.
    let absolute = file.as_deref().map(std::path::absolute).transpose();
    let file = absolute.map_err(|error| format!("--config: {error}"))?;
    Ok(Settings { zone: RwLock::new(said.zone), listen: said.listen, file })
}

impl Settings {
    fn now(&self) -> Zoned {
        let zone = self.zone.read().unwrap_or_else(PoisonError::into_inner);
        Zoned::now().with_time_zone(zone.clone())
    }

    fn zone_name(&self) -> String {
        let now = self.now();
        now.time_zone().iana_name().unwrap_or("the local time zone").to_owned()
    }

    fn read_anew(&self) -> Result<(), String> {
        let Some(file) = &self.file else {
            return Err("it was started without --config".to_owned());
        };
        let Said { zone, .. } = Said::read(file)?;
        *self.zone.write().unwrap_or_else(PoisonError::into_inner) = zone;
        Ok(())
    }
}

/// A file of lines such as `zone = Europe/Berlin` and `listen = 127.0.0.1:7784`.
struct Said {
    zone: TimeZone,
    listen: SocketAddr,
}

impl Default for Said {
    fn default() -> Self {
        Self { zone: TimeZone::system(), listen: (Ipv4Addr::LOCALHOST, 7784).into() }
    }
}

impl Said {
    fn read(file: &Path) -> Result<Self, String> {
        let shown = file.display();
        let text =
            fs::read_to_string(file).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let mut said = Said::default();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |what: String| format!("{shown}, line {number}: {what}");
            match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
                Some(("zone", name)) => {
                    let no_zone = |_| wrong(format!("there is no time zone `{name}`"));
                    said.zone = TimeZone::get(name).map_err(no_zone)?;
                }
                Some(("listen", address)) => {
                    let no_address = |error| wrong(format!("listen: {error}"));
                    said.listen = address.parse().map_err(no_address)?;
                }
                _ => return Err(wrong("neither `zone = ` nor `listen = `".to_owned())),
            }
        }
        Ok(said)
    }
}
