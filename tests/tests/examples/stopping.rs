//! The commands of docs/stopping.md do what the page says.

use daemon_tests::{Finished, NOBODY, STRANGER, Sandbox, Start, is_root, require_program};

use crate::installed::{By, Installed};

daemon_tests::tests![a_plain_user_stops_theirs, root_stops_theirs, root_stops_one_with_a_user];

fn a_plain_user_stops_theirs() {
    is_stopped(By::PlainUser, &["serve"], |start| {
        if is_root() { start.user(NOBODY, NOBODY) } else { start }
    });
}

fn root_stops_theirs() {
    is_stopped(By::Root, &["serve"], |start| start);
}

fn root_stops_one_with_a_user() {
    is_stopped(By::Root, &["serve", "--user=nobody"], |start| start);
}

fn is_stopped(by: By, arguments: &[&str], as_owner: impl Fn(Start<'_>) -> Start<'_>) {
    require_program("pkill", "procps");
    require_program("flock", "util-linux");
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "subcommands", by);
    std::fs::write(example.home().join("own.conf"), "listen = 127.0.0.1:0\n").unwrap();
    let start = example.start().args(arguments).arg("--config=own.conf").terminal();
    start.run().expect_code(0);
    let daemon = example.daemon();

    let file = example.pidfile();
    let command = |program: &str, flags: &[&str]| {
        let start = sandbox.start(program).args(flags).arg(&file);
        if program == "flock" { start.arg("true") } else { start.arg("-L") }
    };
    let run =
        |program: &str, flags: &[&str]| -> Finished { as_owner(command(program, flags)).run() };
    if is_root() {
        let stranger = |start: Start<'_>| start.user(STRANGER, STRANGER).run();
        stranger(command("pkill", &["-F"])).expect_code(1);
        stranger(command("flock", &["-n"])).expect_code(66);
    }
    assert_eq!(run("pgrep", &["-F"]).expect_code(0).stdout, format!("{}\n", daemon.pid()));
    run("flock", &["-n"]).expect_code(1);
    assert!(daemon.is_alive(), "nobody has stopped it yet");

    run("pkill", &["-F"]).expect_code(0);
    run("flock", &["-w", "10"]).expect_code(0);
    daemon.wait_for_death();
    assert!(file.exists(), "a daemon that a signal ends leaves its file");
    run("pgrep", &["-F"]).expect_code(1);
    run("flock", &["-n"]).expect_code(0);
}
