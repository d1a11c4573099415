//! Promise 28: no line is lost or torn while the real logrotate(8) turns the log again and again.
//!
//! ```text
//! DAEMON_TURNS=1000 cargo test -p daemon-tests --test running logrotate::    # in place of some 30
//! ```

use std::fs;
use std::time::{Duration, Instant};

use daemon_tests::{Sandbox, Signal, fixture, is_root, require_program, skip};

use crate::numbered::Numbered;
use crate::repeated::repeated;

daemon_tests::tests![as_root, as_a_user];

const LOG: &str = "daemon.log";

fn as_root() {
    no_line_is_lost(&[], "create 0644 root root");
}

fn as_a_user() {
    no_line_is_lost(&["user=nobody"], "create 0640 nobody nogroup");
}

fn no_line_is_lost(words: &[&str], create: &str) {
    let logrotate = require_program("logrotate", "logrotate");
    if !is_root() {
        skip!("needs root: logrotate(8) wants its files to be root's");
    }
    let turns = repeated("DAEMON_TURNS", 30);
    let deadline = Duration::from_secs(60) + Duration::from_secs(1) * turns;
    let sandbox = Sandbox::new().with_deadline(deadline);
    let start = sandbox.start(fixture!("reloads")).args(["mode=background", "umask=022"]);
    let start = start.args(["stderr=@/daemon.log", "notify", "numbers", "stop"]).args(words);
    let daemon = start.daemon();
    // With `compress` alone, the old log has to be complete when the script ends.
    let log = sandbox.join(LOG);
    let (log, pid) = (log.display(), daemon.pid());
    let configuration = format!(
        "{log} {{\n su root root\n rotate {turns}\n {create}\n compress\n postrotate\n kill -HUP {pid}\n \
         until [ /proc/{pid}/fd/2 -ef {log} ]; do sleep 0.01; done\n endscript\n}}\n"
    );
    let file = sandbox.file("logrotate.conf", 0o600, &configuration);
    let since = Instant::now();
    for _ in 0..turns {
        let turn = sandbox.start(&logrotate).args(["--force", "--state"]);
        turn.arg(sandbox.join("state")).arg(&file).run().expect_code(0);
    }
    let took = since.elapsed();
    sandbox.end(&daemon, Signal::SIGTERM);

    let mut numbered = Numbered::default();
    for turn in (1..=turns).rev() {
        let file = sandbox.join(format!("{LOG}.{turn}.gz"));
        let text = sandbox.start("gzip").arg("-dc").arg(&file).run().expect_code(0).stdout;
        numbered.take(&text, &file.display().to_string());
    }
    numbered.take(&sandbox.read(LOG), LOG);
    let files = fs::read_dir(sandbox.path()).expect("the directory");
    let is_log = |name: &str| name.starts_with(LOG);
    let files =
        files.filter(|it| it.as_ref().is_ok_and(|it| it.file_name().to_str().is_some_and(is_log)));
    assert_eq!(files.count(), turns as usize + 1);
    println!("{create}: {} lines in {turns} turns and {took:?}", numbered.count(1000));
}
