//! Promise 17: one `notify()` tells whoever waits: the command, a supervisor in the protocol of
//! sd_notify(3), or one of the s6 family; and what they are told is true.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::time::Duration;

use daemon_tests::{
    Ids, Message, NOBODY, NotifySocket, PIDFILE, Running, Sandbox, Signal, Start, fixture,
    in_the_systems_words, is_root, skip, told,
};
use nix::fcntl::OFlag;
use nix::unistd::pipe2;

daemon_tests::tests![
    ready_goes_to_a_socket_with_a_path,
    ready_goes_to_an_abstract_socket,
    a_main_without_ready_is_ready_on_entry,
    each_status_extends_the_time_for_the_start,
    a_status_is_told_at_any_later_time,
    a_long_or_multi_line_text_stays_a_valid_message,
    in_the_background_the_command_says_who_the_daemon_is,
    what_the_daemon_says_comes_after_that_it_is_ready,
    a_start_that_is_refused_says_why,
    an_error_of_configure_is_told,
    a_daemon_that_fails_says_why,
    a_dropped_ready_says_so,
    a_socket_that_cannot_be_reached_is_refused,
    another_machines_socket_is_refused_in_words,
    the_socket_is_reached_from_inside_another_root_as_another_user,
    a_supervisor_that_is_gone_or_busy_does_no_harm,
    that_it_is_ready_waits_for_a_busy_supervisor,
    children_do_not_inherit_the_variables,
    after_threads_that_were_joined_they_do_not_either,
    s6_gets_a_newline_and_the_end_of_the_pipe,
    the_descriptor_may_be_named_by_the_environment,
    in_the_background_too,
    a_descriptor_that_is_no_pipe_is_left_alone,
    a_descriptor_of_our_own_is_left_alone,
    a_standard_stream_is_refused,
    a_descriptor_named_by_the_environment_must_be_one,
    in_the_background_the_programs_own_number_is_nothing,
];

/// A start of which the supervisor wants to hear.
fn supervised<'a>(sandbox: &'a Sandbox, supervisor: &NotifySocket, steps: &[&str]) -> Start<'a> {
    told(sandbox, steps).env("NOTIFY_SOCKET", supervisor.address())
}

#[track_caller]
fn expect(supervisor: &NotifySocket, command: &Running<'_>, text: &str) {
    let sender = command.process().pid();
    assert_eq!(supervisor.receive(), Message { text: text.to_owned(), sender });
}

fn ready_goes_to_a_socket_with_a_path() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["note:before", "wait:go", "notify:at your service"];
    let mut command = supervised(&sandbox, &supervisor, &steps).spawn();
    sandbox.wait_until("the body runs", || sandbox.join("before").exists());
    assert_eq!(supervisor.receive_now(), None, "before it is ready");
    sandbox.file("go", 0o644, "");
    expect(&supervisor, &command, "READY=1\nSTATUS=at your service");
    command.wait_for_text("does_as_told: at your service\n");
    command.kill();
    assert_eq!(supervisor.receive_now(), None);
}

fn ready_goes_to_an_abstract_socket() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind_abstract(&sandbox);
    let command = supervised(&sandbox, &supervisor, &["notify"]).spawn();
    expect(&supervisor, &command, "READY=1");
    command.kill();
}

fn a_main_without_ready_is_ready_on_entry() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = sandbox.start(fixture!("without_ready")).arg("live-on");
    let command = start.env("NOTIFY_SOCKET", supervisor.address()).spawn();
    expect(&supervisor, &command, "READY=1");
    command.kill();
}

fn each_status_extends_the_time_for_the_start() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["start_timeout=30", "status:45 %", "notify"];
    let command = supervised(&sandbox, &supervisor, &steps).spawn();
    expect(&supervisor, &command, "STATUS=45 %\nEXTEND_TIMEOUT_USEC=30000000");
    expect(&supervisor, &command, "READY=1\nSTATUS=");
    command.kill();

    // The most that every supervisor takes.
    for long in ["start_timeout=never", "start_timeout=3600"] {
        let command = supervised(&sandbox, &supervisor, &[long, "status:45 %", "notify"]).spawn();
        expect(&supervisor, &command, "STATUS=45 %\nEXTEND_TIMEOUT_USEC=2147483647");
        expect(&supervisor, &command, "READY=1\nSTATUS=");
        command.kill();
    }
}

fn a_status_is_told_at_any_later_time() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["say:before", "notify", "say:17 clients"];
    let command = supervised(&sandbox, &supervisor, &steps).spawn();
    expect(&supervisor, &command, "STATUS=before");
    expect(&supervisor, &command, "READY=1");
    expect(&supervisor, &command, "STATUS=17 clients");
    command.kill();
}

