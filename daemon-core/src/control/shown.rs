//! What is found out about a daemon, as people and as programs read it.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::control::find::listed;
use crate::control::json::Json;
use crate::control::known::{Found, Known};
use crate::files::state::Phase;
use crate::text::on_one_line;

/// The version of the JSON document. It changes when a member is taken away or means something else,
/// and not when there is another one.
const SCHEMA: u64 = 1;

/// For people: `key: value`, one a line.
pub(super) fn text(name: &str, found: &Found) -> String {
    let mut lines = Vec::new();
    let mut line = |key: &str, value: &str| lines.push(format!("{key}: {}\n", on_one_line(value)));
    let known = match found {
        Found::Running(known) => {
            line(name, "running");
            Some(known)
        }
        Found::Died(known) => {
            line(
                name,
                "not running: a signal ended it, or it died otherwise; this is what it said last",
            );
            Some(known)
        }
        Found::Ended(known) => {
            line(name, "not running: it has ended; this is what it said last");
            Some(known)
        }
        Found::NotRunning { places } => {
            line(name, &format!("not running (looked at {})", listed(places)));
            None
        }
        Found::Unknown { why, said } => {
            line(name, &format!("unknown: {why}"));
            if said.is_some() {
                line("note", "the rest is what a daemon has written");
            }
            said.as_ref()
        }
    };
    if let Some(known) = known {
        facts(known).into_iter().for_each(|(key, value)| line(key, &value));
    }
    lines.concat()
}

fn facts(known: &Known) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let mut fact = |key, value: Option<String>| {
        facts.extend(value.filter(|value| !value.is_empty()).map(|value| (key, value)));
    };
    fact("pid", known.pid.map(|pid| pid.to_string()));
    fact("since", known.since.map(|since| format!("{}{}", date(since), ago(since))));
    fact("version", known.version.clone());
    fact(
        "mode",
        known.mode.as_ref().map(|mode| match &known.why {
            Some(why) => format!("{mode}: {why}"),
            None => mode.clone(),
        }),
    );
    fact("phase", known.phase.map(|phase| phase.name().to_owned()));
    fact("status", known.status.clone());
    fact("message", known.message.clone());
    fact("holds", (known.holds > 0).then(|| holds(known)));
    fact(
        "reload",
        known.last_reload.as_ref().map(|(is_done, text, at)| {
            let result = if *is_done { "done" } else { "refused" };
            let text = if text.is_empty() { String::new() } else { format!(": {text}") };
            format!("{result}{text} ({})", date(*at))
        }),
    );
    fact("sockets", Some(known.sockets.join(", ")));
    fact("log", known.log.as_deref().map(lossy));
    let replaced = "replaced since the start: a restart would run another one";
    fact("binary", (known.is_replaced == Some(true)).then(|| replaced.to_owned()));
    fact("pidfile", Some(lossy(&known.pidfile)));
    fact("note", known.is_silent.as_ref().map(|why| format!("it says nothing of itself: {why}")));
    facts
}

/// `3 (2 connection, the night's report)`.
pub(super) fn holds(known: &Known) -> String {
    let name = |(name, count): &(String, u64)| match count {
        1 => name.clone(),
        count => format!("{count} {name}"),
    };
    let named: u64 = known.named_holds.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count));
    let more = if named < known.holds { ", …" } else { "" };
    let names: Vec<_> = known.named_holds.iter().map(name).collect();
    format!("{} ({}{more})", known.holds, names.join(", "))
}

