//! `alarm_clock` does what its first lines say: it rings in time, wherever it was started.

use std::{
    fs,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use daemon_tests::{Sandbox, Signal, Start};

use crate::{
    installed::{By, Installed},
    said::{between, expect_beginning},
};

daemon_tests::tests![
    by_a_plain_user_it_outlives_its_terminal_and_rings_in_time,
    by_root_it_outlives_its_terminal_and_rings_in_time,
    they_run_side_by_side,
    alarms_can_be_in_a_file,
    an_alarm_can_be_at_a_time_of_the_day,
    an_alarm_shows_on_the_desktop,
    a_desktop_that_hangs_delays_no_alarm,
    it_explains_itself,
    it_refuses_nonsense,
    it_refuses_a_file_of_nonsense,
    it_takes_new_alarms_and_refuses_a_bad_file,
    a_single_alarm_stays_at_a_reload,
    it_shows_what_is_set,
];

/// A time zone that no machine has by chance.
const TIME_ZONE: &str = "ODD-05:17";

fn by_a_plain_user_it_outlives_its_terminal_and_rings_in_time() {
    outlives_its_terminal_and_rings_in_time(By::PlainUser);
}

fn by_root_it_outlives_its_terminal_and_rings_in_time() {
    outlives_its_terminal_and_rings_in_time(By::Root);
}

fn outlives_its_terminal_and_rings_in_time(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", by);
    let (started, from) = (Instant::now(), now());
    let mut command = in_odd_time(example.start().args(["3s", "tea is ready"])).terminal().spawn();
    let finished = command.wait().expect_code(0);
    let until = now();
    assert!(finished.elapsed < Duration::from_secs(2), "it returned at once: {finished:?}");
    let time = between(&finished.terminal, "alarm_clock: rings at ", " (in 3s): tea is ready\n");
    let times = (from + 3..=until + 3).map(|seconds| clock(&sandbox, seconds, "%T"));
    assert!(times.into_iter().any(|it| it == time), "three seconds from now is not {time}");

    let daemon = sandbox.only_process();
    assert_eq!(daemon.tty_nr(), 0, "it has left the terminal");
    command.hang_up();
    daemon.wait_for_death();
    let elapsed = started.elapsed();
    let logged = example.logged();
    assert!(logged.ends_with(&format!(" {time} tea is ready\n")), "the log is {logged:?}");
    assert_eq!(logged.len(), "2026-05-04 17:26:58 tea is ready\n".len(), "it is {logged:?}");
    let in_time = Duration::from_secs(3)..Duration::from_secs(10);
    assert!(in_time.contains(&elapsed), "it rang and ended after {elapsed:?}");
    sandbox.assert_nothing_left();
}

fn they_run_side_by_side() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    example.run(["4s", "second"]).expect_code(0);
    example.run(["1s", "first"]).expect_code(0);
    assert_eq!(sandbox.processes().len(), 2);
    sandbox.assert_nothing_left();
    assert_eq!(texts(&example), ["first", "second"]);
}

fn alarms_can_be_in_a_file() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let alarms = "# today\n\n2s   all done # 2\n  0s\tgo\n1s -v -- \"on\"\n";
    fs::write(example.home().join("alarms.txt"), alarms).unwrap();
    let finished = example.run(["--file", "alarms.txt"]).expect_code(0);
    assert!(finished.elapsed < Duration::from_secs(2), "it returned at once: {finished:?}");
    let said = between(&finished.terminal, "alarm_clock: rings 3 times, first at ", " (in 2s)\n");
    assert!(said.contains(" (in 0s), last at "), "it said {said:?}");
    sandbox.assert_nothing_left();
    assert_eq!(texts(&example), ["go", "-v -- \"on\"", "all done # 2"]);
}

fn an_alarm_can_be_at_a_time_of_the_day() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let announced = |time: &str| {
        let start = in_odd_time(example.start().args([time, "home"])).terminal();
        let said = start.run().expect_code(0).terminal;
        between(&said, "alarm_clock: rings at ", "): home\n").to_owned()
    };
    let soon = clock(&sandbox, now() + 3630, "%T");
    let said = announced(&soon);
    assert!(said == format!("{soon} (in 1h 30s") || said.starts_with(&format!("{soon} (in 1h 2")));
    // What has passed is meant for tomorrow; seconds may be left out.
    let passed = clock(&sandbox, now() - 60, "%H:%M");
    let said = announced(&passed);
    assert!(said.starts_with(&format!("{passed}:00 (in 23h 5")), "it said {said:?}");
}

