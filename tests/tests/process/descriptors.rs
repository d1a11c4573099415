//! Promise 7: the descriptors that were open when `main` was entered, and only those, are closed in the
//! daemon, before `privileged`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    net::TcpListener,
    ops::RangeInclusive,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

use daemon_tests::{
    NotifySocket, PIDFILE, Process, Resource, Sandbox, Signal, Start, answer_at, fixture, skip,
    stays, told,
};
use nix::{
    fcntl::OFlag,
    libc::{self, ENOSYS, EPERM},
    unistd::pipe2,
};

daemon_tests::tests![
    what_leaked_is_closed_before_privileged_and_the_body,
    nothing_is_closed_where_nothing_leaked,
    what_leaked_is_closed_where_there_is_no_close_range,
    the_other_end_of_a_leaked_pipe_sees_its_end,
    what_configure_and_privileged_opened_stays,
    a_number_that_configure_got_again_stays,
    descriptors_of_another_main_stay,
    a_file_with_a_number_of_ours_is_not_written_before_readiness,
    a_file_with_a_number_of_ours_is_not_written_later,
    a_socket_with_a_number_of_ours_carries_nothing_of_ours,
    the_same_file_opened_again_stays,
    config_from_a_process_substitution_is_read_in_configure,
    config_from_a_process_substitution_is_read_in_the_body,
    sockets_passed_to_this_process_stay,
    sockets_passed_to_another_process_are_closed,
    thousands_are_closed,
    they_are_closed_by_range_and_not_one_by_one,
    a_descriptor_above_the_limit_is_closed,
    config_run_closes_them_too,
    the_foreground_closes_none,
    the_lock_closes_on_exec,
    children_have_the_standard_descriptors_alone,
    nobody_holds_the_output_of_the_command,
];

/// What a descriptor of the test is, as `/proc` tells it of every process.
fn target(fd: &OwnedFd) -> PathBuf {
    fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).expect("a descriptor")
}

/// Nothing but 0 to 2 and the lock is open: what a daemon should have that opened nothing itself.
/// Its end of the launch's pipe may outlive the command by a moment.
fn wait_for_only_the_lock(daemon: &Process) {
    wait_for_only(daemon, 0..=2);
}

fn wait_for_only(daemon: &Process, expected: RangeInclusive<i32>) {
    daemon.wait_until(&format!("has {expected:?} and the lock alone open"), |daemon| {
        let mut descriptors = daemon.descriptors();
        descriptors.retain(|_, it| !it.holds_flock());
        descriptors.into_keys().eq(expected.clone())
    });
}

/// A file, a pipe, sockets and a directory, at numbers with and without gaps.
fn leaking<'a>(sandbox: &Sandbox, start: Start<'a>) -> (Start<'a>, BTreeSet<PathBuf>) {
    let file = || File::open(sandbox.file("leaked", 0o644, "leaked")).expect("a file");
    let (reading, writing) = pipe2(OFlag::O_CLOEXEC).expect("a pipe");
    let (stream, other) = UnixStream::pair().expect("sockets");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let directory = File::open(sandbox.path()).expect("a directory");
    let leaked: Vec<(i32, OwnedFd)> = vec![
        (3, file().into()),
        (4, file().into()),
        (10, reading),
        (63, writing),
        (64, stream.into()),
        (65, other.into()),
        (200, listener.into()),
        (1000, directory.into()),
    ];
    let targets = leaked.iter().map(|(_, fd)| target(fd)).collect();
    let start = leaked.into_iter().fold(start, |start, (number, fd)| start.descriptor(number, fd));
    (start, targets)
}

/// The lines of the fixture's list for this place: what is open, by number.
fn listed(list: &str, place: &str) -> BTreeMap<i32, PathBuf> {
    let lines = list.lines().filter_map(|line| line.strip_prefix(place)?.strip_prefix(' '));
    lines
        .map(|line| {
            let (number, target) = line.split_once(' ').expect("a number and a target");
            (number.parse().expect("a number"), PathBuf::from(target))
        })
        .collect()
}

