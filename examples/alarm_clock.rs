//! An alarm clock: says at the prompt when it will ring, and rings from the background.
//!
//! ```console
//! $ cargo run --example alarm_clock 3s "tea is ready"
//! alarm_clock: rings at 17:26:58 (in 3s): tea is ready
//! $ tail -f ~/.local/state/alarm_clock.log
//! 2026-05-04 17:26:58 tea is ready
//! $ cargo run --example alarm_clock list
//!             0     3     6     9     12    15    18    21
//! Mon 04 May  ··································◆·············
//!             17:26:58  tea is ready
//! ```
//!
//! Where there is `notify-send`, a notification appears on the desktop too. As root the log is
//! /var/log/alarm_clock.log. Any number of alarm clocks can run at once. Each ends by itself when
//! it has rung; to end them all sooner: `pkill -x alarm_clock`. After `pkill -HUP -x alarm_clock`
//! one that was started with `--file` has the alarms that are in the file by then. If there is a
//! mistake in it, the log says in which line, and the old alarms stay.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, error, fs, thread, time::Duration};

use jiff::{SignedDuration, Timestamp, Unit, Zoned, civil::Date, civil::Time, tz::TimeZone};

const USAGE: &str = "\
usage: alarm_clock TIME TEXT      for example: alarm_clock 3s tea is ready
       alarm_clock --file ALARMS  a file of such lines, and of comments after #
       alarm_clock list           shows what is set
TIME is how long from now (3s, 20m, 1h30m) or a time of the day (17:30, 17:30:15)";

struct Alarm {
    time: Zoned,
    text: String,
}

/// What is set, and the file that it comes from.
struct Alarms {
    alarms: Vec<Alarm>,
    file: Option<PathBuf>,
}

#[daemon::main(stderr, stop_timeout = 5, configure = arguments)]
fn main(ready: daemon::Ready, set: Alarms) -> Result<(), Box<dyn error::Error>> {
    let Alarms { mut alarms, file } = set;
    let mut events = daemon::events()?;
    let note = Note::of_this_process();
    note.write(&alarms);
    ready.notify_with(announcement(&alarms)?);
    thread::scope(|scope| {
        while let Some(next) = alarms.first() {
            let left = next.time.timestamp().duration_since(Timestamp::now());
            if !left.is_positive() {
                let Alarm { time, text } = alarms.remove(0);
                log(&time, &text);
                scope.spawn(move || show(&text));
                note.write(&alarms);
                continue;
            }
            // In short naps, because one long sleep leaves out the time that a laptop is
            // suspended, and notices nothing when the clock is set.
            match events.wait_timeout(left.unsigned_abs().min(Duration::from_secs(1))) {
                Ok(Some(daemon::Event::Reload(reload))) => match alarms_of(file.as_deref()) {
                    Ok(new) => {
                        alarms = new;
                        note.write(&alarms);
                        reload.done(format_args!("{} alarms", alarms.len()));
                    }
                    Err(error) => {
                        log(&Zoned::now(), &format!("the old alarms stay: {error}"));
                        reload.refused(error);
                    }
                },
                Ok(Some(_)) | Err(daemon::Timeout) => {}
                // To stop.
                Ok(None) => return,
            }
        }
    });
    Ok(())
}

/// A log on a full disk is no reason to miss the next alarm.
fn log(time: &Zoned, text: &str) {
    let _ = writeln!(io::stderr(), "{} {text}", time.strftime("%F %T"));
}

/// Reads the command line. This runs before anything goes to the background: relative paths are
/// still right, and what is wrong is said at the prompt.
fn arguments(_: &mut daemon::Config) -> Result<Alarms, String> {
    let words: Vec<_> = env::args_os().skip(1).map(|it| it.to_string_lossy().into()).collect();
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--help" | "-h"] => {
            println!("{USAGE}");
            process::exit(0)
        }
        ["list"] => {
            print!("{}", picture(&set_by_all()));
            process::exit(0)
        }
        ["--file", path] => {
            let alarms = alarms_in(path, &Zoned::now())?;
            let file = std::path::absolute(path).map_err(|error| format!("{path}: {error}"))?;
            Ok(Alarms { alarms, file: Some(file) })
        }
        [] | ["--file", ..] => Err(format!("what shall ring, and when?\n{USAGE}")),
        words => {
            let alarm = Alarm::parse(words.join(" ").trim(), &Zoned::now())?;
            Ok(Alarms { alarms: vec![alarm], file: None })
        }
    }
}

fn alarms_of(file: Option<&Path>) -> Result<Vec<Alarm>, String> {
    match file {
        Some(file) => alarms_in(&file.to_string_lossy(), &Zoned::now()),
        None => Err("there is no file of alarms to read anew".to_owned()),
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
    alarms.sort_by(|one, other| one.time.cmp(&other.time));
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

/// Shows it on the desktop. Where there is none, the log has to do.
fn show(text: &str) {
    let _ = Command::new("notify-send").args(["--", "Alarm", text]).status();
}

/// A file in which a running alarm clock has noted what is set, for `list`.
struct Note(PathBuf);

impl Note {
    fn of_this_process() -> Self {
        Note(place_of_notes().join(format!("alarm_clock.{}.alarms", process::id())))
    }

    /// Without it the alarms ring all the same.
    fn write(&self, alarms: &[Alarm]) {
        let line = |it: &Alarm| format!("{} {}\n", it.time.timestamp().as_second(), it.text);
        let _ = fs::create_dir_all(place_of_notes());
        let _ = fs::write(&self.0, alarms.iter().map(line).collect::<String>());
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn place_of_notes() -> PathBuf {
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".local/state");
    env::var_os("XDG_STATE_HOME").map_or_else(home, PathBuf::from)
}

/// What the alarm clocks that still run have noted. One that was killed has left its note.
fn set_by_all() -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for entry in fs::read_dir(place_of_notes()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name.strip_prefix("alarm_clock.").and_then(|it| it.strip_suffix(".alarms"));
        let Some(pid) = pid else { continue };
        let program = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if program.trim_end() == "alarm_clock" {
            let note = fs::read_to_string(entry.path()).unwrap_or_default();
            alarms.extend(note.lines().filter_map(noted));
        }
    }
    alarms.sort_by(|one, other| one.time.cmp(&other.time));
    alarms
}

fn noted(line: &str) -> Option<Alarm> {
    let (seconds, text) = line.split_once(' ')?;
    let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some(Alarm { time: time.to_zoned(TimeZone::system()), text: text.to_owned() })
}

/// Each day as a bar of its 24 hours, two characters an hour, and below it what rings.
fn picture(alarms: &[Alarm]) -> String {
    let mut days: BTreeMap<Date, Vec<&Alarm>> = BTreeMap::new();
    for alarm in alarms {
        days.entry(alarm.time.date()).or_default().push(alarm);
    }
    if days.is_empty() {
        return "no alarm is set\n".to_owned();
    }
    let mut picture = format!("{:12}0     3     6     9     12    15    18    21\n", "");
    for (day, alarms) in days {
        let mut bar = ['·'; 48];
        for Alarm { time, .. } in &alarms {
            bar[usize::from(time.hour() as u8 * 2 + time.minute() as u8 / 30)] = '◆';
        }
        let bar: String = bar.iter().collect();
        picture += &format!("{:12}{bar}\n", day.strftime("%a %d %b").to_string());
        for Alarm { time, text } in alarms {
            picture += &format!("{:12}{}  {text}\n", "", time.strftime("%T"));
        }
    }
    picture
}
