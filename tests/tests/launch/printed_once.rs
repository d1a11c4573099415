//! Promise 9: text that was printed before the launch appears once, and more than one thread at launch
//! is refused.

use daemon_tests::{
    Finished, NOBODY, PIDFILE, Sandbox, Signal, Standard, Start, fixture, in_both_ways, is_root,
    skip, told,
};

daemon_tests::tests![
    through_a_pipe_it_appears_once_and_in_order,
    in_a_file_it_appears_once_and_in_order,
    on_a_terminal_it_appears_once_and_in_order,
    of_a_refused_start_it_appears_once,
    before_config_run_it_appears_once,
    it_appears_before_what_the_command_says,
    handlers_at_exit_run_once_and_in_the_daemon,
    of_a_failed_start_handlers_at_exit_run_once,
    a_thread_before_the_launch_is_refused,
    threads_that_were_joined_before_the_launch_are_none,
    threads_that_were_joined_in_privileged_are_none,
    threads_that_were_joined_in_privileged_are_none_in_the_foreground,
    a_thread_of_the_intermediate_process_is_refused,
];

/// What this standard library printed: each buffers for itself, so only its own order is kept.
fn printed_by(library: &str, text: &str) -> Vec<String> {
    let pieces = text.split_inclusive(['.', ',', '\n']).map(str::trim);
    pieces.filter(|piece| piece.starts_with(library)).map(str::to_owned).collect()
}

fn assert_once_and_in_order(text: &str) {
    assert_eq!(printed_by("rust", text), ["rust 1,", "rust 2,", "rust 3,", "rust 4."], "{text}");
    assert_eq!(printed_by("c", text), ["c 1,", "c 2,", "c 3,", "c 4."], "{text}");
}

/// Runs it until the daemon has ended too, and with it has written all that it buffered.
fn run_to_the_end(sandbox: &Sandbox, start: Start<'_>) -> Finished {
    let mut command = start.spawn();
    command.wait().expect_code(0);
    sandbox.assert_nothing_left();
    command.wait()
}

fn through_a_pipe_it_appears_once_and_in_order() {
    let sandbox = Sandbox::new();
    let finished = run_to_the_end(&sandbox, sandbox.start(fixture!("prints")));
    assert_once_and_in_order(&finished.stdout);
    assert_eq!(finished.stderr, "prints: ready\n");
}

fn in_a_file_it_appears_once_and_in_order() {
    let sandbox = Sandbox::new();
    let file = Standard::File(sandbox.join("output"));
    run_to_the_end(&sandbox, sandbox.start(fixture!("prints")).stdout(file));
    assert_once_and_in_order(&sandbox.read("output"));
}

fn on_a_terminal_it_appears_once_and_in_order() {
    let sandbox = Sandbox::new();
    let finished = run_to_the_end(&sandbox, sandbox.start(fixture!("prints")).terminal());
    assert_once_and_in_order(&finished.terminal);
}

fn of_a_refused_start_it_appears_once() {
    let sandbox = Sandbox::new();
    let finished = sandbox.start(fixture!("prints")).arg("chdir=/nowhere").run().expect_code(78);
    assert_eq!(printed_by("rust", &finished.stdout), ["rust 1,", "rust 2,"], "{finished:?}");
    assert_eq!(printed_by("c", &finished.stdout), ["c 1,", "c 2,"], "{finished:?}");
    sandbox.assert_nothing_left();
}

fn before_config_run_it_appears_once() {
    for to_a_file in [false, true] {
        let sandbox = Sandbox::new();
        let mut start = sandbox.start(fixture!("prints_without_macro"));
        if to_a_file {
            start = start.stdout(Standard::File(sandbox.join("output")));
        }
        let mut text = run_to_the_end(&sandbox, start).stdout;
        if to_a_file {
            text = sandbox.read("output");
        }
        // The body's goes where the daemon's goes, to /dev/null.
        assert_eq!(printed_by("rust", &text), ["rust 1", "rust 2,"], "{text}");
        assert_eq!(printed_by("c", &text), ["c 1", "c 2,"], "{text}");
        assert!(!text.contains("body"), "{text}");
    }
}

