//! `clockd` does what its first lines say: it is its own init script. What it says in a session is the
//! picture in the README.

use std::{env, fs, path::Path};

use daemon_tests::{Sandbox, connect};

use crate::{
    installed::{By, Installed},
    recording::Recording,
    servers::address,
};

daemon_tests::tests![by_a_plain_user, by_root, the_picture_shows_what_it_says];

fn by_a_plain_user() {
    is_its_own_init_script(By::PlainUser);
}

fn by_root() {
    is_its_own_init_script(By::Root);
}

fn settings(example: &Installed<'_>, text: &str) {
    fs::write(example.home().join("clock.conf"), text).expect("the settings");
}

const BERLIN: &str = "zone = Europe/Berlin\nlisten = 127.0.0.1:0\n";

fn is_its_own_init_script(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clockd", by);
    settings(&example, BERLIN);
    example.run(["check", "--config", "clock.conf"]).expect_code(0);
    let (daemon, said) = example.run_daemon(["start", "--config", "clock.conf"]);
    let at = address(&said, "clockd: tells the time in Europe/Berlin on ");
    let status = example.run(["status"]).expect_code(0);
    assert!(status.terminal.contains("phase: ready"), "{status:?}");
    assert!(status.terminal.contains(&format!("pid: {}", daemon.pid())), "{status:?}");

    settings(&example, "zone = Asia/Tokyo\n");
    let reloaded = example.run(["reload"]).expect_code(0);
    assert_eq!(reloaded.terminal, "clockd: reloaded: the time in Asia/Tokyo\n");
    settings(&example, "zone = Mars\n");
    let refused = example.run(["reload"]).expect_code(1);
    assert!(refused.terminal.contains("line 1: there is no time zone `Mars`"), "{refused:?}");
    let restarted = example.run(["restart", "--config", "clock.conf"]).expect_code(78);
    assert!(restarted.terminal.contains("Mars"), "{restarted:?}");
    assert!(daemon.is_alive(), "the old one runs on");

    settings(&example, BERLIN);
    example.run(["restart", "--config", "clock.conf"]).expect_code(0);
    daemon.wait_for_death();
    assert_ne!(example.daemon().pid(), daemon.pid());
    assert!(std::net::TcpStream::connect(at).is_err(), "the new one has another port");
    example.run(["stop"]).expect_code(0);
    sandbox.assert_nothing_left();
    let ended = example.run(["status"]).expect_code(3);
    assert!(ended.terminal.contains("not running"), "{ended:?}");
}

/// To renew it: `DAEMON_RECORDING=overwrite cargo test -p daemon-tests --test examples clockd`.
fn the_picture_shows_what_it_says() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clockd", By::PlainUser);
    let mut recording = Recording::new(&example);
    let zone = |zone: &str| settings(&example, &format!("zone = {zone}\nlisten = 127.0.0.1:0\n"));

    zone("Europe/Berlin");
    let said = recording.run(&["--config", "clock.conf"], 0);
    let at = address(&said, "clockd: tells the time in Europe/Berlin on ");
    recording.run(&["--config", "clock.conf"], 75);
    recording.run(&["status"], 0);
    zone("Mars");
    recording.run(&["reload"], 1);
    recording.run(&["restart", "--config", "clock.conf"], 78);
    let clients = [at, at].map(connect);
    sandbox.wait_until("both are held", || {
        example.run(["status"]).terminal.matches("client 127.0.0.1").count() == 2
    });
    recording.run(&["stop"], 0);
    drop(clients);
    sandbox.assert_nothing_left();

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/clockd.svg");
    if env::var("DAEMON_RECORDING").is_ok_and(|it| it == "overwrite") {
        fs::write(&path, recording.svg()).expect("the picture");
    }
    let picture = fs::read_to_string(&path).expect("the picture");
    for line in recording.lines() {
        assert!(recording.is_shown_by(&picture, line), "{line:?} is not in {}", path.display());
    }
}
