//! Each example does what its first lines say, started as a user would.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use daemon_tests::{CTRL_C, Finished, Process, Sandbox, Signal, Start};

use crate::installed::{By, Installed};

daemon_tests::tests![
    hello_by_a_plain_user,
    hello_by_root,
    an_alarm_clock_by_a_plain_user_outlives_its_terminal_and_rings_in_time,
    an_alarm_clock_by_root_outlives_its_terminal_and_rings_in_time,
    alarm_clocks_run_side_by_side,
    alarms_can_be_in_a_file,
    an_alarm_can_be_at_a_time_of_the_day,
    an_alarm_shows_on_the_desktop,
    a_desktop_that_hangs_delays_no_alarm,
    an_alarm_clock_explains_itself,
    an_alarm_clock_refuses_nonsense,
    an_alarm_clock_refuses_a_file_of_nonsense,
    echo_tcp_by_a_plain_user,
    echo_tcp_by_root,
    echo_tcp_says_that_its_port_is_in_use,
    echo_tokio_by_a_plain_user_outlives_its_terminal_and_a_kill,
    echo_tokio_by_root_outlives_its_terminal_and_a_kill,
    echo_tokio_lets_a_connection_finish,
    echo_tokio_waits_five_seconds_for_a_connection,
    echo_tokio_ends_at_once_when_told_twice,
    web_by_a_plain_user_shows_what_is_so,
    web_by_root_shows_what_is_so,
    web_says_that_its_port_is_in_use,
    clap_by_a_plain_user,
    clap_by_root,
    clap_takes_its_options,
    clap_answers_help_and_mistakes_at_the_terminal,
    clap_stays_in_the_foreground_when_told,
    clap_says_that_its_port_is_in_use,
    socket_activated_by_a_plain_user,
    socket_activated_by_root,
    socket_activated_stays_in_the_foreground_when_told,
    socket_activated_waits_five_seconds_for_a_client,
    socket_activated_refuses_what_is_no_address,
    socket_activated_says_that_its_port_is_in_use,
];

/// A port of the system's choice, which the example then says at the terminal.
const ANY_PORT: &str = "127.0.0.1:0";

// hello

fn hello_by_a_plain_user() {
    hello(By::PlainUser);
}

fn hello_by_root() {
    hello(By::Root);
}

fn hello(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "hello", by);
    let (daemon, said) = example.run_daemon([]);
    assert_eq!(said, "");
    let greeting = format!("hello from process {}\n", daemon.pid());
    sandbox.wait_until("it says hello, and again", || {
        example.logged().starts_with(&greeting.repeat(2))
    });
    example.expect_already_running(&daemon);
    daemon.signal(Signal::SIGTERM);
    sandbox.assert_nothing_left();
}

// alarm_clock

/// A time zone that no machine has by chance.
const TIME_ZONE: &str = "ODD-05:17";

fn an_alarm_clock_by_a_plain_user_outlives_its_terminal_and_rings_in_time() {
    an_alarm_clock_outlives_its_terminal_and_rings_in_time(By::PlainUser);
}

fn an_alarm_clock_by_root_outlives_its_terminal_and_rings_in_time() {
    an_alarm_clock_outlives_its_terminal_and_rings_in_time(By::Root);
}

fn an_alarm_clock_outlives_its_terminal_and_rings_in_time(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", by);
    let (started, from) = (Instant::now(), now());
    let mut command = in_odd_time(example.start().args(["3s", "tea is ready"])).terminal().spawn();
    let finished = command.wait().expect_code(0);
    let until = now();
    assert!(finished.elapsed < Duration::from_secs(2), "it returned at once: {finished:?}");
    let time = between(&finished.terminal, "alarm_clock: rings at ", " (in 3s): tea is ready\n");
    let times = (from + 3..=until + 3).map(|seconds| clock(&sandbox, seconds, "%T"));
    assert!(times.into_iter().any(|it| it == time), "three seconds from now is not {time}");

    let daemon = the_process(&sandbox);
    assert_eq!(daemon.tty_nr(), 0, "it has left the terminal");
    command.hang_up();
    daemon.wait_for_death();
    let elapsed = started.elapsed();
    let logged = example.logged();
    assert!(logged.ends_with(&format!(" {time} tea is ready\n")), "the log is {logged:?}");
    assert_eq!(logged.len(), "2026-05-04 17:26:58 tea is ready\n".len(), "it is {logged:?}");
    let in_time = Duration::from_secs(3)..Duration::from_secs(10);
    assert!(in_time.contains(&elapsed), "it rang and ended after {elapsed:?}");
    sandbox.assert_nothing_left();
}

