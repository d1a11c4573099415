//! Promise 18: `daemon::sockets()` gives what was passed to this process, by order and by name,
//! checked, in the background too; programs that the daemon executes get none of it.

use std::fs::File;
use std::net::{TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener};

use daemon_tests::{PIDFILE, Sandbox, Start, answer_at, connect, fixture, listener, told};

daemon_tests::tests![
    by_name_in_the_foreground,
    by_name_in_the_background,
    in_order,
    each_is_what_it_is,
    what_has_no_name_is_unknown,
    what_was_passed_to_another_process_is_left_alone,
    without_any_the_program_goes_on,
    a_number_that_makes_no_sense_is_refused,
    names_that_do_not_fit_are_refused,
    a_descriptor_that_is_not_there_is_refused,
    what_the_program_owns_stays_open,
    children_get_none_of_it,
    those_that_nobody_takes_are_said,
];

/// Passes these to the fixture, from 3 on, with these names.
fn pass<'a>(start: Start<'a>, sockets: Vec<OwnedFd>, names: &str) -> Start<'a> {
    let start = start.env("LISTEN_FDS", sockets.len().to_string()).env("LISTEN_FDNAMES", names);
    let start = start.env_own_pid("LISTEN_PID");
    (3..).zip(sockets).fold(start, |start, (number, socket)| start.descriptor(number, socket))
}

fn activated<'a>(sandbox: &'a Sandbox, step: &str) -> Start<'a> {
    sandbox.start(fixture!("activated")).arg(step)
}

fn in_foreground<'a>(sandbox: &'a Sandbox, step: &str) -> Start<'a> {
    activated(sandbox, step).arg("mode=foreground")
}

fn by_name_in(mode: &str) {
    let sandbox = Sandbox::new();
    let ((other, _), (http, address)) = (listener(), listener());
    let start = activated(&sandbox, "by-name:http").arg(mode);
    let mut command = pass(start, vec![other.into(), http.into()], "admin:http").spawn();
    command.wait_for_text("passed: 2\n");
    assert_eq!(answer_at(address), "hello");
    command.wait_for_text("left: [\"admin\"]\n");
}

fn by_name_in_the_foreground() {
    by_name_in("mode=foreground");
}

fn by_name_in_the_background() {
    by_name_in("mode=background");
}

fn in_order() {
    let sandbox = Sandbox::new();
    let ((first, address), (second, _)) = (listener(), listener());
    let start = activated(&sandbox, "in-order");
    let mut command = pass(start, vec![first.into(), second.into()], "a:b").spawn();
    assert_eq!(answer_at(address), "hello");
    command.wait_for_text("left: [\"b\"]\n");
}

fn each_is_what_it_is() {
    let sandbox = Sandbox::new();
    let sorts = ["tcp_listener", "tcp_stream", "udp_socket", "unix_listener", "unix_datagram"];
    let names = [&sorts[..], &["file", "tcp6_listener", "unconnected"]].concat();
    let all = || -> Vec<OwnedFd> {
        let (accepting, address) = listener();
        let stream = connect(address);
        let _ = std::fs::remove_file(sandbox.join("socket"));
        vec![
            accepting.into(),
            stream.into(),
            UdpSocket::bind("127.0.0.1:0").expect("a socket").into(),
            UnixListener::bind(sandbox.join("socket")).expect("a socket").into(),
            UnixDatagram::unbound().expect("a socket").into(),
            File::open("/dev/null").expect("a file").into(),
            TcpListener::bind("[::1]:0").expect("a socket").into(),
            UnixDatagram::pair().expect("sockets").0.into(),
        ]
    };
    for sort in sorts {
        let start = in_foreground(&sandbox, &format!("convert:{sort}"));
        let finished = pass(start, all(), &names.join(":")).run().expect_code(0);
        for name in &names {
            let line = finished.stderr.lines().find(|line| line.starts_with(&format!("{name}: ")));
            let fits = *name == sort
                || (*name, sort) == ("tcp6_listener", "tcp_listener")
                || (*name, sort) == ("unconnected", "unix_datagram");
            let line = line.unwrap_or_else(|| panic!("{name}: {finished:?}"));
            assert_eq!(line == format!("{name}: yes"), fits, "{sort}: {line}");
        }
        if sort == "tcp_listener" {
            for words in [
                "descriptor 4 (`tcp_stream`), which was passed, is a TCP socket that does not \
                 listen, not a listening TCP socket",
                "descriptor 5 (`udp_socket`), which was passed, is a UDP socket, not a listening",
                "descriptor 6 (`unix_listener`), which was passed, is a listening Unix stream \
                 socket, not a listening TCP socket",
                "descriptor 8 (`file`), which was passed, is something other than a socket, not a listening TCP socket",
            ] {
                assert!(finished.stderr.contains(words), "{words}: {finished:?}");
            }
        }
    }
    sandbox.assert_nothing_left();
}

