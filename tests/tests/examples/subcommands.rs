//! `subcommands` does what its first lines say: `serve` is a daemon, and nothing else is.

use std::fs;

use daemon_tests::{CTRL_C, Ids, NOBODY, Sandbox, Signal, connect, read_to_end};

use crate::{
    installed::{By, Installed},
    said::expect_beginning,
    servers::{address, run_on_a_used_port},
};

daemon_tests::tests![
    by_a_plain_user,
    by_root,
    paths_lead_from_where_it_is_started,
    root_can_have_somebody_else_serve,
    it_stays_in_the_foreground_when_told,
    other_verbs_are_ordinary,
    other_verbs_do_not_mind_a_daemon,
    both_verbs_refuse_the_same_settings,
    it_says_that_its_port_is_in_use,
];

const GREETING_ON: &str = "subcommands: greeting on ";

fn by_a_plain_user() {
    greets(By::PlainUser);
}

fn by_root() {
    greets(By::Root);
}

fn greets(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", by);
    settings(&example, "listen = 127.0.0.1:0\n");
    let (daemon, said) = example.run_daemon(["serve", "--config", "own.conf"]);
    expect_greeting(&said, "hello\n");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn paths_lead_from_where_it_is_started() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", By::PlainUser);
    settings(&example, "greeting = good morning\n\nlisten = 127.0.0.1:0\n");
    let options = ["serve", "--config=own.conf", "--pidfile=own.pid", "--log=own.log"];
    let said = example.run(options).expect_code(0).terminal;
    let daemon = sandbox.process_in(example.home().join("own.pid"));
    expect_greeting(&said, "good morning\n");
    assert_eq!(daemon.descriptors()[&2].target, example.home().join("own.log"));
    assert!(!example.pidfile().exists(), "the usual place is not used");
    expect_beginning(
        &example.run(options).expect_code(75).terminal,
        "subcommands: already running",
    );
}

fn root_can_have_somebody_else_serve() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", By::Root);
    settings(&example, "listen = 127.0.0.1:0\n");
    let (daemon, _) = example.run_daemon(["serve", "--config=own.conf", "--user=nobody"]);
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    let refused = example.run(["serve", "--user=nobody-at-all"]).expect_code(67);
    expect_beginning(&refused.terminal, "subcommands: ");
}

fn it_stays_in_the_foreground_when_told() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", By::PlainUser);
    settings(&example, "listen = 127.0.0.1:0\n");
    let arguments = ["serve", "--foreground", "--config=own.conf"];
    let mut command = example.start().args(arguments).terminal().spawn();
    command.wait_for_text(GREETING_ON);
    command.wait_for_text("\n");
    assert_eq!(example.daemon().pid(), command.process().pid(), "it is the command itself");
    command.type_text(CTRL_C);
    assert_eq!(command.wait().code(), 130);
    sandbox.assert_nothing_left();
}

fn other_verbs_are_ordinary() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", By::PlainUser);
    settings(&example, "greeting=hi\n");
    let version = example.start().arg("version").run().expect_code(0);
    expect_beginning(&version.stdout, "subcommands 0.");
    let checked = example.start().args(["check-config", "own.conf"]).run().expect_code(0);
    assert_eq!(checked.stdout, "own.conf: listens on 127.0.0.1:7783, says \"hi\"\n");
    let help = example.start().arg("--help").run().expect_code(0);
    assert!(help.stdout.contains("check-config"), "{help:?}");
    for mistake in [&["start"][..], &["version", "--foreground"], &["serve", "--port=1"], &[]] {
        example.start().args(mistake).run().expect_code(2);
    }
    sandbox.assert_nothing_left();
    assert!(!example.pidfile().parent().unwrap().exists(), "not even a directory was made");
}

/// Neither its lock nor a variable makes a difference.
fn other_verbs_do_not_mind_a_daemon() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", By::PlainUser);
    settings(&example, "listen = 127.0.0.1:0\n");
    let (daemon, _) = example.run_daemon(["serve", "--config=own.conf"]);
    for mode in ["background", "foreground"] {
        let version = example.start().arg("version").env("DAEMON_MODE", mode);
        expect_beginning(&version.run().expect_code(0).stdout, "subcommands ");
    }
    assert_eq!(sandbox.only_process().pid(), daemon.pid());
    assert_eq!(example.daemon().pid(), daemon.pid());
}

fn both_verbs_refuse_the_same_settings() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", By::PlainUser);
    for (content, message) in [
        ("listen = here\n", "own.conf, line 1: listen: invalid socket address syntax\n"),
        ("\ncolour = red\n", "own.conf, line 2: neither `listen = ` nor `greeting = `\n"),
    ] {
        settings(&example, content);
        for arguments in [["check-config", "own.conf"], ["serve", "--config=own.conf"]] {
            let refused = example.run(arguments).expect_code(78);
            assert_eq!(refused.terminal, format!("subcommands: {message}"));
        }
    }
    let refused = example.run(["check-config", "none.conf"]).expect_code(78);
    expect_beginning(&refused.terminal, "subcommands: cannot read none.conf: No such file");
    sandbox.assert_nothing_left();
}

fn it_says_that_its_port_is_in_use() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", By::PlainUser);
    let refused = run_on_a_used_port(&sandbox, |address| {
        settings(&example, &format!("listen = {address}\n"));
        example.run(["serve", "--config=own.conf"])
    });
    let terminal = refused.expect_code(1).terminal;
    assert!(terminal.contains("Address already in use"), "the terminal shows {terminal:?}");
}

/// In the directory where the example is started.
fn settings(example: &Installed<'_>, content: &str) {
    fs::write(example.home().join("own.conf"), content).unwrap();
}

#[track_caller]
fn expect_greeting(said: &str, greeting: &str) {
    let client = connect(address(said, GREETING_ON));
    assert_eq!(read_to_end(client), greeting);
}
