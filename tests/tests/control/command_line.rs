//! Promise 33: a verb is the first argument or stands behind its word, its flags right behind it, and
//! all other arguments are the program's own.

use daemon_tests::{Sandbox, fixture, told};

use crate::daemon::{runs, verb};

daemon_tests::tests![
    each_verb_has_help,
    wrong_flags_change_nothing,
    an_argument_that_nobody_reads_is_refused,
    a_misspelt_verb_starts_nothing,
    a_call_for_help_starts_nothing,
    the_program_reads_the_rest,
    a_program_that_refuses_the_verb_is_told_how_to_read_the_rest,
    a_verb_that_configure_refuses_asks_for_the_pidfile,
    a_verb_that_needs_the_configuration_has_no_pidfile_flag,
    output_that_cannot_be_written_is_a_failure,
    without_the_word_a_verb_is_an_argument,
];

const VERBS: &[&str] = &["start", "stop", "restart", "reload", "status", "check", "unit"];

fn each_verb_has_help() {
    let sandbox = Sandbox::new();
    for name in VERBS {
        let start = sandbox.start(fixture!("controlled")).args([name, "--help"]);
        let help = start.run().expect_code(0);
        assert!(help.stdout.contains(&format!("Usage: controlled {name}")), "{help:?}");
        assert!(help.stdout.contains("-h, --help"), "{help:?}");
    }
    let all = verb(&sandbox, &["--help"]).run().expect_code(0);
    assert!(all.stdout.starts_with("Usage: reloads daemon <COMMAND>"), "{all:?}");
    for name in VERBS {
        assert!(all.stdout.contains(&format!("\n  {name} ")), "{all:?}");
    }
    sandbox.assert_nothing_left();
}

fn wrong_flags_change_nothing() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    for words in [
        &["stop", "--timeout", "soon"][..],
        &["stop", "--timeout"],
        &["stop", "--kill"],
        &["reload", "--timeout=-1"],
        &["status", "--json=yes"],
        &["unit", "sysvinit"],
        &["unit"],
        &["halt"],
    ] {
        let ended = verb(&sandbox, words).run().expect_code(2);
        assert!(ended.stderr.contains("--help"), "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    assert!(daemon.is_alive());
}

fn an_argument_that_nobody_reads_is_refused() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(fixture!("controlled")).args(["stop", "--tiemout", "5"]);
    let ended = start.run().expect_code(2);
    assert!(ended.stderr.contains("`--tiemout`"), "{ended:?}");
}

/// Without `configure` nobody would read it before there is a daemon.
fn a_misspelt_verb_starts_nothing() {
    let sandbox = Sandbox::new();
    let start = |words: &[&str]| {
        let start = sandbox.start(fixture!("controlled")).args(words);
        start.env("DAEMON_DIRECTORY", sandbox.path()).run()
    };
    for (words, meant) in
        [(&["stpo"][..], "stop"), (&["Status"], "status"), (&["relod", "--timeout", "5"], "reload")]
    {
        let ended = start(words).expect_code(2);
        let word = words[0];
        let text = format!(
            "controlled: unknown verb `{word}`: did you mean `{meant}`? An argument of the program's own \
             follows `--`: controlled -- {word}\n"
        );
        assert_eq!(ended.stderr, text);
        assert!(sandbox.processes().is_empty(), "{ended:?}");
    }
    for words in [&["--", "stpo"][..], &["start", "stpo"], &["7777", "stpo"], &["half"]] {
        start(words).expect_code(0);
        let daemon = sandbox.process_in("controlled.pid");
        start(&["stop"]).expect_code(0);
        assert!(!daemon.is_alive());
    }
    let ended = verb(&sandbox, &["stpo"]).run().expect_code(2);
    let text = "reloads: unknown verb `stpo`: did you mean `stop`?\n";
    assert_eq!(ended.stderr, text);
}

fn a_call_for_help_starts_nothing() {
    let sandbox = Sandbox::new();
    for words in [&["--help"][..], &["-h"], &["help"]] {
        let help = sandbox.start(fixture!("controlled")).args(words).run().expect_code(0);
        assert!(help.stdout.starts_with("Usage: controlled [COMMAND]\n"), "{help:?}");
        assert!(help.stdout.contains("\n  stop "), "{help:?}");
    }
    let help = sandbox.start(fixture!("controlled")).args(["help", "stop"]).run().expect_code(0);
    assert!(help.stdout.contains("Usage: controlled stop"), "{help:?}");
    assert!(sandbox.processes().is_empty());
}