fn what_has_no_name_is_unknown() {
    let sandbox = Sandbox::new();
    let start = in_foreground(&sandbox, "nothing").env("LISTEN_FDS", "2");
    let start = start.env_own_pid("LISTEN_PID").descriptor(3, listener().0);
    let finished = start.descriptor(4, listener().0).run().expect_code(0);
    assert_eq!(finished.stderr, "passed: 2\nleft: [\"unknown\", \"unknown\"]\n");
}

fn what_was_passed_to_another_process_is_left_alone() {
    let sandbox = Sandbox::new();
    let start = in_foreground(&sandbox, "nothing");
    let start = start.env("LISTEN_PID", "1").env("LISTEN_FDS", "1").descriptor(3, listener().0);
    let finished = start.run().expect_code(0);
    assert_eq!(finished.stderr, "passed: 0\nleft: []\n");
}

fn without_any_the_program_goes_on() {
    let sandbox = Sandbox::new();
    let finished = in_foreground(&sandbox, "by-name:http").run().expect_code(0);
    assert_eq!(finished.stderr, "passed: 0\nleft: []\n");
}

/// Starts it with these variables; what refuses the start.
fn refusal(count: &str, names: &str) -> String {
    let sandbox = Sandbox::new();
    let start = activated(&sandbox, "nothing").env("LISTEN_FDS", count);
    let start = start.env("LISTEN_FDNAMES", names).env_own_pid("LISTEN_PID");
    let finished = start.descriptor(3, listener().0).run().expect_code(78);
    sandbox.assert_nothing_left();
    finished.stderr.lines().last().expect("a line").to_owned()
}

fn a_number_that_makes_no_sense_is_refused() {
    for count in ["-1", "many", "99999999999999999999"] {
        assert_eq!(
            refusal(count, "http"),
            format!(
                "activated: LISTEN_FDS is \"{count}\": that is not a number of sockets: whoever \
                 passes sockets sets it; see sd_listen_fds(3)"
            )
        );
    }
}

fn names_that_do_not_fit_are_refused() {
    assert_eq!(
        refusal("1", "http:admin"),
        "activated: LISTEN_FDNAMES is \"http:admin\": that names 2, and 1 were passed: whoever \
         passes sockets sets it; see sd_listen_fds(3)"
    );
}

fn a_descriptor_that_is_not_there_is_refused() {
    assert_eq!(
        refusal("2", "http:admin"),
        "activated: cannot take descriptor 4 (`admin`), which LISTEN_FDS counts: Bad file descriptor: \
         whoever passes sockets opens all of them, from 3 on; see sd_listen_fds(3)"
    );
}

/// `Config::run` is safe, whatever the variables count among the program's own.
fn what_the_program_owns_stays_open() {
    for (variable, value) in [("LISTEN_FDS", "1"), ("NOTIFICATION_FD", "3")] {
        let sandbox = Sandbox::new();
        let start = sandbox.start(fixture!("owns_number_3")).arg("mode=foreground");
        let mut command = start.env(variable, value).env_own_pid("LISTEN_PID").spawn();
        command.wait_for_text("still open");
    }
}

fn those_that_nobody_takes_are_said() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["stderr=inherit", "notify", "exit:9"]);
    let sockets = vec![listener().0.into(), listener().0.into()];
    assert_eq!(
        pass(start, sockets, "http:admin").run().expect_code(9).stderr,
        "does_as_told: nobody has taken these sockets, which were passed: http, admin\n"
    );
}

fn children_get_none_of_it() {
    let sandbox = Sandbox::new();
    for mode in ["mode=foreground", "mode=background"] {
        let steps = [mode, "environment:environment", "command:sleep 1000", "notify", "note:ready"];
        let start = told(&sandbox, steps);
        let sockets = vec![listener().0.into(), listener().0.into()];
        let command = pass(start, sockets, "http:admin").spawn();
        sandbox.wait_until("it is ready", || sandbox.join("ready").exists());
        let daemon = sandbox.process_in(PIDFILE);
        assert!([3, 4].iter().all(|number| daemon.descriptors().contains_key(number)));
        let child = daemon.only_child();
        // Before it sleeps, it has a library open.
        child.wait_until("sleeps", |child| child.comm() == "sleep" && child.state() == 'S');
        let descriptors = child.descriptors();
        assert!(descriptors.keys().all(|number| *number <= 2), "{descriptors:?}");
        assert!(!sandbox.read("environment").contains("LISTEN_"));
        std::fs::remove_file(sandbox.join("ready")).expect("a file");
        drop(command);
        sandbox.kill_all();
    }
}
