//! Promise 20: in the foreground nothing forks, and the rest of the plan holds.

use std::path::Path;

use daemon_tests::{
    CTRL_C, CTRL_Q, CTRL_S, NOBODY, NotifySocket, PIDFILE, Running, Sandbox, Signal, Standard,
    Start, fixture, stays, told,
};
use nix::{fcntl::OFlag, unistd::pipe2};

daemon_tests::tests![
    nothing_forks,
    session_terminal_and_standard_descriptors_stay,
    the_working_directory_stays,
    the_umask_is_set,
    the_pidfile_is_held_and_removed_at_the_end,
    a_second_start_is_refused,
    the_exit_status_is_mains,
    what_ready_says_is_on_stderr_after_the_name,
    a_reader_of_stderr_who_has_gone_does_not_end_it,
    a_stopped_terminal_does_not_stop_it,
    ctrl_c_ends_it,
    the_usual_log_is_the_supervisors,
    without_a_usual_place_there_is_no_pidfile,
    process_1_stays_in_the_foreground,
    process_1_can_be_ended_while_it_is_configured,
    another_process_than_1_does_not,
    the_word_of_a_child_is_not_the_programs,
    the_word_of_a_child_that_is_process_1_too_is_not_either,
    the_word_of_a_child_that_clone_made_process_1_is_not_either,
];

/// The fixture, which waits at `go` and at `end`.
fn start(sandbox: &Sandbox) -> Start<'_> {
    sandbox.fifo("go");
    sandbox.fifo("end");
    let here = format!("here={}", sandbox.path().display());
    sandbox.start(fixture!("stays_in_foreground")).arg(here)
}

/// Once it has come to its first point.
fn warm<'a>(sandbox: &'a Sandbox, start: Start<'a>) -> Running<'a> {
    let mut command = start.spawn();
    command.wait_for_text("warming up");
    assert_eq!(sandbox.processes().len(), 1, "{:?}", sandbox.processes());
    command
}

/// Lets it go on to its end.
fn end(sandbox: &Sandbox, command: Running<'_>) {
    sandbox.release("go");
    sandbox.release("end");
    command.end(7);
}

fn nothing_forks() {
    let sandbox = Sandbox::new();
    let command = warm(&sandbox, start(&sandbox));
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", command.process().pid()));
    assert_eq!(command.process().threads(), 1);
    end(&sandbox, command);
}

fn session_terminal_and_standard_descriptors_stay() {
    let sandbox = Sandbox::new();
    let command = warm(&sandbox, start(&sandbox).terminal());
    let process = command.process();
    assert_eq!(process.sid(), process.ppid(), "in the shell's session: {process:?}");
    assert_eq!(process.pgid(), process.pid(), "the job's own group: {process:?}");
    assert_ne!(process.tty_nr(), 0, "{process:?}");
    let descriptors = process.descriptors();
    assert!((0..=2).all(|number| descriptors[&number].is_terminal()), "{descriptors:?}");
    end(&sandbox, command);
}

fn the_working_directory_stays() {
    let sandbox = Sandbox::new();
    let command = warm(&sandbox, start(&sandbox).current_dir("/usr"));
    assert_eq!(command.process().cwd(), Path::new("/usr"));
    end(&sandbox, command);
}

fn the_umask_is_set() {
    let sandbox = Sandbox::new();
    let command = warm(&sandbox, start(&sandbox).umask(0o002));
    assert_eq!(command.process().umask(), 0o077);
    end(&sandbox, command);
}

fn the_pidfile_is_held_and_removed_at_the_end() {
    let sandbox = Sandbox::new();
    let command = warm(&sandbox, start(&sandbox));
    let pidfile = sandbox.join(PIDFILE);
    let descriptors = command.process().descriptors();
    let lock = descriptors.values().find(|it| it.target == pidfile).expect("the pidfile");
    assert!(lock.holds_flock() && lock.is_close_on_exec(), "{lock:?}");
    end(&sandbox, command);
    assert!(!pidfile.exists());
}

