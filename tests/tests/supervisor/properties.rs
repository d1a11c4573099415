//! Whatever is in the environment of a start: it ends with a daemon that works, or with an error that
//! names the variable; and nothing is taken that was not passed.

use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use daemon_tests::{Finished, NOBODY, Sandbox, Start, fixture, is_root};
use property::check;
use property::proptest::collection::{hash_map, vec};
use property::proptest::prelude::{Strategy, any, prop_oneof};
use property::proptest::sample::select;

daemon_tests::tests![any_value_of_each_variable, any_count_and_names_of_sockets];

/// How many starts of each.
const STARTS: u32 = 150;

const VARIABLES: &[&str] = &[
    "DAEMON_DIRECTORY",
    "DAEMON_MODE",
    "HOME",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LOGS_DIRECTORY",
    "NOTIFICATION_FD",
    "NOTIFY_SOCKET",
    "PIDFILE",
    "RUNTIME_DIRECTORY",
    "SYSTEMD_EXEC_PID",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
    "XDG_STATE_HOME",
];

/// Of these the number is the program's own, or the value.
const PROCESSES: [&str; 3] = ["LISTEN_PID", "SYSTEMD_EXEC_PID", "WATCHDOG_PID"];

/// Known to be nasty, and any bytes. `@` is the directory of the start. No path leads anywhere else
/// that could be written to.
fn values() -> impl Strategy<Value = OsString> {
    let known = select(vec![
        "",
        " ",
        "0",
        "1",
        "2",
        "3",
        "4",
        "-1",
        "-0",
        "+1",
        "1 ",
        "65535",
        "65536",
        "2147483647",
        "2147483648",
        "4294967295",
        "18446744073709551615",
        "18446744073709551616",
        "1e9",
        "0x3",
        "infinity",
        "true",
        "auto",
        "background",
        "foreground",
        "BACKGROUND",
        "@",
        "@/a",
        "@/a/b/c",
        "@/a:@/b",
        "@/a.pid",
        "@/daemon.pid",
        ":",
        "::",
        "a",
        "a:b",
        "/",
        "//",
        "/..",
        "/dev/null",
        "/dev/null/a",
        "/proc/self/fd/1",
        "/nonexistent",
        "/nonexistent/\u{1b}[2J",
        "vsock:2:1234",
        "%n",
        "~",
        "$HOME",
        "\u{202e}",
    ]);
    prop_oneof![
        4 => known.prop_map(OsString::from),
        2 => (-1..5_i32).prop_map(|number| number.to_string().into()),
        1 => vec(select(vec![0x80_u8, 0xff, b'\n', b'=', b'a', 0x1b]), 1..20).prop_map(OsString::from_vec),
        1 => any::<u64>().prop_map(|number| number.to_string().into()),
        1 => (100_usize..5000).prop_map(|length| format!("@{}", format!("/{}", "a".repeat(250)).repeat(length / 250)).into()),
        1 => (100_usize..5000).prop_map(|length| format!("@{}", "a".repeat(length)).into()),
    ]
}

/// The directory of the start in the place of an `@` before a `/`.
fn in_here(value: OsString, sandbox: &Sandbox) -> OsString {
    let here = sandbox.path().to_str().expect("a plain name");
    match value.into_string() {
        Ok(text) if text == "@" => here.into(),
        Ok(text) => text.replace("@/", &format!("{here}/")).into(),
        Err(value) => value,
    }
}

/// As a user who can write in the sandbox alone: a path that is made up must not lead elsewhere.
fn as_plain_user<'a>(sandbox: &'a Sandbox, program: &PathBuf) -> Start<'a> {
    let start = sandbox.start(program);
    if is_root() {
        sandbox.owner("", NOBODY, NOBODY);
        start.user(NOBODY, NOBODY)
    } else {
        start
    }
}