fn alarm_clocks_run_side_by_side() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    example.run(["4s", "second"]).expect_code(0);
    example.run(["1s", "first"]).expect_code(0);
    assert_eq!(sandbox.processes().len(), 2);
    sandbox.assert_nothing_left();
    assert_eq!(texts(&example), ["first", "second"]);
}

fn alarms_can_be_in_a_file() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let alarms = "# today\n\n2s   all done # 2\n  0s\tgo\n1s -v -- \"on\"\n";
    fs::write(example.home().join("alarms.txt"), alarms).unwrap();
    let finished = example.run(["--file", "alarms.txt"]).expect_code(0);
    assert!(finished.elapsed < Duration::from_secs(2), "it returned at once: {finished:?}");
    let said = between(&finished.terminal, "alarm_clock: rings 3 times, first at ", " (in 2s)\n");
    assert!(said.contains(" (in 0s), last at "), "it said {said:?}");
    sandbox.assert_nothing_left();
    assert_eq!(texts(&example), ["go", "-v -- \"on\"", "all done # 2"]);
}

fn an_alarm_can_be_at_a_time_of_the_day() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let announced = |time: &str| {
        let start = in_odd_time(example.start().args([time, "home"])).terminal();
        let said = start.run().expect_code(0).terminal;
        between(&said, "alarm_clock: rings at ", "): home\n").to_owned()
    };
    let soon = clock(&sandbox, now() + 3630, "%T");
    let said = announced(&soon);
    assert!(said == format!("{soon} (in 1h 30s") || said.starts_with(&format!("{soon} (in 1h 2")));
    // What has passed is meant for tomorrow; seconds may be left out.
    let passed = clock(&sandbox, now() - 60, "%H:%M");
    let said = announced(&passed);
    assert!(said.starts_with(&format!("{passed}:00 (in 23h 5")), "it said {said:?}");
}

fn an_alarm_shows_on_the_desktop() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let path = notify_send(&sandbox, "printf '%s\\n' \"$@\" >\"$HOME/shown\"; exit 1");
    let start = example.start().args(["0s", "tea", "-v is", "ready"]).env("PATH", path);
    start.terminal().run().expect_code(0);
    sandbox.assert_nothing_left();
    assert_eq!(sandbox.read(example.home().join("shown")), "--\nAlarm\ntea -v is ready\n");
    assert_eq!(texts(&example), ["tea -v is ready"]);
}

fn a_desktop_that_hangs_delays_no_alarm() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let path = notify_send(&sandbox, "exec sleep 1000");
    fs::write(example.home().join("alarms.txt"), "0s first\n1s second\n").unwrap();
    let start = example.start().args(["--file", "alarms.txt"]).env("PATH", path);
    start.terminal().run().expect_code(0);
    sandbox.wait_until("both have rung", || texts(&example) == ["first", "second"]);
}

fn an_alarm_clock_explains_itself() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let finished = example.start().arg("--help").run().expect_code(0);
    assert!(finished.stdout.starts_with("usage: alarm_clock TIME TEXT"), "{finished:?}");
    assert_eq!(finished.stderr, "");
    expect_no_trace(&example);
}

fn an_alarm_clock_refuses_nonsense() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let nonsense: [(&[&str], &str); 16] = [
        (&[], "what shall ring, and when?"),
        (&["3x"], "\"3x\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["3x", "tea"], "\"3x\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["3", "tea"], "\"3\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["", "tea"], "\"tea\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["tea", "3s"], "\"tea\" is no time: write 3s, 20m, 1h30m, or 17:30"),
        (&["3s"], "there is nothing to say at "),
        (&["3s", " "], "there is nothing to say at "),
        (&["-3s", "tea"], "\"-3s\" is in the past"),
        (&["99999999h", "tea"], "\"99999999h\" is too far away"),
        (&["99999999999999999999h", "tea"], "\"99999999999999999999h\" is no time: write"),
        (&["24:00", "tea"], "\"24:00\" is no time of the day"),
        (&["17:60", "tea"], "\"17:60\" is no time of the day"),
        (&["--file"], "what shall ring, and when?"),
        (&["--file", "one", "two"], "what shall ring, and when?"),
        (&["--fiel", "one"], "\"--fiel\" is no time: write"),
    ];
    for (arguments, message) in nonsense {
        let refused = example.start().args(arguments).terminal().run().expect_code(78);
        expect_beginning(&refused.terminal, &format!("alarm_clock: {message}"));
        let explained = refused.terminal.contains("\nusage: alarm_clock TIME TEXT");
        assert_eq!(explained, message == "what shall ring, and when?", "{refused:?}");
    }
    expect_no_trace(&example);
}

