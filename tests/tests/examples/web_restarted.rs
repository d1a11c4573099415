//! Nobody who is connected to `web` notices that it is restarted, where systemd holds its socket: wrk
//! asks all the time, and each request is answered.

use daemon_tests::{Running, Sandbox, Systemd, require_program};

use crate::built;

daemon_tests::tests![a_connection_for_each_request, connections_that_are_kept];

fn a_connection_for_each_request() {
    restarted_under(&["--header", "Connection: close"]);
}

fn connections_that_are_kept() {
    restarted_under(&[]);
}

/// How often it is restarted meanwhile. Each time, it still answers for two seconds.
const RESTARTS: usize = 3;

fn restarted_under(words: &[&str]) {
    let wrk = require_program("wrk", "wrk");
    let sandbox = Sandbox::new().with_deadline(std::time::Duration::from_secs(60));
    let machine = Systemd::boot(&sandbox);
    let socket = "ListenStream=127.0.0.1:8080\nFileDescriptorName=http";
    machine.unit("web.socket", &format!("[Socket]\n{socket}\n"));
    let exec =
        format!("Type=notify\nExecStart={}", sandbox.install(built::example("web")).display());
    machine.unit("web.service", &format!("[Service]\n{exec}\n"));
    machine.systemctl(["start", "web.socket", "web.service"]).expect_code(0);

    let asking = machine.start(&wrk).args(["--threads=2", "--connections=32", "--duration=15s"]);
    let mut asking: Running<'_> = asking.args(words).arg("http://127.0.0.1:8080/").spawn();
    let mut processes = vec![machine.show("web.service", "MainPID")];
    for _ in 0..RESTARTS {
        machine.systemctl(["restart", "web.service"]).expect_code(0);
        processes.push(machine.show("web.service", "MainPID"));
    }
    assert!(!asking.has_ended(), "{asking:?}");
    processes.dedup();
    assert_eq!(processes.len(), RESTARTS + 1, "{processes:?}");
    let said = asking.wait().expect_code(0).stdout;
    let requests =
        said.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok());
    assert!(requests.is_some_and(|requests: u64| requests > 1000), "{said}");
    // wrk says nothing of what did not happen.
    for trouble in ["Socket errors", "Non-2xx"] {
        assert!(!said.contains(trouble), "{said}{}", machine.report("web.service"));
    }
    println!("{} requests through {RESTARTS} restarts", requests.unwrap_or_default());
    machine.systemctl(["stop", "web.socket", "web.service"]).expect_code(0);
    assert_eq!(machine.show("web.service", "Result"), "success");
}
