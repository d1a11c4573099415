//! What the compiler says about `#[daemon::main]`: nothing about the programs in `ui/pass`, and
//! what the snapshots beside them hold about those in `ui/fail`.
//!
//! To renew the snapshots after a change: `TRYBUILD=overwrite cargo test -p daemon-tests --test
//! expansion ui::`, with the compiler that they belong to. Then read every difference.

daemon_tests::tests![programs_that_compile, programs_that_do_not_compile unless ANOTHER_COMPILER];

/// Snapshots belong to one compiler: another one words its own part of the errors otherwise.
#[rustversion::stable(1.95)]
const ANOTHER_COMPILER: Option<&str> = None;
#[rustversion::not(stable(1.95))]
const ANOTHER_COMPILER: Option<&str> =
    Some("NOT RUN: the snapshots in ui/fail belong to Rust 1.95, and this is another compiler");

fn programs_that_compile() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

fn programs_that_do_not_compile() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}
