//! One log for `tracing`, for `log` and for `eprintln!`, in the form that its readers want.
//!
//! ```console
//! $ cargo run --example logging
//! $ tail -f ~/.local/state/logging.log
//! 2026-05-04T15:26:58.000000Z  INFO logging: tracing number=1
//! 2026-05-04T15:26:58.000000Z  WARN logging: log 1
//! eprintln 1
//! $ DAEMON_MODE=foreground cargo run --example logging
//! ```
//!
//! [`daemon::output`] says who reads it. At a terminal the lines have colours; in systemd's journal
//! they have a priority, and no time, because the journal has its own. In a file they have a time. As
//! root that file is /var/log/logging.log, and `deploy/logrotate/logging` has logrotate(8) turn it:
//! after SIGHUP the daemon goes on in a new file, and no line is lost or torn. The pause between the
//! lines can be given, in milliseconds: `logging 10`. To stop it:
//! `pkill -F ~/.local/state/logging.pid -L`, or /run/logging.pid as root.

use std::{env, fmt, io, time::Duration};

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

#[daemon::main(pidfile, stderr, configure = pause)]
fn main(pause: Duration) {
    begin_log();
    let stop = daemon::stop();
    for number in 1.. {
        tracing::info!(number, "tracing");
        log::warn!("log {number}");
        // Where the disk may be full, write `let _ = writeln!(…)`: this one panics then.
        eprintln!("eprintln {number}");
        if stop.wait_timeout(pause) {
            break;
        }
    }
    tracing::info!("ends: {}", stop.reason().map_or_else(String::new, |why| why.to_string()));
}

/// Takes what comes from `tracing` and `log`.
fn begin_log() {
    let log = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        // Of a write that fails, on a full disk for example, it would tell with `eprintln!`.
        .log_internal_errors(false);
    match daemon::output() {
        daemon::Sink::Terminal => log.with_ansi(true).without_time().init(),
        daemon::Sink::Journal => log.event_format(WithPriority::new()).init(),
        _ => log.with_ansi(false).init(),
    }
}

/// A line that begins with its priority, such as `<3>`; see sd-daemon(3).
struct WithPriority(Format<tracing_subscriber::fmt::format::Full, ()>);

impl WithPriority {
    fn new() -> Self {
        let line = tracing_subscriber::fmt::format();
        WithPriority(line.with_ansi(false).with_level(false).without_time())
    }
}

impl<S, N> FormatEvent<S, N> for WithPriority
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        write!(writer, "<{priority}>")?;
        self.0.format_event(context, writer, event)
    }
}

/// Reads the command line, before anything is started.
fn pause(_: &mut daemon::Config) -> Result<Duration, String> {
    match env::args().nth(1) {
        None => Ok(Duration::from_secs(1)),
        Some(text) => match text.parse() {
            Ok(milliseconds) => Ok(Duration::from_millis(milliseconds)),
            Err(_) => Err(format!("{text:?} is not a number of milliseconds")),
        },
    }
}
