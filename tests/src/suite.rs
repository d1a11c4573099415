//! The `main` of a wing of tests, and the list of them in each file.
//!
//! Rust's own runner has no word for a test that finds out that it cannot run here: it could
//! only pass. `libtest-mimic` has one, counts it as ignored, says why, and understands the same
//! command line.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    thread,
};

use libtest_mimic::{Arguments, Completion, Trial};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::{program, skip};

/// How many tests run at once for each processor: most of a test is waiting for other processes.
const TESTS_PER_PROCESSOR: usize = 4;

/// And at most so many, or the machine is all processes.
const MOST_TESTS_AT_ONCE: usize = 32;

/// The tests of a file: [`tests!`](crate::tests)(crate::tests!) lists them, and
/// [`wing!`](crate::wing)(crate::wing!) runs them.
#[derive(Debug)]
pub struct Tests {
    /// The file's path as a module, with the name of the crate.
    pub module: &'static str,
    /// In the order of the list.
    pub tests: &'static [Test],
}

/// A test, as [`tests!`](crate::tests)(crate::tests!) makes it of a function.
#[derive(Debug)]
pub struct Test {
    /// The function's name.
    pub name: &'static str,
    /// The function itself.
    pub run: fn(),
    /// Why it is not run unless the command line asks for ignored tests, if that is so.
    pub ignored: Option<&'static str>,
}

/// Makes plain functions the tests of this file: `tests![first, second];`.
///
/// A function that is not in this list is never used, and so is the `TESTS` of a file that is not
/// in the list of its [`wing!`](crate::wing)(crate::wing!): clippy refuses both as dead code.
///
/// `third unless REASON` is not run where the constant is `Some`: it counts as ignored and says
/// that reason, with `DAEMON_TESTS_NO_SKIP` too, because the machine lacks nothing.
#[macro_export]
macro_rules! tests {
    ($($test:ident $(unless $reason:expr)?),+ $(,)?) => {
        pub(crate) const TESTS: $crate::Tests = $crate::Tests {
            module: module_path!(),
            tests: &[$($crate::Test {
                name: stringify!($test),
                run: $test,
                ignored: $crate::tests!(@ignored $($reason)?),
            }),+],
        };
    };
    (@ignored) => { None };
    (@ignored $reason:expr) => { $reason };
}

/// Makes the `main` that runs the tests of these files: `wing![exit_status, status];`, after
/// `mod exit_status;` and `mod status;`, which rustfmt would not see in here. `wing![self];` is for
/// a binary of one file.
#[macro_export]
macro_rules! wing {
    ($($file:ident),+ $(,)?) => {
        fn main() -> std::process::ExitCode {
            $crate::run(option_env!("CARGO_BIN_EXE_does_as_told"), &[$($file::TESTS),+])
        }

        // Rust's own runner would drop that `main` without a word, and run nothing.
        #[test]
        fn this_wing_brings_its_own_main() {
            panic!("add `harness = false` to this wing's [[test]] in tests/Cargo.toml");
        }
    };
}

/// Runs the tests of these files as the command line asks; see [`wing!`](crate::wing), which also
/// tells the path of a fixture, if the package has fixtures.
pub fn run(fixture: Option<&str>, files: &[Tests]) -> ExitCode {
    program::set_fixtures(fixture);
    // Each test holds a few descriptors, some hold hundreds. What a test starts has its own limit.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("as many descriptors as are allowed");

    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert_with(tests_at_once);
    let ignored_too = arguments.ignored || arguments.include_ignored;
    let trials = files.iter().flat_map(|file| {
        file.tests
            .iter()
            .map(move |test| trial(full_name(file.module, test.name), test, ignored_too))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn tests_at_once() -> usize {
    let processors = thread::available_parallelism().map_or(1, Into::into);
    (TESTS_PER_PROCESSOR * processors).min(MOST_TESTS_AT_ONCE)
}

/// `exit_status::a_killed_body_was_not_ready`: without the crate, which is the binary's name.
fn full_name(module: &str, test: &str) -> String {
    match module.split_once("::") {
        Some((_, file)) => format!("{file}::{test}"),
        None => test.to_owned(),
    }
}

fn trial(name: String, test: &Test, ignored_too: bool) -> Trial {
    let Test { run, ignored, .. } = *test;
    let shown = name.clone();
    match ignored {
        // Not by the flag, which says no reason.
        Some(reason) if !ignored_too => Trial::ignorable_test(name, move || {
            eprintln!("SKIPPED: {shown}: {reason}");
            Ok(Completion::ignored_with(reason))
        }),
        _ => Trial::ignorable_test(name, move || Ok(run_one(&shown, run)))
            .with_ignored_flag(ignored.is_some()),
    }
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
