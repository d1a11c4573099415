//! The `main` of a file of tests.
//!
//! Rust's own runner has no word for a test that finds out that it cannot run here: it could
//! only pass. `libtest-mimic` has one, counts it as ignored, says why, and understands the same
//! command line.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Completion, Trial};

use crate::skip;

/// Makes plain functions the tests of this file: `tests![first, second];`.
#[macro_export]
macro_rules! tests {
    ($($test:ident),+ $(,)?) => {
        fn main() -> std::process::ExitCode {
            $crate::run(&[$((stringify!($test), $test as fn())),+])
        }

        // Rust's own runner would drop that `main` without a word, and run nothing.
        #[test]
        fn this_file_brings_its_own_main() {
            panic!("add `harness = false` to this file's [[test]] in tests/Cargo.toml");
        }
    };
}

/// Runs these tests, named, as the command line asks; see [`tests!`].
pub fn run(tests: &[(&'static str, fn())]) -> ExitCode {
    let trials = tests
        .iter()
        .map(|&(name, test)| Trial::ignorable_test(name, move || Ok(run_one(name, test))))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run_one(name: &str, test: fn()) -> Completion {
    match panic::catch_unwind(AssertUnwindSafe(test)) {
        Ok(()) => Completion::Completed,
        Err(payload) => match skip::reason(payload.as_ref()) {
            Some(reason) => {
                eprintln!("SKIPPED: {name}: {reason}");
                Completion::ignored_with(reason)
            }
            None => panic::resume_unwind(payload),
        },
    }
}
