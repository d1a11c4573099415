//! An alarm clock: says at the prompt when it will ring, and rings from the background.
//!
//! ```console
//! $ cargo run --example alarm_clock 3s "tea is ready"
//! alarm_clock: rings at 17:26:58 (in 3s): tea is ready
//! $ tail -f ~/.local/state/alarm_clock.log
//! 2026-05-04 17:26:58 tea is ready
//! ```
//!
//! Where there is `notify-send`, a notification appears on the desktop too. As root the log is
//! /var/log/alarm_clock.log. Any number of alarm clocks can run at once. Each ends by itself when
//! it has rung; to end them all sooner: `pkill -x alarm_clock`.

use std::io::{self, Write};
use std::process::{self, Command};
use std::{env, fs, thread, time::Duration};

use jiff::{SignedDuration, Timestamp, Unit, Zoned, civil::Time};

const USAGE: &str = "\
usage: alarm_clock TIME TEXT      for example: alarm_clock 3s tea is ready
       alarm_clock --file ALARMS  a file of such lines, and of comments after #
TIME is how long from now (3s, 20m, 1h30m) or a time of the day (17:30, 17:30:15)";

struct Alarm {
    time: Zoned,
    text: String,
}

#[daemon::main(stderr, configure = alarms)]
fn main(ready: daemon::Ready, mut alarms: Vec<Alarm>) -> Result<(), jiff::Error> {
    alarms.sort_by(|one, other| one.time.cmp(&other.time));
    ready.notify_with(announcement(&alarms)?);
    thread::scope(|scope| {
        for alarm in &alarms {
            sleep_until(&alarm.time);
            scope.spawn(|| show(&alarm.text));
            // A log on a full disk is no reason to miss the next alarm.
            let _ = writeln!(io::stderr(), "{} {}", alarm.time.strftime("%F %T"), alarm.text);
        }
    });
    Ok(())
}

/// Reads the command line. This runs before anything goes to the background: relative paths are
/// still right, and what is wrong is said at the prompt.
fn alarms(_: &mut daemon::Config) -> Result<Vec<Alarm>, String> {
    let now = Zoned::now();
    let words: Vec<_> = env::args_os().skip(1).map(|it| it.to_string_lossy().into()).collect();
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--help" | "-h"] => {
            println!("{USAGE}");
            process::exit(0)
        }
        ["--file", path] => alarms_in(path, &now),
        [] | ["--file", ..] => Err(format!("what shall ring, and when?\n{USAGE}")),
        words => Ok(vec![Alarm::parse(words.join(" ").trim(), &now)?]),
    }
}

fn alarms_in(path: &str, now: &Zoned) -> Result<Vec<Alarm>, String> {
    let file = fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let mut alarms = Vec::new();
    for (line, number) in file.lines().zip(1..) {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            let alarm = Alarm::parse(line, now);
            alarms.push(alarm.map_err(|error| format!("{path}, line {number}: {error}"))?);
        }
    }
    if alarms.is_empty() { Err(format!("there is no alarm in {path}")) } else { Ok(alarms) }
}

impl Alarm {
    /// Parses a time and a text: `3s tea is ready`.
    fn parse(line: &str, now: &Zoned) -> Result<Self, String> {
        let (time, text) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let time = if time.contains(':') {
            time_of_day(time, now).ok_or_else(|| format!("{time:?} is no time of the day"))?
        } else {
            time_from_now(time, now)?
        };
        match text.trim() {
            "" => Err(format!("there is nothing to say at {}", time.strftime("%T"))),
            text => Ok(Alarm { time, text: text.to_owned() }),
        }
    }
}

/// Today, or tomorrow if that has passed.
fn time_of_day(text: &str, now: &Zoned) -> Option<Zoned> {
    let time: Time = text.parse().ok()?;
    let today = now.with().time(time).build().ok()?;
    if today > *now { Some(today) } else { now.tomorrow().ok()?.with().time(time).build().ok() }
}

fn time_from_now(text: &str, now: &Zoned) -> Result<Zoned, String> {
    let left: SignedDuration =
        text.parse().map_err(|_| format!("{text:?} is no time: write 3s, 20m, 1h30m, or 17:30"))?;
    if left.is_negative() {
        return Err(format!("{text:?} is in the past"));
    }
    now.checked_add(left).map_err(|_| format!("{text:?} is too far away"))
}

fn announcement(alarms: &[Alarm]) -> Result<String, jiff::Error> {
    let now = Zoned::now();
    let when = |alarm: &Alarm| {
        let left = alarm.time.duration_since(&now).round(Unit::Second)?;
        Ok::<_, jiff::Error>(format!("{} (in {left:#})", alarm.time.strftime("%T")))
    };
    Ok(match alarms {
        [alarm] => format!("rings at {}: {}", when(alarm)?, alarm.text),
        [first, .., last] => format!(
            "rings {} times, first at {}, last at {}",
            alarms.len(),
            when(first)?,
            when(last)?
        ),
        [] => "never rings".to_owned(),
    })
}

/// Sleeps until the clock on the wall shows this time. In short naps, because one long sleep
/// leaves out the time that a laptop is suspended, and notices nothing when the clock is set.
fn sleep_until(time: &Zoned) {
    loop {
        let left = time.timestamp().duration_since(Timestamp::now());
        if !left.is_positive() {
            return;
        }
        thread::sleep(left.unsigned_abs().min(Duration::from_secs(1)));
    }
}

/// Shows it on the desktop. Where there is none, the log has to do.
fn show(text: &str) {
    let _ = Command::new("notify-send").args(["--", "Alarm", text]).status();
}