/// Where both go to the same place, what was printed first stands first.
fn it_appears_before_what_the_command_says() {
    let sandbox = Sandbox::new();
    sandbox.fifo("end");
    let mut command = sandbox.shell("exec \"$0\" wait:end 2>&1").arg(fixture!("prints")).spawn();
    let output = command.wait().expect_code(0).stdout;
    assert!(output.ends_with("prints: ready\n"), "{output}");
    assert_eq!(printed_by("rust", &output), ["rust 1,", "rust 2,"], "{output}");
    assert_eq!(printed_by("c", &output), ["c 1,", "c 2,"], "{output}");
    sandbox.release("end");
    sandbox.assert_nothing_left();
    assert_once_and_in_order(&command.stdout());
}

fn handlers_at_exit_run_once_and_in_the_daemon() {
    let sandbox = Sandbox::new();
    sandbox.fifo("end");
    let daemon = told(&sandbox, ["at_exit=@/at_exit", "notify", "wait:end", "return:0"]).daemon();
    assert_eq!(sandbox.processes().len(), 1, "the daemon alone: {:?}", sandbox.processes());
    assert!(!sandbox.join("at_exit").exists(), "{}", sandbox.read("at_exit"));
    sandbox.release("end");
    daemon.wait_for_death();
    assert_eq!(sandbox.read("at_exit"), format!("{}\n", daemon.pid()));
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

/// The command of a start that fails exits too, but is not the program's exit.
fn of_a_failed_start_handlers_at_exit_run_once() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["at_exit=@/at_exit", "error:no such backend"]).run().expect_code(1);
    assert_eq!(sandbox.read("at_exit").lines().count(), 1);
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

fn a_thread_before_the_launch_is_refused() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["print=polling…", "threads=poller", "notify"]).run();
    assert_eq!(finished.code(), 70, "{finished:?}");
    let refusal = "does_as_told: cannot become a daemon: another thread runs already (poller)";
    assert!(finished.stderr.starts_with(refusal), "{finished:?}");
    assert_eq!(finished.stdout, "polling…");
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

/// How often the kernel has the chance to have a task left of a thread that has been waited for.
const STARTS: usize = 50;

/// How threads are waited for.
const WAYS: [&str; 2] = ["joins=8", "scopes=8"];

fn threads_that_were_joined_before_the_launch_are_none() {
    for way in WAYS {
        let sandbox = Sandbox::new();
        for _ in 0..STARTS {
            let daemon = told(&sandbox, [way, "mode=background", "notify"]).daemon();
            sandbox.end(&daemon, Signal::SIGKILL);
        }
    }
}

/// Where a user is become, there may be no other thread either.
#[track_caller]
fn expect_none_in_privileged(mode: &str) {
    if !is_root() {
        skip!("needs root: becomes a user");
    }
    for way in WAYS {
        let sandbox = Sandbox::new();
        let options = [mode, "pidfile=none", &format!("uid={NOBODY}")];
        for _ in 0..STARTS {
            let start = told(&sandbox, options).args([&format!("privileged_{way}"), "exit:9"]);
            assert_eq!(start.run().expect_code(9).stderr.find("already"), None);
        }
    }
}

fn threads_that_were_joined_in_privileged_are_none() {
    expect_none_in_privileged("mode=background");
}

fn threads_that_were_joined_in_privileged_are_none_in_the_foreground() {
    expect_none_in_privileged("mode=foreground");
}

/// What the fork itself has started.
fn a_thread_of_the_intermediate_process_is_refused() {
    in_both_ways(&["atfork=thread", "notify"], |sandbox, start, _| {
        let finished = start.run().expect_code(70);
        let refusal = "does_as_told: cannot become a daemon: another thread runs already";
        assert!(finished.stderr.starts_with(refusal), "{finished:?}");
        assert!(!sandbox.join(PIDFILE).exists());
        sandbox.assert_nothing_left();
    });
}
