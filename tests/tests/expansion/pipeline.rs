//! What `configure` and `privileged` hand on, and what becomes of their errors.

use daemon_tests::{Finished, Sandbox, fixture};

daemon_tests::tests![
    each_value_is_the_next_argument,
    an_error_of_configure_is_shown_after_the_name_of_the_binary,
    the_name_is_the_one_that_configure_set,
    an_error_of_privileged_is_shown_and_is_one_of_the_system,
];

fn pipeline(words: &[&str], mode: &str) -> Finished {
    let sandbox = Sandbox::new();
    let finished = sandbox.start(fixture!("pipeline")).arg(mode).args(words).run();
    sandbox.assert_nothing_left();
    finished
}

fn expect_in_each_mode(words: &[&str], code: i32, message: &str) {
    for mode in ["mode=foreground", "mode=background"] {
        let finished = pipeline(words, mode).expect_code(code);
        assert_eq!(
            (finished.stderr.as_str(), finished.stdout.as_str()),
            (message, ""),
            "in {mode}"
        );
    }
}

fn each_value_is_the_next_argument() {
    // The body's own exit status: in the background nobody waits for that any more.
    for (mode, code) in [("mode=foreground", 9), ("mode=background", 0)] {
        let finished = pipeline(&["something"], mode).expect_code(code);
        assert_eq!(finished.stderr, "pipeline: opened with something\n", "in {mode}");
    }
}

fn an_error_of_configure_is_shown_after_the_name_of_the_binary() {
    let message = "pipeline: configure refused: as it was told to\n";
    expect_in_each_mode(&["configure"], 78, message);
}

fn the_name_is_the_one_that_configure_set() {
    expect_in_each_mode(
        &["name=renamed", "configure"],
        78,
        "renamed: configure refused: as it was told to\n",
    );
}

fn an_error_of_privileged_is_shown_and_is_one_of_the_system() {
    let message = "pipeline: privileged refused: as it was told to\n";
    expect_in_each_mode(&["privileged"], 71, message);
}
