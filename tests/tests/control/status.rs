//! Promise 39: `status` says whether the daemon runs and what it knows of itself, also when it is
//! stuck or gone, and believes nothing else.

use std::{fs, os::unix::fs::symlink, path::Path};

use daemon_tests::{
    Finished, NOBODY, PIDFILE, Process, STRANGER, Sandbox, Signal, fixture, is_root, skip, told,
};
use serde_json::Value;

use crate::daemon::{runs, start, verb};

daemon_tests::tests![
    a_running_daemon_is_shown,
    as_json_it_is_what_the_documentation_says,
    where_none_ever_ran_the_places_are_named,
    one_that_is_stopped_answers,
    one_that_is_stuck_answers,
    one_that_was_killed_has_died,
    one_that_was_killed_by_its_state_alone_has_died,
    one_that_does_not_ask_for_its_stop_cannot_say_that_it_ended,
    one_that_has_ended_is_not_running,
    one_that_is_starting_is_not_ready,
    one_that_is_stopping_names_its_holds,
    one_that_became_another_user_answers,
    its_group_reads_its_words,
    whatever_is_in_the_place_of_the_state_does_no_harm,
    the_word_of_another_process_is_not_believed,
    a_binary_that_was_replaced_is_named,
    the_broken_configuration_of_the_program_is_no_obstacle,
    a_reload_prints_the_answer,
    it_shows_where_it_waits_for_anybody,
];

const STATE: &str = "daemon.state";

const DIED: &str =
    "reloads: not running: a signal ended it, or it died otherwise; this is what it said last";

fn status(sandbox: &Sandbox, flags: &[&str]) -> Finished {
    verb(sandbox, &[&["status"], flags].concat()).run()
}

fn json(sandbox: &Sandbox, code: i32) -> Value {
    let finished = status(sandbox, &["--json"]).expect_code(code);
    serde_json::from_str(&finished.stdout).expect("JSON")
}

#[track_caller]
fn assert_lines(shown: &Finished, lines: &[&str]) {
    for line in lines {
        let is_there = shown.stdout.lines().any(|shown| shown == *line);
        assert!(is_there, "{line:?} in:\n{}", shown.stdout);
    }
}

fn kill(daemon: &Process) {
    daemon.signal(Signal::SIGKILL);
    daemon.wait_for_death();
}

fn a_running_daemon_is_shown() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["stderr=@/log", "status:at work\n\x1b[2J", "notify:here"]);
    let shown = status(&sandbox, &["--ready"]).expect_code(0);
    assert_eq!(shown.stderr, "");
    assert_lines(
        &shown,
        &[
            "reloads: running",
            &format!("pid: {}", daemon.pid()),
            "version: 0.0.0",
            "mode: background: the program says so (`mode`)",
            "phase: ready",
            "status: at work \\u{1b}[2J",
            "message: here",
            &format!("log: {}", sandbox.join("log").display()),
            &format!("pidfile: {}", sandbox.join(PIDFILE).display()),
        ],
    );
    let is_since = |line: &str| line.starts_with("since: 20") && line.ends_with(" ago)");
    assert!(shown.stdout.lines().any(is_since), "{}", shown.stdout);
}

/// The members that the documentation lists, with the types that its schema has.
fn documented() -> Value {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/status.md");
    let page = fs::read_to_string(page).expect("the documentation");
    let (_, schema) = page.split_once("```json\n").expect("a schema");
    let (schema, _) = schema.split_once("```").expect("its end");
    serde_json::from_str(schema).expect("a schema in JSON")
}

fn assert_fits(schema: &Value, value: &Value, at: &str) {
    let types = &schema["type"];
    let is_a = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allows = |types: &Value| types == is_a;
    let fits = allows(types) || types.as_array().is_some_and(|types| types.iter().any(allows));
    assert!(fits, "{at} is {value}, and not of {types}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at} is {value}, and not of {words:?}");
    }
    match value {
        Value::Array(values) => {
            values.iter().for_each(|value| assert_fits(&schema["items"], value, at));
        }
        Value::Object(members) => {
            let known = schema["properties"].as_object().expect(at);
            let names = |of: &serde_json::Map<String, Value>| {
                of.keys().cloned().collect::<std::collections::BTreeSet<_>>()
            };
            assert_eq!(names(members), names(known), "{at}");
            members.iter().for_each(|(name, value)| assert_fits(&known[name], value, name));
        }
        _ => {}
    }
}