fn an_alarm_clock_refuses_a_file_of_nonsense() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "alarm_clock", By::PlainUser);
    let expect = |name: &str, message: &str| {
        let refused = example.run(["--file", name]).expect_code(78);
        expect_beginning(&refused.terminal, &format!("alarm_clock: {message}"));
    };
    for (content, message) in [
        ("", "there is no alarm in alarms.txt\n"),
        ("# none\n\n", "there is no alarm in alarms.txt\n"),
        ("3s tea\n\n3x tea\n", "alarms.txt, line 3: \"3x\" is no time: write 3s, "),
        ("# tea\n3s\n", "alarms.txt, line 2: there is nothing to say at "),
        ("25:00 late\n", "alarms.txt, line 1: \"25:00\" is no time of the day\n"),
    ] {
        fs::write(example.home().join("alarms.txt"), content).unwrap();
        expect("alarms.txt", message);
    }
    fs::write(example.home().join("alarms.txt"), b"3s \xff\n").unwrap();
    expect("alarms.txt", "cannot read alarms.txt: stream did not contain valid UTF-8\n");
    expect("none.txt", "cannot read none.txt: No such file or directory (os error 2)\n");
    expect(".", "cannot read .: Is a directory (os error 21)\n");
    expect_no_trace(&example);
}

/// A directory for the front of `PATH`, with a `notify-send` that does this.
fn notify_send(sandbox: &Sandbox, line: &str) -> String {
    let directory = sandbox.directory("bin", 0o755);
    sandbox.file("bin/notify-send", 0o755, &format!("#!/bin/sh\n{line}\n"));
    format!("{}:/usr/bin:/bin", directory.display())
}

/// What has rung, in order.
fn texts(example: &Installed<'_>) -> Vec<String> {
    let logged = example.logged();
    logged.lines().map(|line| line["2026-05-04 17:26:58 ".len()..].to_owned()).collect()
}

#[track_caller]
fn expect_no_trace(example: &Installed<'_>) {
    assert!(example.sandbox.processes().is_empty(), "there is no daemon");
    assert!(!example.log().exists(), "there is no log");
}

fn in_odd_time(start: Start<'_>) -> Start<'_> {
    start.env("TZ", TIME_ZONE)
}

/// This time as a clock in the odd time zone shows it.
fn clock(sandbox: &Sandbox, seconds: u64, format: &str) -> String {
    let date = sandbox.start("date").args(["-d", &format!("@{seconds}"), &format!("+{format}")]);
    in_odd_time(date).run().expect_code(0).stdout.trim_end().to_owned()
}

/// In seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The daemon of an example that has no pidfile.
#[track_caller]
fn the_process(sandbox: &Sandbox) -> Process {
    let mut processes = sandbox.processes();
    assert_eq!(processes.len(), 1, "{processes:?}");
    processes.remove(0)
}

// echo_tcp

fn echo_tcp_by_a_plain_user() {
    echo_tcp(By::PlainUser);
}

fn echo_tcp_by_root() {
    echo_tcp(By::Root);
}

fn echo_tcp(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "echo_tcp", by);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, "echo_tcp: listening on ");
    let mut clients = [address; 3].map(connect);
    for client in &mut clients {
        expect_echo(client, "what I say");
    }
    for client in &mut clients {
        expect_echo(client, "and again");
    }
    example.expect_already_running(&daemon);
    expect_echo(&mut clients[0], "not disturbed");
    daemon.signal(Signal::SIGTERM);
    sandbox.assert_nothing_left();
}

fn echo_tcp_says_that_its_port_is_in_use() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "echo_tcp", By::PlainUser);
    let refused = run_on_a_used_port(&sandbox, |address| example.run([&address.to_string()]));
    let terminal = refused.expect_code(1).terminal;
    assert!(terminal.contains("Address already in use"), "the terminal shows {terminal:?}");
}

// echo_tokio

