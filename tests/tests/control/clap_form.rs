//! Promise 33: the verbs that a program declares with clap are the same, word by word.

use std::time::Duration;

use clap::{CommandFactory, Parser};
use daemon::{Verb, control};
use daemon_tests::{Sandbox, fixture};

daemon_tests::tests![each_verb_has_the_same_help, each_flag_becomes_the_same_verb,];

#[derive(Parser)]
#[command(name = "controlled")]
struct CommandLine {
    #[command(subcommand)]
    verb: Verbs,
}

daemon::clap_verbs!(enum Verbs);

/// Without the width of columns, and without what a program with clap has in its own `configure`.
fn lines(help: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    help.lines().map(words).filter(|line| !line.starts_with("--pidfile ")).collect()
}

fn each_verb_has_the_same_help() {
    let sandbox = Sandbox::new();
    let mut command = CommandLine::command();
    command.build();
    let mut names = Vec::new();
    for verb in command.get_subcommands_mut().filter(|verb| verb.get_name() != "help") {
        let name = verb.get_name().to_owned();
        let bare = sandbox.start(fixture!("controlled")).args([name.as_str(), "--help"]);
        let bare = bare.run().expect_code(0).stdout;
        assert_eq!(lines(&verb.render_help().to_string()), lines(&bare), "{name}");
        let about = verb.get_about().expect("a description").to_string();
        names.push(format!("{name} {about}"));
    }
    let all = sandbox.start(fixture!("controlled")).arg("--help").run().expect_code(0).stdout;
    let listed = lines(&all).into_iter().skip_while(|line| line != "Commands:").skip(1);
    let listed: Vec<_> = listed.take_while(|line| !line.is_empty()).collect();
    assert_eq!(names, listed);
}

fn each_flag_becomes_the_same_verb() {
    let parsed = |line: &str| {
        let words = ["controlled"].into_iter().chain(line.split(' '));
        CommandLine::try_parse_from(words).ok().map(|parsed| Verb::from(parsed.verb))
    };
    let five = control::Stop::new().timeout(Duration::from_secs(5));
    for (line, verb) in [
        ("start", Verb::Start),
        ("stop", Verb::Stop(control::Stop::new())),
        ("stop --timeout 5", Verb::Stop(five.clone())),
        ("stop --timeout=5 --kill", Verb::Stop(five.clone().kill(true))),
        ("stop --anyway", Verb::Stop(control::Stop::new().anyway(true))),
        ("restart --timeout 5 --kill", Verb::Restart(five.kill(true))),
        ("restart --anyway", Verb::Restart(control::Stop::new().anyway(true))),
        ("reload", Verb::Reload { timeout: None }),
        ("reload --timeout 0.5", Verb::Reload { timeout: Some(Duration::from_millis(500)) }),
        ("status --json", Verb::Status { json: true, ready: false }),
        ("status --ready", Verb::Status { json: false, ready: true }),
        ("check --json", Verb::Check { json: true }),
        ("unit rc.d", Verb::Unit { target: control::Target::RcD }),
    ] {
        assert_eq!(parsed(line), Some(verb), "{line}");
    }
    for line in
        ["stop --kill", "restart --kill", "stop --timeout x", "unit", "unit sysvinit", "halt"]
    {
        assert_eq!(parsed(line), None, "{line}");
    }
}