fn as_json_it_is_what_the_documentation_says() {
    let sandbox = Sandbox::new();
    let schema = documented();
    let none = json(&sandbox, 3);
    assert_fits(&schema, &none, "none");
    assert_eq!((&none["result"], &none["running"]), (&"not running".into(), &false.into()));

    let words =
        ["stderr=@/log\"\u{e9}", "events:refused", "hold:a job", "hold:a job", "notify:here"];
    let daemon = runs(&sandbox, &words);
    daemon.signal(Signal::SIGHUP);
    let answered = |value: &Value| value["last_reload"] != Value::Null && value["holds"] == 2;
    let running = sandbox.wait_for("an answer", || Some(json(&sandbox, 0)).filter(answered));
    assert_fits(&schema, &running, "running");
    for (key, expected) in [
        ("schema", Value::from(1)),
        ("name", "reloads".into()),
        ("result", "running".into()),
        ("running", true.into()),
        ("ready", true.into()),
        ("pid", daemon.pid().into()),
        ("phase", "ready".into()),
        ("message", "here".into()),
        ("reloads", 1.into()),
        ("binary_replaced", false.into()),
        ("log", sandbox.join("log\"\u{e9}").display().to_string().into()),
        ("named_holds", serde_json::json!([{"name": "a job", "count": 2}])),
    ] {
        assert_eq!(running[key], expected, "{key}");
    }
    assert_eq!(running["last_reload"]["result"], "refused");
    assert_eq!(running["last_reload"]["text"], "line 3 is wrong");

    kill(&daemon);
    let died = json(&sandbox, 1);
    assert_fits(&schema, &died, "died");
    assert_eq!((&died["result"], &died["message"]), (&"died".into(), &"here".into()));
}

fn where_none_ever_ran_the_places_are_named() {
    let sandbox = Sandbox::new();
    let shown = status(&sandbox, &[]).expect_code(3);
    let text = format!("reloads: not running (looked at {})\n", sandbox.join(PIDFILE).display());
    assert_eq!(shown.stdout, text);
}

fn one_that_is_stopped_answers() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["status:at work", "notify"]);
    daemon.signal(Signal::SIGSTOP);
    daemon.wait_until_stopped();
    let shown = status(&sandbox, &["--ready"]).expect_code(0);
    assert_lines(&shown, &["reloads: running", "phase: ready", "status: at work"]);
    daemon.signal(Signal::SIGCONT);
}

/// Its threads are all stuck, and its last exit too.
fn one_that_is_stuck_answers() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["hang-at-exit", "status:at work", "notify"]);
    daemon.signal(Signal::SIGTERM);
    sandbox.wait_until("it stops", || {
        status(&sandbox, &[]).expect_code(0).stdout.contains("phase: stopping")
    });
    assert!(daemon.is_alive());
}

fn one_that_was_killed_has_died() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["status:at work", "notify"]);
    kill(&daemon);
    let shown = status(&sandbox, &[]).expect_code(1);
    assert_lines(
        &shown,
        &[DIED, &format!("pid: {}", daemon.pid()), "phase: ready", "status: at work"],
    );
    verb(&sandbox, &["stop"]).run().expect_code(0);
    assert!(!sandbox.join(STATE).exists());
    status(&sandbox, &[]).expect_code(3);
}

fn one_that_was_killed_by_its_state_alone_has_died() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    kill(&daemon);
    fs::remove_file(sandbox.join(PIDFILE)).unwrap();
    status(&sandbox, &[]).expect_code(1);
    // And without its last words.
    let daemon = runs(&sandbox, &["notify"]);
    kill(&daemon);
    fs::remove_file(sandbox.join(STATE)).unwrap();
    let shown = status(&sandbox, &[]).expect_code(1);
    assert!(shown.stdout.contains("it says nothing of itself: there is no "), "{}", shown.stdout);
}