/// That a start failed with an exit status of a launch and an error that names one of these, or the
/// file that could not be made, in words that are fit for a terminal.
#[track_caller]
fn assert_says_why(finished: &Finished, variables: &[&str]) {
    let words: &[_] = match finished.code() {
        71 | 78 => variables,
        73 => &["cannot create the pidfile /", "cannot use the pidfile /", "cannot open the log /"],
        code => panic!("{code}: {finished:?}"),
    };
    assert!(words.iter().any(|word| finished.stderr.contains(word)), "{finished:?}");
    let has_control = finished.stderr.contains(|c: char| c.is_control() && c != '\n');
    assert!(!has_control, "{finished:?}");
}

/// That the variables of a start that succeeded name no descriptor but 3, and that only if it was
/// passed.
#[track_caller]
fn assert_took_what_was_passed(variables: &HashMap<&str, (OsString, bool)>, is_passed_one: bool) {
    let number = |name: &str| {
        let (value, _) = variables.get(name).filter(|(value, _)| !value.is_empty())?;
        Some(value.to_str().and_then(|value| value.parse().ok()).unwrap_or(-1))
    };
    if let Some(number) = number("NOTIFICATION_FD") {
        assert!(is_passed_one && number == 3, "NOTIFICATION_FD is {number}");
    }
    if let (Some((_, true)), Some(count)) = (variables.get("LISTEN_PID"), number("LISTEN_FDS")) {
        assert!((0..=i32::from(is_passed_one)).contains(&count), "LISTEN_FDS is {count}");
    }
}

fn any_value_of_each_variable() {
    let installed = Sandbox::new();
    let program = installed.install(fixture!("does_as_told"));
    let variables = || {
        let value = (values(), any::<bool>());
        hash_map(select(VARIABLES), value, 1..5)
    };
    check(
        STARTS,
        move || (variables(), any::<bool>()),
        move |(variables, is_passed_one)| {
            let sandbox = Sandbox::new();
            let words = ["pidfile=usual", "stdout=usual", "notify", "note:it-works"];
            let mut start = as_plain_user(&sandbox, &program).args(words);
            if is_passed_one {
                start = start.leak_pipe(3);
            }
            for (&name, (value, is_its_own)) in &variables {
                start = match PROCESSES.contains(&name) && *is_its_own {
                    true => start.env_own_pid(name),
                    false => start.env(name, in_here(value.clone(), &sandbox)),
                };
            }
            let works = || sandbox.join("it-works").exists();
            let mut command = start.spawn();
            command.wait_until("works or has failed", |command| {
                let has_failed = command.has_ended() && command.wait().code() != 0;
                has_failed || works()
            });
            if works() {
                let is_alone = || sandbox.processes().len() == 1;
                sandbox.wait_until("the daemon is alone", is_alone);
                assert_took_what_was_passed(&variables, is_passed_one);
            } else {
                let names: Vec<_> = variables.keys().copied().chain(["PIDFile="]).collect();
                assert_says_why(&command.wait(), &names);
                sandbox.assert_nothing_left();
            }
        },
    );
    drop(installed);
}

fn any_count_and_names_of_sockets() {
    let sandbox = Sandbox::new();
    let names = || prop_oneof!["[a-b:]{0,6}", "[^\0]{0,8}", ":{0,20}"];
    let count = || prop_oneof![4 => (0_i64..6).boxed(), 1 => (-1_i64..100_000).boxed()];
    let values = move || (count(), names(), any::<bool>(), 0_i32..4);
    check(STARTS, values, move |(count, names, has_names, passed)| {
        sandbox.kill_all();
        let start = sandbox.start(fixture!("activated")).args(["mode=foreground", "nothing"]);
        let mut start = start.env("LISTEN_FDS", count.to_string()).env_own_pid("LISTEN_PID");
        if has_names {
            start = start.env("LISTEN_FDNAMES", &names);
        }
        for number in 3..3 + passed {
            start = start.leak_pipe(number);
        }
        let finished = start.run();
        let named =
            if has_names && !names.is_empty() { names.split(':').count() as i64 } else { count };
        if (0..=i64::from(passed)).contains(&count) && named == count {
            let first = format!("passed: {count}\n");
            assert!(finished.stderr.starts_with(&first), "{finished:?}");
            finished.expect_code(0);
        } else {
            assert_says_why(&finished, &["LISTEN_FDS", "LISTEN_FDNAMES"]);
        }
    });
}