fn an_alarm_shows_on_the_desktop() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let path = notify_send(&sandbox, "printf '%s\\n' \"$@\" >\"$HOME/shown\"; exit 1");
    let start = example.start().args(["0s", "tea", "-v is", "ready"]).env("PATH", path);
    start.terminal().run().expect_code(0);
    sandbox.assert_nothing_left();
    assert_eq!(sandbox.read(example.home().join("shown")), "--\nAlarm\ntea -v is ready\n");
    assert_eq!(texts(&example), ["tea -v is ready"]);
}

fn a_desktop_that_hangs_delays_no_alarm() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let path = notify_send(&sandbox, "exec sleep 1000");
    fs::write(example.home().join("alarms.txt"), "0s first\n1s second\n").unwrap();
    let start = example.start().args(["--file", "alarms.txt"]).env("PATH", path);
    start.terminal().run().expect_code(0);
    sandbox.wait_until("both have rung", || texts(&example) == ["first", "second"]);
}

fn it_explains_itself() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let finished = example.start().arg("--help").run().expect_code(0);
    assert!(finished.stdout.starts_with("usage: alarm_clock TIME TEXT"), "{finished:?}");
    assert_eq!(finished.stderr, "");
    expect_no_trace(&example);
}

fn it_refuses_nonsense() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let nonsense: [(&[&str], &str); 16] = [
        (&[], "what shall ring, and when?"),
        (&["3x"], "\"3x\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["3x", "tea"], "\"3x\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["3", "tea"], "\"3\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["", "tea"], "\"tea\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["tea", "3s"], "\"tea\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["3s"], "there is nothing to say at "),
        (&["3s", " "], "there is nothing to say at "),
        (&["-3s", "tea"], "\"-3s\" is in the past"),
        (&["99999999h", "tea"], "\"99999999h\" is too far away"),
        (&["99999999999999999999h", "tea"], "\"99999999999999999999h\" is no time: write"),
        (&["24:00", "tea"], "\"24:00\" is no time of the day"),
        (&["17:60", "tea"], "\"17:60\" is no time of the day"),
        (&["--file"], "what shall ring, and when?"),
        (&["--file", "one", "two"], "what shall ring, and when?"),
        (&["--fiel", "one"], "\"--fiel\" is no time: write"),
    ];
    for (arguments, message) in nonsense {
        let refused = example.start().args(arguments).terminal().run().expect_code(78);
        expect_beginning(&refused.terminal, &format!("alarm_clock: {message}"));
        let explained = refused.terminal.contains("\nusage: alarm_clock TIME TEXT");
        assert_eq!(explained, message == "what shall ring, and when?", "{refused:?}");
    }
    expect_no_trace(&example);
}

fn it_refuses_a_file_of_nonsense() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let expect = |name: &str, message: &str| {
        let refused = example.run(["--file", name]).expect_code(78);
        expect_beginning(&refused.terminal, &format!("alarm_clock: {message}"));
    };
    for (content, message) in [
        ("", "there is no alarm in alarms.txt\n"),
        ("# none\n\n", "there is no alarm in alarms.txt\n"),
        ("3s tea\n\n3x tea\n", "alarms.txt, line 3: \"3x\" is no time: write 3s, "),
        ("# tea\n3s\n", "alarms.txt, line 2: there is nothing to say at "),
        ("25:00 late\n", "alarms.txt, line 1: \"25:00\" is no time of the day\n"),
    ] {
        fs::write(example.home().join("alarms.txt"), content).unwrap();
        expect("alarms.txt", message);
    }
    fs::write(example.home().join("alarms.txt"), b"3s \xff\n").unwrap();
    expect("alarms.txt", "cannot read alarms.txt: stream did not contain valid UTF-8\n");
    expect("none.txt", "cannot read none.txt: No such file or directory (os error 2)\n");
    expect(".", "cannot read .: Is a directory (os error 21)\n");
    expect_no_trace(&example);
}

