//! What `configure` and `privileged` hand on, and what becomes of their errors.

use std::process::{Command, Output};

fn pipeline(argument: &str) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_pipeline")).arg(argument).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn each_value_is_the_next_argument_and_the_exit_status_is_that_of_the_body() {
    let told = pipeline("something");
    assert_eq!(told, (Some(9), "opened with something\n".to_owned(), String::new()));
}

#[test]
fn an_error_of_configure_is_shown_after_the_name_of_the_binary() {
    let told = pipeline("configure");
    let message = "pipeline: configure refused: as it was told to\n".to_owned();
    assert_eq!(told, (Some(78), String::new(), message));
}

#[test]
fn the_name_is_the_one_that_configure_set() {
    let (_, _, stderr) = pipeline("rename");
    assert_eq!(stderr, "renamed: configure refused: as it was told to\n");
}

#[test]
fn an_error_of_privileged_is_shown_and_is_one_of_the_system() {
    let told = pipeline("privileged");
    let message = "pipeline: privileged refused: as it was told to\n".to_owned();
    assert_eq!(told, (Some(71), String::new(), message));
}