fn the_program_reads_the_rest() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["mode=background", "pidfile=@/other.pid", "notify"]);
    start.run().expect_code(0);
    let daemon = sandbox.process_in("other.pid");
    let stopped = verb(&sandbox, &["stop"]).run().expect_code(0);
    assert!(stopped.stdout.contains("not running"), "{stopped:?}");
    assert!(daemon.is_alive());
    verb(&sandbox, &["stop", "pidfile=@/other.pid"]).run().expect_code(0);
    sandbox.assert_nothing_left();
}

/// As `clap::Parser::parse` does.
fn a_program_that_refuses_the_verb_is_told_how_to_read_the_rest() {
    let sandbox = Sandbox::new();
    let start = |words: &[&str]| sandbox.start(fixture!("reads_arguments")).args(words);
    let said = "reads_arguments: the program ended by itself: `status` was not done";
    let refused = start(&["status"]).run().expect_code(2);
    let advice = "its arguments without the verb are those of `daemon::args_os()`";
    assert_eq!(refused.stderr, format!("{said}: {advice}\n"));
    let without_verb = |words: &[&str]| start(words).env("WITHOUT_VERB", "1").run();
    let refused = without_verb(&["status", "more"]).expect_code(2);
    assert_eq!(refused.stderr, format!("{said}\n"));
    without_verb(&["status"]).expect_code(3);
}

/// The program's own arguments may say which daemon is meant.
fn a_verb_that_configure_refuses_asks_for_the_pidfile() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["mode=background", "pidfile=@/a.pid", "notify"]);
    start.run().expect_code(0);
    let daemon = sandbox.process_in("a.pid");
    let _ = verb(&sandbox, &["stop", "unknown=option"]).run();
    assert!(daemon.is_alive());
    let path = sandbox.join("a.pid");
    let path = path.to_str().expect("UTF-8");
    verb(&sandbox, &["stop", "--pidfile", path]).run().expect_code(0);
    sandbox.assert_nothing_left();
}

/// What it would check or start is not what runs with that pidfile.
fn a_verb_that_needs_the_configuration_has_no_pidfile_flag() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    let other = sandbox.join("other.pid");
    let other = other.to_str().expect("UTF-8");
    for (words, why) in [
        (&["start"][..], "to start it"),
        (&["restart", "--timeout", "5"], "to check and start it"),
        (&["check", "--json"], "to check it"),
        (&["unit", "systemd"], "to print it"),
    ] {
        for flag in [&["--pidfile", other][..], &[&format!("--pidfile={other}")]] {
            let refused = verb(&sandbox, &[words, flag].concat()).run().expect_code(2);
            let name = words[0];
            let text = format!(
                "reloads: `{name}` has no `--pidfile`: it reads the configuration {why}, and that says \
                 where the pidfile is. An option of the program's own follows `--`: {name} -- --pidfile \
                 PATH: try `reloads daemon {name} --help`\n"
            );
            assert_eq!(refused.stderr, text);
        }
    }
    // A word of the program's own.
    let start = sandbox.start(fixture!("controlled")).args(["check", "--", "--pidfile", other]);
    start.run().expect_code(0);
    assert_eq!(sandbox.only_process().pid(), daemon.pid());
}

fn output_that_cannot_be_written_is_a_failure() {
    let sandbox = Sandbox::new();
    let line = format!("exec {} stop >/dev/full", fixture!("controlled"));
    let ended = sandbox.shell(line).run().expect_code(74);
    assert!(ended.stderr.contains("cannot write the output"), "{ended:?}");
}

fn without_the_word_a_verb_is_an_argument() {
    let sandbox = Sandbox::new();
    let start =
        sandbox.start(fixture!("reloads")).args(["notify", "say:here", "request:x", "stop"]);
    let ended = start.arg("mode=foreground").run().expect_code(0);
    assert!(ended.stderr.contains("here"), "{ended:?}");
}