fn a_second_start_is_refused() {
    let sandbox = Sandbox::new();
    let command = warm(&sandbox, start(&sandbox));
    let pid = command.process().pid();
    for second in [sandbox.start(fixture!("stays_in_foreground")), stays(&sandbox)] {
        let second = second.run().expect_code(75);
        let holder =
            format!("already running: pid {pid} holds {}\n", sandbox.join(PIDFILE).display());
        assert!(second.stderr.ends_with(&holder), "{second:?}");
        assert_eq!(second.stdout, "");
    }
    assert_eq!(sandbox.read(PIDFILE), format!("{pid}\n"));
    end(&sandbox, command);
}

fn the_exit_status_is_mains() {
    let sandbox = Sandbox::new();
    let command = warm(&sandbox, start(&sandbox));
    end(&sandbox, command);
    // No FIFO is there any more to be read: that is an error of `main`.
    let missing = sandbox.directory("missing", 0o755);
    let start = sandbox.start(fixture!("stays_in_foreground")).current_dir(missing);
    let finished = start.run().expect_code(1);
    assert!(finished.stderr.contains("Error: Os { code: 2"), "{finished:?}");
    assert!(!sandbox.join("missing/daemon.pid").exists());
}

fn what_ready_says_is_on_stderr_after_the_name() {
    let sandbox = Sandbox::new();
    let mut command = warm(&sandbox, start(&sandbox));
    assert_eq!(command.stderr(), "stays_in_foreground: warming up\n");
    sandbox.release("go");
    command.wait_for_text("at your service");
    assert_eq!(command.stdout(), "on standard output\n");
    let said = "stays_in_foreground: warming up\nstays_in_foreground: at your service\n";
    assert_eq!(command.stderr(), said);
    sandbox.release("end");
    let finished = command.wait().expect_code(7);
    assert_eq!(finished.stderr, said);
}

fn a_reader_of_stderr_who_has_gone_does_not_end_it() {
    let sandbox = Sandbox::new();
    let (reading, writing) = pipe2(OFlag::O_CLOEXEC).expect("a pipe");
    drop(reading);
    let command = start(&sandbox).stderr(Standard::Descriptor(writing)).spawn();
    end(&sandbox, command);
}

fn a_stopped_terminal_does_not_stop_it() {
    let sandbox = Sandbox::new();
    let mut command = warm(&sandbox, start(&sandbox).terminal());
    command.type_text(CTRL_S);
    sandbox.release("go");
    sandbox.wait_until("the program is past `notify_with`", || sandbox.join("ready").exists());
    command.type_text(CTRL_Q);
    sandbox.release("end");
    command.end(7);
}

fn ctrl_c_ends_it() {
    let sandbox = Sandbox::new();
    let mut command = warm(&sandbox, start(&sandbox).terminal());
    command.type_text(CTRL_C);
    assert_eq!(command.end(130).signal(), Some(Signal::SIGINT));
}

fn the_usual_log_is_the_supervisors() {
    let sandbox = Sandbox::new();
    let steps = ["mode=foreground", "pidfile=none", "stderr=usual", "print:said", "exit:9"];
    let start = || told(&sandbox, steps);
    assert_eq!(start().run().expect_code(9).stderr, "said\n");
    // Unless the unit says where logs are to be.
    let logs = sandbox.directory("logs", 0o755);
    let start = start().env("LOGS_DIRECTORY", logs).env_own_pid("SYSTEMD_EXEC_PID");
    assert_eq!(start.run().expect_code(9).stderr, "");
    assert_eq!(sandbox.read("logs/does_as_told.log"), "said\n");
}