/// SIGTERM ends it in the middle of whatever it does, and nothing tells that from another signal.
fn one_that_does_not_ask_for_its_stop_cannot_say_that_it_ended() {
    let sandbox = Sandbox::new();
    let start = || told(&sandbox, ["control=first", "mode=background", "notify:here"]).daemon();
    let daemon = start();
    assert!(!daemon.caught().contains(Signal::SIGTERM), "its default action stays");
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    assert_lines(&status(&sandbox, &[]).expect_code(1), &[DIED, "phase: ready", "message: here"]);
    assert_eq!(json(&sandbox, 1)["result"], "died");
    // The next one does not inherit that; and whoever ends it by `stop` wanted it to end.
    start();
    status(&sandbox, &[]).expect_code(0);
    verb(&sandbox, &["stop"]).run().expect_code(0);
    let shown = status(&sandbox, &[]).expect_code(3);
    assert!(shown.stdout.starts_with("reloads: not running (looked at "), "{shown:?}");
}

fn one_that_has_ended_is_not_running() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify:here"]);
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    let shown = status(&sandbox, &["--ready"]).expect_code(3);
    assert_lines(
        &shown,
        &[
            "reloads: not running: it has ended; this is what it said last",
            "phase: ended",
            "message: here",
        ],
    );
}

fn one_that_is_starting_is_not_ready() {
    let sandbox = Sandbox::new();
    let mut command =
        start(&sandbox, &["starting:warming up", "wait:go", "notify", "stop"]).spawn();
    command.wait_for_text("warming up");
    let shown = status(&sandbox, &["--ready"]).expect_code(150);
    assert_lines(&shown, &["reloads: running", "phase: starting", "status: warming up"]);
    status(&sandbox, &[]).expect_code(0);
    sandbox.file("go", 0o600, "");
    assert_eq!(command.wait().code(), 0);
    status(&sandbox, &["--ready"]).expect_code(0);
}

fn one_that_is_stopping_names_its_holds() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["hold:a job", "hold:x", "hold:a job", "release:go", "notify"]);
    daemon.signal(Signal::SIGTERM);
    sandbox.wait_until("it stops", || status(&sandbox, &["--ready"]).code() == 150);
    let shown = status(&sandbox, &[]).expect_code(0);
    assert_lines(&shown, &["phase: stopping", "holds: 3 (2 a job, x)"]);
    ["go1", "go2", "go3"].iter().for_each(|file| drop(sandbox.file(file, 0o600, "")));
    daemon.wait_for_death();
}

fn one_that_became_another_user_answers() {
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("reloads"));
    let words = ["mode=background", "uid=65534", "events:done", "notify:as nobody", "stop"];
    sandbox.start(&program).args(words).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    assert_eq!(daemon.users(), daemon_tests::Ids::all(NOBODY));
    let shown = || sandbox.start(&program).args(["daemon", "status"]).run();
    daemon.signal(Signal::SIGSTOP);
    daemon.wait_until_stopped();
    assert_lines(&shown().expect_code(0), &["phase: ready", "message: as nobody"]);
    daemon.signal(Signal::SIGCONT);
    // It cannot remove its pidfile, but it says that it has ended.
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    assert_lines(&shown().expect_code(3), &["phase: ended"]);
}

/// It may not look at the pidfile, so whether the daemon runs is not proved to it.
fn its_group_reads_its_words() {
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("reloads"));
    let words = ["mode=background", "uid=65534", "notify:as nobody", "stop"];
    sandbox.start(&program).args(words).run().expect_code(0);
    let shown = |group| {
        let status = sandbox.start(&program).args(["daemon", "status"]);
        status.user(STRANGER, group).run().expect_code(4)
    };
    let by_group = shown(NOBODY);
    assert!(by_group.stdout.starts_with("reloads: unknown: "), "{}", by_group.stdout);
    assert_lines(&by_group, &["phase: ready", "message: as nobody"]);
    let by_others = shown(STRANGER);
    assert!(!by_others.stdout.contains("as nobody"), "{}", by_others.stdout);
}

