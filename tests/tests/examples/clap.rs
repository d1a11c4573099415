//! `clap` does what its first lines say: it takes options, and answers mistakes at the terminal.

use daemon_tests::{CTRL_C, Sandbox, Signal, connect, read_to_end};

use crate::{
    installed::{By, Installed},
    said::expect_beginning,
    servers::{address, run_on_a_used_port},
};

daemon_tests::tests![
    by_a_plain_user,
    by_root,
    it_takes_its_options,
    it_answers_help_and_mistakes_at_the_terminal,
    it_stays_in_the_foreground_when_told,
    it_says_that_its_port_is_in_use,
];

fn by_a_plain_user() {
    greets(By::PlainUser);
}

fn by_root() {
    greets(By::Root);
}

fn greets(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clap", by);
    let (daemon, said) = example.run_daemon(["--port", "0"]);
    expect_greeting(&said, "hello\n");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn it_takes_its_options() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clap", By::PlainUser);
    // Relative to where it is started.
    let options = ["--port=0", "--greeting=good morning", "--pidfile=own.pid", "--log=own.log"];
    let said = example.run(options).expect_code(0).terminal;
    let daemon = sandbox.process_in(example.home().join("own.pid"));
    expect_greeting(&said, "good morning\n");
    assert_eq!(daemon.descriptors()[&2].target, example.home().join("own.log"));
    assert!(!example.pidfile().exists(), "the usual place is not used");

    let message = format!(
        "clap: already running: pid {} holds {}/own.pid\n",
        daemon.pid(),
        example.home().display()
    );
    assert_eq!(example.run(options).expect_code(75).terminal, message);
}

fn it_answers_help_and_mistakes_at_the_terminal() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clap", By::PlainUser);
    let help = example.start().arg("--help").run().expect_code(0);
    expect_beginning(&help.stdout, "Greets everybody who connects");
    assert!(help.stdout.contains("--foreground") && help.stderr.is_empty(), "{help:?}");
    for mistake in ["--colour", "--port=http", "--port=65536", "--port=-1", "--log=", "word"] {
        let refused = example.start().arg(mistake).run().expect_code(2);
        expect_beginning(&refused.stderr, "error: ");
        assert_eq!(refused.stdout, "");
    }
    assert!(sandbox.processes().is_empty(), "there is no daemon");
    assert!(!example.pidfile().exists(), "there is no pidfile");
}

fn it_stays_in_the_foreground_when_told() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clap", By::PlainUser);
    let mut command = example.start().args(["--foreground", "--port=0"]).terminal().spawn();
    command.wait_for_text("clap: greeting on 127.0.0.1:");
    command.wait_for_text("\n");
    expect_greeting(&command.terminal(), "hello\n");
    assert_eq!(example.daemon().pid(), command.process().pid(), "it is the command itself");
    assert!(!command.has_ended());
    command.type_text(CTRL_C);
    assert_eq!(command.wait().code(), 130);
    sandbox.assert_nothing_left();
}

fn it_says_that_its_port_is_in_use() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clap", By::PlainUser);
    let expect = |more: [&str; 2]| {
        let mut words = String::new();
        let refused = run_on_a_used_port(&sandbox, |address| {
            words = format!("clap: cannot listen on {address}: Address already in use");
            example.run(["--port", &address.port().to_string(), more[0], more[1]])
        });
        assert_eq!(refused.expect_code(71).terminal, format!("{words} (os error 98)\n"));
    };
    expect(["--greeting", "hello"]);
    // In the foreground too, and not only in the log.
    expect(["--foreground", "--log=own.log"]);
}

#[track_caller]
fn expect_greeting(said: &str, greeting: &str) {
    let client = connect(address(said, "clap: greeting on "));
    assert_eq!(read_to_end(client), greeting);
}
