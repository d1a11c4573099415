//! What the compiler says about `#[daemon::main]`: nothing about the programs in `ui/pass`, and
//! what the snapshots beside them hold about those in `ui/fail`.
//!
//! To renew the snapshots after a change: `TRYBUILD=overwrite cargo test -p daemon-tests --test
//! expansion ui::`, with the compiler that they belong to. Then read every difference.

use std::fs;
use std::path::Path;

use daemon_tests::ANOTHER_COMPILER;

daemon_tests::tests![
    programs_that_compile,
    programs_that_do_not_compile unless ANOTHER_COMPILER,
    messages_show_nothing_of_the_inside,
];

fn programs_that_compile() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

fn programs_that_do_not_compile() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

/// What a user of the library cannot know: names that are not documented, and our sources.
const INSIDE: [&str; 9] = [
    "__daemon",
    "__Daemon",
    "__DAEMON",
    "daemon::main::",
    "daemon_core",
    "daemon_macros",
    "required by a bound",
    "$WORKSPACE",
    "$CARGO",
];

/// Lines that are the compiler's own, about a public item.
const OUTSIDE: [(&str, &str); 4] = [
    // "similarly named struct `Ready` defined here"
    ("unresolved-parameter-type", "::: $WORKSPACE/daemon-core/src/launch/ready.rs"),
    // A call of the user's own shows the method's declaration, with the trait that it asks for.
    ("setter-wrong-type", "required by a bound in"),
    ("setter-wrong-type", "the trait `daemon_core::config::setting::Setting<User>`"),
    ("setter-wrong-type", "--> $WORKSPACE/daemon-core/src/config/mod.rs"),
];

fn messages_show_nothing_of_the_inside() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/fail");
    let mut snapshots = 0;
    let mut faults = Vec::new();
    for entry in fs::read_dir(directory).expect("the snapshots") {
        let path = entry.expect("a snapshot").path();
        if path.extension().is_none_or(|extension| extension != "stderr") {
            continue;
        }
        snapshots += 1;
        let name = path.file_stem().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("a snapshot");
        let is_outside =
            |line: &str| OUTSIDE.iter().any(|(of, part)| name == *of && line.contains(part));
        let inside = text
            .lines()
            .filter(|line| INSIDE.iter().any(|inside| line.contains(inside)) && !is_outside(line));
        faults.extend(inside.map(|line| format!("{name}: {line}")));
    }
    assert!(snapshots > 100, "only {snapshots} snapshots");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