fn without_a_usual_place_there_is_no_pidfile() {
    let sandbox = Sandbox::new();
    let start = |mode| {
        let start = told(&sandbox, [mode, "pidfile=usual", "stderr=inherit", "notify", "exit:9"]);
        start.user(NOBODY, NOBODY).env("HOME", "/nowhere")
    };
    start("mode=background").run().expect_code(73);
    assert_eq!(
        start("mode=foreground").run().expect_code(9).stderr,
        "does_as_told: without a pidfile: cannot create the pidfile \
         /nowhere/.local/state/does_as_told.pid: No such file or directory: create \
         /nowhere/.local/state, or choose another pidfile\n"
    );
    // Nobody knows where.
    let start = start("mode=foreground").env("HOME", "nowhere");
    let stderr = start.run().expect_code(9).stderr;
    assert!(stderr.starts_with("does_as_told: without a pidfile: "), "{stderr}");
    sandbox.assert_nothing_left();
}

fn process_1_can_be_ended_while_it_is_configured() {
    let sandbox = Sandbox::new();
    let command = told(&sandbox, ["hold=@/go", "notify"]).as_process_1().spawn();
    sandbox.wait_until("it is there", || {
        command
            .process()
            .children()
            .iter()
            .any(|process| process.caught().contains(Signal::SIGTERM))
    });
    for process in command.process().children() {
        process.signal(Signal::SIGTERM);
    }
    command.end(128 + Signal::SIGTERM as i32);
}

fn process_1_stays_in_the_foreground() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["notify:at your service"]).as_process_1().spawn();
    command.wait_for_text("does_as_told: at your service\n");
    assert_eq!(sandbox.read(PIDFILE), "1\n");
    let process = command.process().only_child();
    assert_eq!(process.exe(), Path::new(fixture!("does_as_told")));
    assert_eq!(process.number_inside(), "1");
    assert_eq!(process.cwd(), sandbox.path());
    assert_eq!(sandbox.processes().len(), 2, "{:?}", sandbox.processes());
    process.signal(Signal::SIGKILL);
    command.wait();
    sandbox.assert_nothing_left();
}

fn another_process_than_1_does_not() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["notify:at your service"]).run().expect_code(0);
    assert_eq!(finished.stderr, "does_as_told: at your service\n");
    let daemon = sandbox.process_in(PIDFILE);
    assert_eq!(daemon.cwd(), Path::new("/"));
    sandbox.end(&daemon, Signal::SIGKILL);
}

/// A program of which a child uses its copy of `Ready`, and then the program its own.
const WORDS: [&str; 3] = ["mode=foreground", "status:the truth", "notify:ready"];

/// The supervisor has heard the program's own words alone, and so has the terminal.
#[track_caller]
fn assert_own_words_only(supervisor: &NotifySocket, mut command: Running<'_>) {
    command.wait_for_text("does_as_told: ready\n");
    assert_eq!(command.stderr(), "does_as_told: the truth\ndoes_as_told: ready\n");
    let status = supervisor.receive().text;
    assert!(status.starts_with("STATUS=the truth\n"), "{status}");
    assert_eq!(supervisor.receive().text, "READY=1\nSTATUS=ready");
    assert_eq!(supervisor.receive_now(), None);
}

fn the_word_of_a_child_is_not_the_programs() {
    for word in ["notifies-and-exits", "says-and-exits:a lie", "drops-and-exits"] {
        let sandbox = Sandbox::new();
        let supervisor = NotifySocket::bind(&sandbox);
        let start = told(&sandbox, [format!("child-that-{word}")]).args(WORDS);
        let command = start.env("NOTIFY_SOCKET", supervisor.address()).spawn();
        assert_own_words_only(&supervisor, command);
    }
}

/// It has the number 1 as the program has, each in its namespace.
#[track_caller]
fn assert_process_1_is_not(child: &str) {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = told(&sandbox, [child]).args(WORDS).as_process_1();
    let command = start.env("NOTIFY_SOCKET", supervisor.address()).spawn();
    assert_own_words_only(&supervisor, command);
    assert_eq!(sandbox.read(PIDFILE), "1\n", "the child took the pidfile for its own");
}

fn the_word_of_a_child_that_is_process_1_too_is_not_either() {
    assert_process_1_is_not("process-1-that-notifies-and-exits");
}

fn the_word_of_a_child_that_clone_made_process_1_is_not_either() {
    assert_process_1_is_not("process-1-by-clone-that-notifies-and-exits");
}