fn a_long_or_multi_line_text_stays_a_valid_message() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let long = format!("notify:{}", "é\n".repeat(5000));
    let injected = "status:one\nREADY=1\n\u{1b}[2J";
    let command = supervised(&sandbox, &supervisor, &["note:begun", injected, &long]).spawn();
    let status = "STATUS=one READY=1 \\u{1b}[2J\nEXTEND_TIMEOUT_USEC=60000000";
    expect(&supervisor, &command, status);
    let ready = supervisor.receive().text;
    assert!(ready.starts_with("READY=1\nSTATUS=é é é"), "{ready}");
    assert_eq!(ready.lines().count(), 2, "{ready}");
    assert!((2000..4096).contains(&ready.len()), "systemd takes 4096 bytes: {}", ready.len());
    command.kill();
}

fn in_the_background_the_command_says_who_the_daemon_is() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["mode=background", "status:45 %", "wait:go", "notify:at your service"];
    let mut command = supervised(&sandbox, &supervisor, &steps).spawn();
    // As long as the command itself waits, and then to end the daemon.
    let status = supervisor.receive();
    assert_eq!(status.sender, command.process().pid());
    let extension = status.text.strip_prefix("STATUS=45 %\nEXTEND_TIMEOUT_USEC=");
    let extension = extension.and_then(|it| it.parse().ok()).map(Duration::from_micros);
    assert!(extension.is_some_and(|it| (50..=75).contains(&it.as_secs())), "{status:?}");
    sandbox.file("go", 0o644, "");
    let daemon = sandbox.process_in(PIDFILE);
    let ready = format!("MAINPID={}\nREADY=1\nSTATUS=at your service", daemon.pid());
    expect(&supervisor, &command, &ready);
    command.wait().expect_code(0);
    assert_eq!(supervisor.receive_now(), None);
    sandbox.end(&daemon, Signal::SIGKILL);
}

fn what_the_daemon_says_comes_after_that_it_is_ready() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["mode=background", "notify", "say:17 clients"];
    let daemon = supervised(&sandbox, &supervisor, &steps).daemon();
    let ready = format!("MAINPID={}\nREADY=1", daemon.pid());
    assert_eq!(supervisor.receive().text, ready);
    let status = Message { text: "STATUS=17 clients".to_owned(), sender: daemon.pid() };
    assert_eq!(supervisor.receive(), status);
    sandbox.end(&daemon, Signal::SIGKILL);
}

fn a_start_that_is_refused_says_why() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    for mode in ["mode=foreground", "mode=background"] {
        let steps = [mode, "chdir=/nowhere", "notify"];
        let mut command = supervised(&sandbox, &supervisor, &steps).spawn();
        command.wait().expect_code(78);
        let text = "STATUS=cannot change to the directory /nowhere: No such file or directory: \
                    create it, or choose another directory\nEXIT_STATUS=78\nERRNO=2";
        expect(&supervisor, &command, text);
    }
    sandbox.assert_nothing_left();
}

fn an_error_of_configure_is_told() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    for mode in ["mode=foreground", "mode=background"] {
        let start = sandbox.start(fixture!("pipeline")).args([mode, "configure"]);
        let mut command = start.env("NOTIFY_SOCKET", supervisor.address()).spawn();
        command.wait().expect_code(78);
        let text = "STATUS=configure refused: as it was told to\nEXIT_STATUS=78\nERRNO=22";
        expect(&supervisor, &command, text);
    }
    sandbox.assert_nothing_left();
}

fn a_daemon_that_fails_says_why() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["mode=background", "exit:9"];
    let mut command = supervised(&sandbox, &supervisor, &steps).spawn();
    command.wait().expect_code(9);
    let text = "STATUS=exited with status 9 before it was ready\nEXIT_STATUS=9\nERRNO=125";
    expect(&supervisor, &command, text);
    // A step of the launch, in the daemon.
    let start = supervised(&sandbox, &supervisor, &["mode=background", "notify"]);
    let mut command = start.fail(libc::SYS_dup3, libc::EIO).fail(libc::SYS_dup2, libc::EIO).spawn();
    command.wait().expect_code(71);
    let text = in_the_systems_words(
        "STATUS=cannot replace standard input, output and error: {EIO}\nEXIT_STATUS=71\nERRNO=5",
    );
    expect(&supervisor, &command, &text);
    sandbox.assert_nothing_left();
}

fn a_dropped_ready_says_so() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    // The copy that a child drops is none.
    let steps = ["child-that-drops-and-exits", "child-that-lives-on", "status:trying", "drop"];
    let command = supervised(&sandbox, &supervisor, &steps).spawn();
    expect(&supervisor, &command, "STATUS=trying\nEXTEND_TIMEOUT_USEC=60000000");
    let text = "STATUS=it ended, or dropped `daemon::Ready`, before it was ready\n\
                ERRNO=125";
    expect(&supervisor, &command, text);
    assert_eq!(supervisor.receive_now(), None);
    for child in command.process().children() {
        child.signal(Signal::SIGKILL);
    }
    command.kill();
}