fn echo_tokio_by_a_plain_user_outlives_its_terminal_and_a_kill() {
    echo_tokio_outlives_its_terminal_and_a_kill(By::PlainUser);
}

fn echo_tokio_by_root_outlives_its_terminal_and_a_kill() {
    echo_tokio_outlives_its_terminal_and_a_kill(By::Root);
}

fn echo_tokio_outlives_its_terminal_and_a_kill(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "echo_tokio", by);
    let mut command = example.start().arg(ANY_PORT).terminal().spawn();
    let said = command.wait().expect_code(0).terminal;
    let first = example.daemon();
    let mut client = connect(address(&said, "echo_tokio: listening on "));
    expect_echo(&mut client, "at a terminal");
    assert_eq!(first.tty_nr(), 0, "it has left the terminal");
    command.hang_up();
    drop(command);
    expect_echo(&mut client, "and without it");
    example.expect_already_running(&first);
    expect_echo(&mut client, "not disturbed");

    first.signal(Signal::SIGKILL);
    first.wait_for_death();
    assert_eq!(sandbox.read(example.pidfile()), format!("{}\n", first.pid()), "a stale pidfile");
    let (second, said) = example.run_daemon([ANY_PORT]);
    assert_ne!(second.pid(), first.pid());
    expect_echo(&mut connect(address(&said, "echo_tokio: listening on ")), "back again");
    example.expect_already_running(&second);

    second.signal(Signal::SIGTERM);
    sandbox.assert_nothing_left();
    assert!(!example.pidfile().exists(), "a daemon that ends takes its pidfile with it");
}

fn echo_tokio_lets_a_connection_finish() {
    let sandbox = Sandbox::new();
    let (daemon, address) = run_echo_tokio(&sandbox);
    let mut client = connect(address);
    expect_echo(&mut client, "hello");
    daemon.signal(Signal::SIGTERM);
    sandbox.wait_until("it takes no more connections", || TcpStream::connect(address).is_err());
    expect_echo(&mut client, "let me finish");
    let closed = Instant::now();
    drop(client);
    daemon.wait_for_death();
    assert!(closed.elapsed() < Duration::from_secs(3), "it waited {:?} longer", closed.elapsed());
}

fn echo_tokio_waits_five_seconds_for_a_connection() {
    let sandbox = Sandbox::new();
    let (daemon, address) = run_echo_tokio(&sandbox);
    let mut client = connect(address);
    expect_echo(&mut client, "hello");
    let told = Instant::now();
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    let waited = told.elapsed();
    assert!((5..10).contains(&waited.as_secs()), "it waited {waited:?}");
}

fn echo_tokio_ends_at_once_when_told_twice() {
    let sandbox = Sandbox::new();
    let (daemon, address) = run_echo_tokio(&sandbox);
    let mut client = connect(address);
    expect_echo(&mut client, "hello");
    let told = Instant::now();
    daemon.signal(Signal::SIGTERM);
    sandbox.wait_until("it takes no more connections", || TcpStream::connect(address).is_err());
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    assert!(told.elapsed() < Duration::from_secs(4), "it waited {:?}", told.elapsed());
}

fn run_echo_tokio(sandbox: &Sandbox) -> (Process, SocketAddr) {
    let example = Installed::new(sandbox, "echo_tokio", By::PlainUser);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    (daemon, address(&said, "echo_tokio: listening on "))
}

// web

fn web_by_a_plain_user_shows_what_is_so() {
    web_shows_what_is_so(By::PlainUser);
}

fn web_by_root_shows_what_is_so() {
    web_shows_what_is_so(By::Root);
}