fn whatever_is_in_the_place_of_the_state_does_no_harm() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify:here"]);
    let path = sandbox.join(STATE);
    let whole = fs::read(&path).unwrap();
    let silent = |why: &str| {
        let shown = status(&sandbox, &[]).expect_code(0);
        let text = format!("note: it says nothing of itself: {}", path.display());
        assert_lines(&shown, &["reloads: running", &format!("pid: {}", daemon.pid())]);
        assert!(shown.stdout.contains(&format!("{text} is {why}")), "{}", shown.stdout);
    };
    fs::remove_file(&path).unwrap();
    sandbox.fifo(STATE);
    silent("not a regular file");
    fs::remove_file(&path).unwrap();
    symlink("/dev/zero", &path).unwrap();
    silent("a symbolic link");
    fs::remove_file(&path).unwrap();
    sandbox.directory(STATE, 0o755);
    silent("a directory");
    fs::remove_dir(&path).unwrap();
    // Of a huge file only the beginning is read.
    fs::write(&path, "x").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    silent("not the state of a daemon");
    for garbage in [&b""[..], b"daemon state 1 \n", &[0xff; 8192], &whole[..200]] {
        fs::write(&path, garbage).unwrap();
        silent("not the state of a daemon");
    }
    fs::write(&path, "daemon state 7 of the future").unwrap();
    silent("of another version of this library");
    fs::write(&path, &whole).unwrap();
    assert_lines(&status(&sandbox, &[]).expect_code(0), &["message: here"]);
}

fn the_word_of_another_process_is_not_believed() {
    let sandbox = Sandbox::new();
    let first = runs(&sandbox, &["notify:the first"]);
    let word = fs::read(sandbox.join(STATE)).unwrap();
    kill(&first);
    runs(&sandbox, &["notify:the second"]);
    fs::write(sandbox.join(STATE), word).unwrap();
    let shown = status(&sandbox, &[]).expect_code(0);
    assert!(!shown.stdout.contains("the first"), "{}", shown.stdout);
    let text = "note: it says nothing of itself: what is written there is another daemon's";
    assert_lines(&shown, &[text]);
}

fn a_binary_that_was_replaced_is_named() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("reloads"));
    sandbox.start(&program).args(["mode=background", "notify", "stop"]).run().expect_code(0);
    let shown = || sandbox.start(&program).args(["daemon", "status"]).run().expect_code(0).stdout;
    assert!(!shown().contains("binary:"), "{}", shown());
    let new = sandbox.join("new");
    // As in `Sandbox::install`.
    sandbox.start("cp").arg(&program).arg(&new).run().expect_code(0);
    fs::rename(&new, &program).unwrap();
    assert!(shown().contains("binary: replaced since the start"), "{}", shown());
}

fn the_broken_configuration_of_the_program_is_no_obstacle() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["notify:here"]);
    let pidfile = sandbox.join(PIDFILE);
    let words = ["daemon", "status", "--pidfile", pidfile.to_str().unwrap(), "no_such_option=1"];
    let shown = sandbox.start(fixture!("reloads")).args(words).run().expect_code(0);
    assert_lines(&shown, &["reloads: running", "message: here"]);
}

fn a_reload_prints_the_answer() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["events:done,refused", "notify"]);
    let reloaded = verb(&sandbox, &["reload"]).run().expect_code(0);
    assert_eq!(reloaded.stdout, "reloads: reloaded: read anew\n");
    let refused = verb(&sandbox, &["reload"]).run().expect_code(1);
    assert_eq!(refused.stderr, "reloads: the reload was refused: line 3 is wrong\n");
}

fn it_shows_where_it_waits_for_anybody() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["mode=background", "listen:port", "notify"]).run().expect_code(0);
    sandbox.process_in(PIDFILE);
    let line = format!("sockets: 127.0.0.1:{}\n", sandbox.read("port").trim());
    let shown = status(&sandbox, &[]).expect_code(0);
    assert!(shown.stdout.contains(&line), "{line}{shown:?}");
}