fn a_socket_that_cannot_be_reached_is_refused() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["notify"]);
    let finished = start.env("NOTIFY_SOCKET", "/nowhere/notify").run().expect_code(71);
    assert_eq!(
        finished.stderr,
        "does_as_told: cannot reach the supervisor at /nowhere/notify (NOTIFY_SOCKET): \
         No such file or directory: unset NOTIFY_SOCKET if nobody waits there\n"
    );
    sandbox.assert_nothing_left();
}

fn another_machines_socket_is_refused_in_words() {
    let sandbox = Sandbox::new();
    for (address, words) in [
        ("vsock:2:1234", "sockets to another machine (vsock) are not supported"),
        ("run/notify", "that is not an address"),
    ] {
        let start = told(&sandbox, ["notify"]);
        let finished = start.env("NOTIFY_SOCKET", address).run().expect_code(78);
        let whole = format!(
            "does_as_told: NOTIFY_SOCKET is \"{address}\": {words}: set it to an absolute path or \
             to `@` and the name of an abstract socket\n"
        );
        assert_eq!(finished.stderr, whole);
    }
    sandbox.assert_nothing_left();
}

fn the_socket_is_reached_from_inside_another_root_as_another_user() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let jail = sandbox.directory("jail", 0o755);
    if !is_root() {
        skip!("needs root: changes the root directory and the user");
    }
    let chroot = format!("chroot={}", jail.display());
    let user = format!("uid={NOBODY}");
    let steps = ["mode=foreground", &chroot, &user, "notify", "say:from inside"];
    let command = supervised(&sandbox, &supervisor, &steps).spawn();
    expect(&supervisor, &command, "READY=1");
    expect(&supervisor, &command, "STATUS=from inside");
    assert_eq!(command.process().users(), Ids::all(NOBODY));
    command.kill();
}

fn a_supervisor_that_is_gone_or_busy_does_no_harm() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    // Nobody reads: far more than a socket holds (net.unix.max_dgram_qlen).
    let steps = ["statuses:2000", "note:told", "wait:go", "notify", "say:alone", "note:end"];
    let command = supervised(&sandbox, &supervisor, &steps).spawn();
    sandbox.wait_until("the statuses are told", || sandbox.join("told").exists());
    drop(supervisor);
    sandbox.file("go", 0o644, "");
    sandbox.wait_until("the program goes on alone", || sandbox.join("end").exists());
    command.kill();
}

fn that_it_is_ready_waits_for_a_busy_supervisor() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    supervisor.fill();
    // A status is passed over: it waits for nothing.
    let steps = ["status:45 %", "note:told", "notify", "note:ready"];
    let command = supervised(&sandbox, &supervisor, &steps).spawn();
    sandbox.wait_until("the status is told", || sandbox.join("told").exists());
    command.process().wait_until("it waits", |it| it.state() == 'S');
    assert!(!sandbox.join("ready").exists());
    let mut message = supervisor.receive();
    while message.text == "FULL=1" {
        message = supervisor.receive();
    }
    assert_eq!(message.text, "READY=1\nSTATUS=");
    command.kill();
}

fn children_do_not_inherit_the_variables() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    for mode in ["mode=foreground", "mode=background"] {
        let start = supervised(&sandbox, &supervisor, &[mode, "environment:environment", "notify"]);
        let start = start
            .env("WATCHDOG_USEC", "1000000")
            .env("WATCHDOG_PID", "1")
            .env("LISTEN_FDS", "1")
            .env("LISTEN_FDNAMES", "http")
            .env("LISTEN_PIDFDID", "1")
            .env("NOTIFICATION_FD", "3")
            .env("KEPT", "yes")
            .leak_pipe(3);
        let command = start.spawn();
        assert!(supervisor.receive().text.contains("READY=1"));
        let environment = sandbox.read("environment");
        assert!(environment.contains("KEPT=yes"), "{environment}");
        for gone in ["NOTIFY_SOCKET", "NOTIFICATION_FD", "WATCHDOG_", "LISTEN_FD", "LISTEN_PIDFDID"]
        {
            assert!(!environment.contains(gone), "{gone}: {environment}");
        }
        sandbox.process_in(PIDFILE).signal(Signal::SIGKILL);
        drop(command);
        sandbox.assert_nothing_left();
    }
}

/// A pipe: what s6 reads, and what the program writes to.
fn s6() -> (File, OwnedFd) {
    let (reading, writing) = pipe2(OFlag::O_CLOEXEC).expect("a pipe");
    (reading.into(), writing)
}

/// Everything until all have closed the other end.
fn until_end(mut pipe: File) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).expect("text");
    text
}