fn web_shows_what_is_so(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", by);
    let start = example.start().arg(ANY_PORT).terminal();
    let start = start.leak(7).ignore(Signal::SIGUSR1).block(Signal::SIGUSR2);
    // Its terminal stays open meanwhile: that the daemon has none is no merit once it is closed.
    let mut command = start.spawn();
    let said = command.wait().expect_code(0).terminal;
    let daemon = example.daemon();
    let mut client = connect(address(&said, "web: look at http://"));
    client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let page = read_until(&mut client, "</html>\n");
    expect_beginning(&page, "HTTP/1.1 200 OK\r\n");
    let page = page.to_lowercase();
    assert!(page.contains("\r\ncontent-type: text/html; charset=utf-8\r\n"), "{page}");

    let rows: BTreeMap<_, _> = page
        .split("<tr><th>")
        .skip(1)
        .map(|row| {
            let (name, rest) = row.split_once("<td>").unwrap();
            (name, rest.split("<tr>").next().unwrap().split("</table>").next().unwrap().trim())
        })
        .collect();
    // While it is connected to us, it has open what it had then.
    let descriptors = daemon.descriptors().into_iter();
    let descriptors: Vec<_> =
        descriptors.map(|(number, it)| format!("{number} {}", it.target.display())).collect();
    assert_eq!(rows["process"], daemon.pid().to_string());
    assert_eq!(rows["session"], daemon.sid().to_string());
    assert_eq!(rows["process group"], daemon.pgid().to_string());
    assert_eq!(rows["parent"], daemon.ppid().to_string());
    assert_ne!(rows["session"], rows["process"], "it leads no session");
    assert_eq!((rows["terminal"], daemon.tty_nr()), ("none", 0));
    assert_eq!((rows["umask"], daemon.umask()), ("0027", 0o027));
    assert_eq!(rows["working directory"], "/");
    assert_eq!(rows["open descriptors"], descriptors.join("\n").to_lowercase());
    expect_beginning(rows["open descriptors"], "0 /dev/null\n1 /dev/null\n2 /dev/null\n");
    assert!(!rows["open descriptors"].contains("(deleted)"), "the leaked file is closed: {page}");
    assert_eq!(rows["blocked signals"], "none");
    assert_eq!(rows["ignored signals"], (Signal::SIGPIPE as i32).to_string());
    assert!(rows["caught signals"].split(' ').any(|it| it == "15"), "{page}");

    client.write_all(b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    expect_beginning(&read_until(&mut client, "\r\n\r\n"), "HTTP/1.1 404 Not Found\r\n");
    example.expect_already_running(&daemon);
    daemon.signal(Signal::SIGTERM);
    sandbox.assert_nothing_left();
    assert!(!example.pidfile().exists(), "a daemon that ends takes its pidfile with it");
}

fn web_says_that_its_port_is_in_use() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", By::PlainUser);
    let refused = run_on_a_used_port(&sandbox, |address| example.run([&address.to_string()]));
    let terminal = refused.expect_code(1).terminal;
    assert!(terminal.contains("Address already in use"), "the terminal shows {terminal:?}");
}

// clap

fn clap_by_a_plain_user() {
    clap(By::PlainUser);
}

fn clap_by_root() {
    clap(By::Root);
}

fn clap(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clap", by);
    let (daemon, said) = example.run_daemon(["--port", "0"]);
    expect_greeting(&said, "hello\n");
    daemon.signal(Signal::SIGTERM);
    sandbox.assert_nothing_left();
}

fn clap_takes_its_options() {
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

fn clap_answers_help_and_mistakes_at_the_terminal() {
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

fn clap_stays_in_the_foreground_when_told() {
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

fn clap_says_that_its_port_is_in_use() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "clap", By::PlainUser);
    let refused = run_on_a_used_port(&sandbox, |address| {
        example.run(["--port", &address.port().to_string()])
    });
    let terminal = refused.expect_code(71).terminal;
    assert_eq!(terminal, "clap: Address already in use (os error 98)\n");
    // In the foreground too, and not only in the log.
    let refused = run_on_a_used_port(&sandbox, |address| {
        let port = address.port().to_string();
        example.run(["--port", &port, "--foreground", "--log", "own.log"])
    });
    let terminal = refused.expect_code(71).terminal;
    assert_eq!(terminal, "clap: Address already in use (os error 98)\n");
}

#[track_caller]
fn expect_greeting(said: &str, greeting: &str) {
    let mut client = connect(address(said, "clap: greeting on "));
    let mut heard = String::new();
    client.read_to_string(&mut heard).expect("a greeting, and then the end");
    assert_eq!(heard, greeting);
}

// socket_activated; under supervisors: deploy.rs

fn socket_activated_by_a_plain_user() {
    socket_activated(By::PlainUser);
}

fn socket_activated_by_root() {
    socket_activated(By::Root);
}

fn socket_activated(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", by);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address_of_socket_activated(&said);
    let hello = format!("hello from process {}\n", daemon.pid());
    for (path, status, page) in [
        ("/", "200 OK", &*hello),
        ("/healthz", "200 OK", "well\n"),
        ("/healthz/", "404 Not Found", "only / and /healthz are here\n"),
    ] {
        let mut client = connect(address);
        write!(client, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        expect_beginning(&answer, &format!("HTTP/1.1 {status}\r\n"));
        assert!(answer.ends_with(&format!("\r\n\r\n{page}")), "{answer}");
        let length = format!("\r\nContent-Length: {}\r\n", page.len());
        assert!(answer.contains(&length), "{answer}");
    }
    example.expect_already_running(&daemon);
    daemon.signal(Signal::SIGTERM);
    sandbox.assert_nothing_left();
    assert!(!example.pidfile().exists(), "it ended in order");
}

fn socket_activated_stays_in_the_foreground_when_told() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", By::PlainUser);
    let start = example.start().arg(ANY_PORT).env("DAEMON_MODE", "foreground").terminal();
    let mut command = start.spawn();
    command.wait_for_text(" (foreground: DAEMON_MODE says so)\n");
    assert!(!example.pidfile().exists(), "there is one in the background only");
    command.type_text(CTRL_C);
    assert_eq!(command.wait().code(), 0);
    sandbox.assert_nothing_left();
}

fn socket_activated_waits_five_seconds_for_a_client() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", By::PlainUser);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address_of_socket_activated(&said);
    let _silent = connect(address);
    let started = Instant::now();
    // Once this one is answered, the one before has been accepted.
    let mut client = connect(address);
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    client.read_to_string(&mut String::new()).unwrap();
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    let in_time = Duration::from_millis(4500)..Duration::from_secs(9);
    assert!(in_time.contains(&started.elapsed()), "it ended after {:?}", started.elapsed());
}