/// For programs; `docs/status.md` says what each member means.
pub(super) fn json(name: &str, found: &Found) -> Json {
    let nothing = Known::default();
    let (result, is_running, why, known) = match found {
        Found::Running(known) => ("running", Some(true), None, known),
        Found::Died(known) => ("died", Some(false), None, known),
        Found::Ended(known) => ("ended", Some(false), None, known),
        Found::NotRunning { .. } => ("not running", Some(false), None, &nothing),
        Found::Unknown { why, said } => {
            ("unknown", None, Some(why.as_str()), said.as_ref().unwrap_or(&nothing))
        }
    };
    let has_said = known.phase.is_some();
    let is_ready = is_running.map(|is_running| is_running && known.is_ready());
    let text = |text: &Option<String>| Json::from(text.as_deref());
    let named = known.named_holds.iter().map(|(name, count)| {
        Json::Object(vec![("name", name.as_str().into()), ("count", (*count).into())])
    });
    let last = known.last_reload.as_ref().map(|(is_done, text, at)| {
        Json::Object(vec![
            ("result", if *is_done { "done" } else { "refused" }.into()),
            ("text", text.as_str().into()),
            ("at", seconds(*at).into()),
        ])
    });
    Json::Object(vec![
        ("schema", SCHEMA.into()),
        ("name", name.into()),
        ("result", result.into()),
        ("running", is_running.into()),
        ("ready", is_ready.into()),
        ("why_unknown", why.into()),
        ("pid", known.pid.map(u64::from).into()),
        ("pidfile", path(Some(&known.pidfile).filter(|it| !it.as_os_str().is_empty()))),
        ("since", known.since.map(seconds).into()),
        ("version", text(&known.version)),
        ("library", text(&known.library)),
        ("mode", text(&known.mode)),
        ("supervisor", text(&known.supervisor)),
        ("why_mode", text(&known.why)),
        ("phase", known.phase.map(Phase::name).into()),
        ("status", text(&known.status)),
        ("message", text(&known.message)),
        ("holds", has_said.then_some(known.holds).into()),
        ("named_holds", Json::List(named.collect())),
        ("reloads", has_said.then_some(known.reloads).into()),
        ("last_reload", last.unwrap_or(Json::Null)),
        ("sockets", Json::List(known.sockets.iter().map(|it| it.as_str().into()).collect())),
        ("log", path(known.log.as_ref())),
        ("binary_replaced", known.is_replaced.into()),
        ("why_silent", text(&known.is_silent)),
    ])
}

fn path(path: Option<&std::path::PathBuf>) -> Json {
    path.map(|path| lossy(path)).into()
}

fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// `2026-07-26 12:00:00 UTC`.
fn date(time: SystemTime) -> String {
    const DAY: u64 = 24 * 60 * 60;
    let seconds = seconds(time);
    let (year, month, day) = civil(seconds / DAY);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// The year, month and day of the day that is so many after the first of 1970. The days are counted
/// from the first of March of the year 0, so that leap days come last; the Gregorian calendar repeats
/// itself after 146,097 days.
fn civil(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / ERA, days % ERA);
    let leaps = day_of_era / 1460 + day_of_era / (ERA - 1);
    let year_of_era = (day_of_era - leaps + day_of_era / 36_524) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// ` (3 h 5 min ago)`; nothing if it is in the future, by a clock that was set back.
fn ago(since: SystemTime) -> String {
    let age = SystemTime::now().duration_since(since);
    age.map_or_else(|_| String::new(), |age| format!(" ({} ago)", rounded(age)))
}

fn rounded(age: Duration) -> String {
    let seconds = age.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min"),
        3600..86400 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (951_868_800, "2000-03-01 00:00:00 UTC"),
            (1_785_067_200, "2026-07-26 12:00:00 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(date(UNIX_EPOCH + Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn an_age_is_rounded() {
        for (seconds, expected) in
            [(5, "5 s"), (125, "2 min"), (11_100, "3 h 5 min"), (270_000, "3 d 3 h")]
        {
            assert_eq!(rounded(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn whatever_a_daemon_says_is_one_line_each() {
        let known = Known {
            pid: Some(42),
            status: Some("two\nlines\u{1b}[2J".into()),
            holds: 5,
            named_holds: vec![("a".into(), 2), ("b\n".into(), 1)],
            ..Known::default()
        };
        let expected = "clockd: running\npid: 42\nstatus: two lines\\u{1b}[2J\n\
                        holds: 5 (2 a, b , …)\n";
        assert_eq!(text("clockd", &Found::Running(known)), expected);
    }
}