fn it_takes_new_alarms_and_refuses_a_bad_file() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let file = example.home().join("alarms.txt");
    let set = || example.run(["list"]).expect_code(0).terminal;
    fs::write(&file, "1h old\n").unwrap();
    example.run(["--file", "alarms.txt"]).expect_code(0);
    let daemon = sandbox.only_process();
    assert!(set().ends_with("  old\n"));

    fs::write(&file, "# new\n1h first\n2x second\n").unwrap();
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("it has refused the file", || !example.logged().is_empty());
    let message = format!(
        "the old alarms stay: {}, line 3: \"2x\" is no time: write 3s, 20m, 1h30m, or 17:30",
        file.display()
    );
    assert_eq!(texts(&example), [message]);
    assert!(set().ends_with("  old\n"));

    fs::write(&file, "2h second\n0s first\n").unwrap();
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("the first has rung", || texts(&example).len() == 2);
    assert_eq!(texts(&example)[1], "first");
    sandbox.wait_until("the second is left", || set().ends_with("  second\n"));
    sandbox.end(&daemon, Signal::SIGTERM);
    assert_eq!(set(), "no alarm is set\n");
}

fn a_single_alarm_stays_at_a_reload() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    example.run(["1h", "tea"]).expect_code(0);
    let daemon = sandbox.only_process();
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("it has answered", || !example.logged().is_empty());
    assert_eq!(texts(&example), ["the old alarms stay: there is no file of alarms to read anew"]);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn it_shows_what_is_set() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let start = |words: &[&str]| in_odd_time(example.start().args(words)).terminal().run();
    assert_eq!(start(&["list"]).expect_code(0).terminal, "no alarm is set\n");
    // Two processes, on one day or on two: it depends on the time of the test.
    let times = [1, 2].map(|hours| clock(&sandbox, now() + hours * 3600, "%H:%M"));
    for time in &times {
        start(&[time, "at", time]).expect_code(0);
    }
    let picture = start(&["list"]).expect_code(0).terminal;
    let mut lines = picture.lines();
    let scale = "            0     3     6     9     12    15    18    21";
    assert_eq!(lines.next(), Some(scale), "{picture}");
    let mut shown = Vec::new();
    let mut marks = 0;
    for line in lines {
        if let Some(alarm) = line.strip_prefix("            ") {
            shown.push(alarm.to_owned());
            continue;
        }
        let bar: Vec<_> = line.chars().skip("Mon 04 May  ".len()).collect();
        assert_eq!(bar.len(), 48, "{picture}");
        marks += bar.iter().filter(|it| **it == '◆').count();
    }
    let expected = times.map(|time| format!("{time}:00  at {time}"));
    assert_eq!((shown, marks), (expected.to_vec(), 2), "{picture}");
    // The notes that killed ones leave behind count for nothing.
    sandbox.kill_all();
    sandbox.wait_until("nothing is set", || {
        start(&["list"]).expect_code(0).terminal == "no alarm is set\n"
    });
}

/// A directory for the front of `PATH`, with a `notify-send` that does this.
fn notify_send(sandbox: &Sandbox, line: &str) -> String {
    let directory = sandbox.directory("bin", 0o755);
    sandbox.file("bin/notify-send", 0o755, &format!("#!/bin/sh\n{line}\n"));
    format!("{}:/usr/bin:/bin", directory.display())
}

/// What has rung, in order.
fn texts(example: &Installed<'_>) -> Vec<String> {
    let logged = example.logged();
    logged.lines().map(|line| line["2026-05-04 17:26:58 ".len()..].to_owned()).collect()
}

#[track_caller]
fn expect_no_trace(example: &Installed<'_>) {
    assert!(example.sandbox.processes().is_empty(), "there is no daemon");
    assert!(!example.log().exists(), "there is no log");
}

fn in_odd_time(start: Start<'_>) -> Start<'_> {
    start.env("TZ", TIME_ZONE)
}

/// This time as a clock in the odd time zone shows it.
fn clock(sandbox: &Sandbox, seconds: u64, format: &str) -> String {
    let date = sandbox.start("date").args(["-d", &format!("@{seconds}"), &format!("+{format}")]);
    in_odd_time(date).run().expect_code(0).stdout.trim_end().to_owned()
}

/// In seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