fn socket_activated_refuses_what_is_no_address() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", By::PlainUser);
    for mistake in ["8081", "localhost:8081", "--help"] {
        let refused = example.run([mistake]).expect_code(78);
        let message =
            format!("socket_activated: {mistake:?} is not an address such as 127.0.0.1:8081\n");
        assert_eq!(refused.terminal, message);
    }
    sandbox.assert_nothing_left();
}

fn socket_activated_says_that_its_port_is_in_use() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", By::PlainUser);
    let refused = run_on_a_used_port(&sandbox, |address| example.run([&address.to_string()]));
    let terminal = refused.expect_code(1).terminal;
    assert!(terminal.contains("Address already in use"), "the terminal shows {terminal:?}");
}

#[track_caller]
fn address_of_socket_activated(said: &str) -> SocketAddr {
    let why = " (background: nothing supervises it)\n";
    between(said, "socket_activated: http://", why).parse().expect("an address")
}

// What the servers have in common.

/// What the example is told of a port that somebody else listens on, and that it leaves nothing.
#[track_caller]
fn run_on_a_used_port(sandbox: &Sandbox, run: impl FnOnce(SocketAddr) -> Finished) -> Finished {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let finished = run(listener.local_addr().unwrap());
    sandbox.assert_nothing_left();
    finished
}

/// The address that is all that a terminal got, after these words.
#[track_caller]
fn address(said: &str, words: &str) -> SocketAddr {
    let address = between(said, words, "\n");
    address.parse().unwrap_or_else(|error| panic!("{address:?} is no address: {error}"))
}

fn connect(address: SocketAddr) -> TcpStream {
    let limit = Duration::from_secs(20);
    let stream = TcpStream::connect_timeout(&address, limit).expect("a connection");
    stream.set_read_timeout(Some(limit)).unwrap();
    stream.set_write_timeout(Some(limit)).unwrap();
    stream
}

#[track_caller]
fn expect_echo(client: &mut TcpStream, text: &str) {
    client.write_all(text.as_bytes()).expect("somebody who listens");
    let mut heard = vec![0; text.len()];
    client.read_exact(&mut heard).expect("an echo");
    assert_eq!(String::from_utf8_lossy(&heard), text);
}

#[track_caller]
fn read_until(client: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.ends_with(end) {
        let length = client.read(&mut buffer).expect("the rest of an answer");
        assert_ne!(length, 0, "the answer ends early: {text}");
        text += std::str::from_utf8(&buffer[..length]).expect("an answer in ASCII");
    }
    text
}

#[track_caller]
fn expect_beginning(text: &str, beginning: &str) {
    assert!(text.starts_with(beginning), "{text:?} does not begin with {beginning:?}");
}

#[track_caller]
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let inner = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    inner.unwrap_or_else(|| panic!("{text:?} is not {before:?} … {after:?}"))
}