fn leaked_is_closed(sandbox: &Sandbox, start: Start<'_>) {
    let (start, leaked) = leaking(sandbox, start.arg("list:list"));
    start.run().expect_code(0);
    let list = sandbox.read("list");
    for place in ["privileged", "body"] {
        let open = listed(&list, place);
        assert!(open.len() >= 5, "0 to 2, the lock, the list: {list}");
        let left: Vec<_> = open.iter().filter(|(_, target)| leaked.contains(*target)).collect();
        assert!(left.is_empty(), "in {place}: {left:?}");
    }
    let daemon = sandbox.process_in(PIDFILE);
    daemon.wait_until("has 0 to 2, the lock and the list alone open", |daemon| {
        let mut descriptors = daemon.descriptors();
        descriptors.retain(|_, it| !it.holds_flock() && it.target != sandbox.join("list"));
        descriptors.into_keys().eq(0..=2)
    });
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn what_leaked_is_closed_before_privileged_and_the_body() {
    let sandbox = Sandbox::new();
    leaked_is_closed(&sandbox, sandbox.start(fixture!("lists_descriptors")));
}

fn nothing_is_closed_where_nothing_leaked() {
    let sandbox = Sandbox::new();
    let daemon = stays(&sandbox).daemon();
    wait_for_only_the_lock(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn what_leaked_is_closed_where_there_is_no_close_range() {
    for errno in [ENOSYS, EPERM] {
        let sandbox = Sandbox::new();
        let start = sandbox.start(fixture!("lists_descriptors"));
        leaked_is_closed(&sandbox, start.fail(libc::SYS_close_range, errno));
    }
}

fn the_other_end_of_a_leaked_pipe_sees_its_end() {
    let sandbox = Sandbox::new();
    let (reading, writing) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK).expect("a pipe");
    stays(&sandbox).descriptor(7, writing).run().expect_code(0);
    let mut reading = File::from(reading);
    // Starts of other tests hold everything of this process for a moment.
    sandbox.wait_until("nobody holds the other end", || matches!(reading.read(&mut [0]), Ok(0)));
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGTERM);
}

fn what_configure_and_privileged_opened_stays() {
    let sandbox = Sandbox::new();
    sandbox.file("answer", 0o644, "opened by configure");
    // The numbers that they get lie between those that are closed.
    let start = sandbox.start(fixture!("answers")).arg("open:answer");
    let start = start.leak(4).leak(6).leak_pipe(8);
    let finished = start.run().expect_code(0);
    let said = finished.stderr.trim_end();
    let address = said.strip_prefix("answers: listening on ").expect("an address");
    assert_eq!(answer_at(address.parse().expect("an address")), "opened by configure");
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGTERM);
}

/// The list of those that are closed is that of the beginning of the process.
fn descriptors_of_another_main_stay() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(fixture!("called_by_another_main"));
    start.leak(30).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    assert!(!daemon.descriptors().contains_key(&30), "{daemon:?}");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_number_that_configure_got_again_stays() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("own", 0o644, "");
    let start = sandbox.start(fixture!("reuses_numbers")).arg("open:own");
    start.leak(3).leak_pipe(10).leak(11).run().expect_code(0);
    assert_eq!(sandbox.read(&file), "still open\n");
    let daemon = sandbox.process_in(PIDFILE);
    let descriptors = daemon.descriptors();
    assert_eq!(descriptors[&3].target, file);
    assert!(descriptors[&10].is_socket() && !descriptors[&10].is_close_on_exec());
    assert!(!descriptors.contains_key(&11), "{descriptors:?}");
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// The number and the file are those that leaked, and yet it is another descriptor.
fn the_same_file_opened_again_stays() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("own", 0o644, "");
    let leaked = File::open(&file).expect("a file");
    let start = sandbox.start(fixture!("reuses_numbers")).arg("open:own");
    start.descriptor(3, leaked).leak_pipe(10).run().expect_code(0);
    assert_eq!(sandbox.read(&file), "still open\n");
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGTERM);
}

/// As it is typed at bash, which makes it the name of a pipe, `/dev/fd/63`.
fn reads_config_in(place: &str) {
    let sandbox = Sandbox::new();
    let line = "\"$0\" $1:<(echo color = green)";
    let arguments = ["-c", line, fixture!("reads_config"), place];
    let mut command = sandbox.start("bash").args(arguments).leak(5).spawn();
    command.wait().expect_code(0);
    command.wait_for_end_of_output();
    assert_eq!(command.stdout(), "color = green\n\n");
    sandbox.assert_nothing_left();
}

fn config_from_a_process_substitution_is_read_in_configure() {
    reads_config_in("configure");
}

fn config_from_a_process_substitution_is_read_in_the_body() {
    reads_config_in("body");
}