/// The environment cannot be changed under another thread; but these are none any more.
fn after_threads_that_were_joined_they_do_not_either() {
    for way in ["joins=8", "scopes=8"] {
        for _ in 0..50 {
            let sandbox = Sandbox::new();
            let supervisor = NotifySocket::bind(&sandbox);
            let steps = [way, "mode=foreground", "environment:environment", "notify", "exit:9"];
            supervised(&sandbox, &supervisor, &steps).run().expect_code(9);
            let environment = sandbox.read("environment");
            assert!(!environment.contains("NOTIFY_SOCKET"), "{environment}");
        }
    }
}

fn s6_gets_a_newline_and_the_end_of_the_pipe() {
    let sandbox = Sandbox::new();
    let (reading, writing) = s6();
    let start = told(&sandbox, ["mode=foreground", "notification_fd=7", "wait:go", "notify"]);
    let command = start.descriptor(7, writing).spawn();
    sandbox.file("go", 0o644, "");
    assert_eq!(until_end(reading), "\n");
    assert!(!command.process().descriptors().contains_key(&7));
    command.kill();
}

fn the_descriptor_may_be_named_by_the_environment() {
    let sandbox = Sandbox::new();
    let (reading, writing) = s6();
    let (unused, other) = s6();
    let start = told(&sandbox, ["mode=foreground", "notification_fd=7", "notify"]);
    let start = start.env("NOTIFICATION_FD", "5").descriptor(5, writing).descriptor(7, other);
    let command = start.spawn();
    assert_eq!(until_end(reading), "\n");
    command.kill();
    assert_eq!(until_end(unused), "");
}

fn in_the_background_too() {
    let sandbox = Sandbox::new();
    let (reading, writing) = s6();
    let start = told(&sandbox, ["mode=background", "wait:go", "notify"]);
    let mut command = start.env("NOTIFICATION_FD", "5").descriptor(5, writing).spawn();
    sandbox.file("go", 0o644, "");
    assert_eq!(until_end(reading), "\n", "the daemon does not hold it");
    command.wait().expect_code(0);
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGKILL);
}

fn a_descriptor_that_is_no_pipe_is_left_alone() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("leaked", 0o644, "");
    let leaked = File::options().append(true).open(&file).expect("a file");
    let start = told(&sandbox, ["mode=foreground", "notification_fd=3", "notify", "note:ready"]);
    let command = start.descriptor(3, leaked).spawn();
    sandbox.wait_until("it is ready", || sandbox.join("ready").exists());
    assert!(command.process().descriptors().contains_key(&3), "it is somebody else's");
    command.kill();
    assert_eq!(sandbox.read("leaked"), "");
}

/// With nothing inherited, 3 is the first that the program opens: its end of the supervisor's socket.
fn a_descriptor_of_our_own_is_left_alone() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["notification_fd=3", "notify", "say:17 clients"];
    let command = supervised(&sandbox, &supervisor, &steps).spawn();
    expect(&supervisor, &command, "READY=1");
    expect(&supervisor, &command, "STATUS=17 clients");
    assert!(command.process().descriptors().contains_key(&3));
    command.kill();
}

fn a_standard_stream_is_refused() {
    let sandbox = Sandbox::new();
    for number in [-1, 2] {
        let option = format!("notification_fd={number}");
        let start = told(&sandbox, [&*option, "notify"]);
        let whole = format!(
            "does_as_told: `notification_fd` is {number}: it must be at least 3: 0 to 2 are \
             standard input, output and error\n"
        );
        assert_eq!(start.run().expect_code(78).stderr, whole);
    }
    sandbox.assert_nothing_left();
}

fn a_descriptor_named_by_the_environment_must_be_one() {
    let sandbox = Sandbox::new();
    let refused = |number: &str, words: &str| {
        let start = told(&sandbox, ["notify"]);
        let (reading, _writing) = s6();
        let start = start.env("NOTIFICATION_FD", number).leak(4).descriptor(5, reading);
        let finished = start.run().expect_code(78);
        let whole = format!(
            "does_as_told: NOTIFICATION_FD is \"{number}\": {words}: name the descriptor at which \
             the supervisor waits, or unset it\n"
        );
        assert_eq!(finished.stderr, whole);
    };
    refused("three", "that is not a number");
    refused("3", "Bad file descriptor");
    refused("4", "it is not a pipe or socket that can be written to");
    refused("5", "it is not a pipe or socket that can be written to");
    refused("1", "Bad file descriptor");
    sandbox.assert_nothing_left();
}

fn in_the_background_the_programs_own_number_is_nothing() {
    let sandbox = Sandbox::new();
    let (reading, writing) = s6();
    let start = told(&sandbox, ["mode=background", "notification_fd=3", "notify"]);
    start.descriptor(3, writing).run().expect_code(0);
    assert_eq!(until_end(reading), "", "a pipe that a shell has left open");
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGKILL);
}