/// Two sockets and something else, passed as sd_listen_fds(3) has it to the process of this number.
fn passes_sockets(sandbox: &Sandbox, listen_pid: &str) -> (Process, [PathBuf; 2]) {
    let sockets = ["one", "two"].map(|name| {
        let listener = UnixListener::bind(sandbox.join(name)).expect("a socket");
        OwnedFd::from(listener)
    });
    let targets = [target(&sockets[0]), target(&sockets[1])];
    let start = sandbox
        .shell(format!("LISTEN_FDS=2 LISTEN_PID={listen_pid} exec \"$0\" \"$@\""))
        .args([fixture!("does_as_told"), "mode=background", "notify"])
        .leak(5);
    let numbered = [3, 4].into_iter().zip(sockets);
    let start = numbered.fold(start, |start, (number, fd)| start.descriptor(number, fd));
    start.run().expect_code(0);
    (sandbox.process_in(PIDFILE), targets)
}

fn sockets_passed_to_this_process_stay() {
    let sandbox = Sandbox::new();
    let (daemon, sockets) = passes_sockets(&sandbox, "$$");
    let descriptors = daemon.descriptors();
    assert_eq!(descriptors[&3].target, sockets[0]);
    assert_eq!(descriptors[&4].target, sockets[1]);
    wait_for_only(&daemon, 0..=4);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn sockets_passed_to_another_process_are_closed() {
    for other in ["$PPID", "1", "''", "x"] {
        let sandbox = Sandbox::new();
        let (daemon, _) = passes_sockets(&sandbox, other);
        wait_for_only_the_lock(&daemon);
        sandbox.end(&daemon, Signal::SIGTERM);
    }
}

/// So many that bash has to open them: the harness would need as many of the test's own.
fn thousands_are_closed() {
    let sandbox = Sandbox::new();
    let line = "for ((fd = 10; fd < 5010; fd++)); do eval \"exec $fd< /dev/null\"; done; \
                exec \"$@\"";
    let start = stays(&sandbox).under(["bash", "-c", line, "bash"]).limit(
        Resource::RLIMIT_NOFILE,
        20_000,
        20_000,
    );
    let daemon = start.daemon();
    wait_for_only_the_lock(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn they_are_closed_by_range_and_not_one_by_one() {
    let sandbox = Sandbox::new();
    if !sandbox.shell("command -v strace").run().status.success() {
        skip!("needs strace: looks at the system calls");
    }
    let leaked = sandbox.file("leaked", 0o644, "");
    let trace = sandbox.join("trace");
    let trace = trace.to_str().expect("a plain name");
    let start = stays(&sandbox)
        .under(["strace", "-f", "-e", "trace=close,close_range", "-o", trace])
        .limit(Resource::RLIMIT_NOFILE, 20_000, 20_000);
    let start = (3..=300).filter(|number| number % 100 != 0).fold(start, |start, number| {
        start.descriptor(number, File::open(&leaked).expect("a file"))
    });
    let mut command = start.spawn();
    // The command returns to strace, and strace when the daemon has ended.
    let daemon = sandbox.process_in(PIDFILE);
    daemon.signal(Signal::SIGKILL);
    command.wait();
    let trace = sandbox.read(trace);
    // Without the parenthesis, after which another process may have its say.
    for run in ["close_range(3, 99, 0", "close_range(101, 199, 0", "close_range(201, 299, 0"] {
        assert_eq!(trace.matches(run).count(), 1, "{run} in:\n{trace}");
    }
    assert!(trace.matches("close(").count() < 100, "{trace}");
    sandbox.assert_nothing_left();
}

fn a_descriptor_above_the_limit_is_closed() {
    let sandbox = Sandbox::new();
    let start = stays(&sandbox).leak(900);
    let daemon = start.limit(Resource::RLIMIT_NOFILE, 64, 64).daemon();
    wait_for_only_the_lock(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn config_run_closes_them_too() {
    let sandbox = Sandbox::new();
    let (start, _) = leaking(&sandbox, sandbox.start(fixture!("without_macro")));
    let daemon = start.daemon();
    wait_for_only_the_lock(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn the_foreground_closes_none() {
    let sandbox = Sandbox::new();
    sandbox.fifo("go");
    let start = sandbox.start(fixture!("stays_in_foreground"));
    let (start, leaked) = leaking(&sandbox, start);
    let mut command = start.spawn();
    command.wait_for_text("warming up");
    let descriptors = command.process().descriptors();
    let open: BTreeSet<_> = descriptors.into_values().map(|it| it.target).collect();
    assert!(leaked.is_subset(&open), "{open:?} without some of {leaked:?}");
}

fn the_lock_closes_on_exec() {
    let sandbox = Sandbox::new();
    let daemon = stays(&sandbox).daemon();
    let descriptors = daemon.descriptors();
    let pidfile = sandbox.join(PIDFILE);
    let locks: Vec<_> = descriptors.values().filter(|it| it.target == pidfile).collect();
    assert!(
        matches!(locks[..], [lock] if lock.holds_flock() && lock.is_close_on_exec()),
        "{locks:?}",
    );
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// A daemon with a child from before it was ready and one from after.
fn spawns(sandbox: &Sandbox) -> Start<'_> {
    told(sandbox, ["command:sleep 1000", "notify", "command:sleep 2000"])
}

fn children_have_the_standard_descriptors_alone() {
    let sandbox = Sandbox::new();
    let (start, _) = leaking(&sandbox, spawns(&sandbox));
    let daemon = start.daemon();
    sandbox.wait_until("there are two children, which sleep", || {
        let sleeps = |child: &&Process| child.comm() == "sleep" && child.state() == 'S';
        daemon.children().iter().filter(sleeps).count() == 2
    });
    for child in daemon.children() {
        let descriptors = child.descriptors();
        assert_eq!(descriptors.keys().copied().collect::<Vec<_>>(), [0, 1, 2], "{descriptors:?}");
        assert_eq!(descriptors[&0].target, Path::new("/dev/null"));
        for number in [1, 2] {
            assert!(!descriptors[&number].is_pipe(), "{descriptors:?}");
        }
    }
    sandbox.kill_all();
}

/// `$(echod)` returns, though a child that the daemon made before it was ready lives on.
fn nobody_holds_the_output_of_the_command() {
    let sandbox = Sandbox::new();
    let mut command = spawns(&sandbox).spawn();
    command.wait().expect_code(0);
    command.wait_for_end_of_output();
    sandbox.kill_all();
}

/// A program that closes everything from 3 on, whoever owns it, and opens files of its own.
fn reuses<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    sandbox.file("precious", 0o644, "precious\n");
    sandbox.start(fixture!("reloads")).args(words)
}

fn a_file_with_a_number_of_ours_is_not_written_before_readiness() {
    let sandbox = Sandbox::new();
    for words in [&["status:on it", "starting:on it", "notify"][..], &["drop"]] {
        let words = [&["mode=background", "reuse:precious"], words].concat();
        let ended = reuses(&sandbox, &words).run().expect_code(70);
        let is_said = ended.stderr.contains("has closed descriptors that are not its own");
        assert_eq!(is_said, words.contains(&"notify"), "{ended:?}");
        assert_eq!(sandbox.read("precious"), "precious\n");
    }
}

fn a_file_with_a_number_of_ours_is_not_written_later() {
    let sandbox = Sandbox::new();
    let words = ["mode=background", "events:done", "notify", "reuse:precious", "note:done", "stop"];
    for signals in [&[Signal::SIGTERM][..], &[Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGINT]] {
        reuses(&sandbox, &words).run().expect_code(0);
        let daemon = sandbox.process_in(PIDFILE);
        sandbox.wait_until("the numbers are taken", || sandbox.join("done").exists());
        signals.iter().for_each(|signal| daemon.signal(*signal));
        daemon.wait_for_death();
        assert_eq!(sandbox.read("precious"), "precious\n");
        // The lock is not its own any more, and the file perhaps another daemon's.
        assert!(sandbox.join(PIDFILE).exists());
        fs::remove_file(sandbox.join("done")).expect("the file");
    }
}

fn a_socket_with_a_number_of_ours_carries_nothing_of_ours() {
    let sandbox = Sandbox::new();
    let socket = NotifySocket::bind(&sandbox);
    let before = ["mode=foreground", "reuse-socket", "notify", "see-socket"];
    let after = ["mode=foreground", "notify", "reuse-socket", "say:taken", "see-socket"];
    for words in [&before[..], &after] {
        let start = reuses(&sandbox, words).env("NOTIFY_SOCKET", socket.address());
        let mut running = start.spawn();
        if words == after {
            running.wait_for_text("taken");
        } else {
            running.wait_for_text("cannot tell the supervisor");
        }
        running.signal(Signal::SIGTERM);
        running.wait_for_text("the sockets");
        running.wait_for_text("are as they were");
        running.kill();
    }
}
