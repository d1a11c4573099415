//! Properties: what must be true of every value, tried on generated ones.
//!
//! The values come from a fixed seed, so that each run tries the same ones. `DAEMON_SEED`, a number,
//! chooses others, and `PROPTEST_CASES` how many; a failure prints the seed and the smallest value
//! that it was found for. No file remembers failures: one that matters becomes a test of its own.

use std::{
    env,
    fmt::Debug,
    iter, panic,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

pub use proptest;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner},
};

pub mod attributes;

/// The seed, unless `DAEMON_SEED` says another.
const SEED: u64 = 20_260_726;

/// How long one value may take before the property counts as one that hangs.
const LONGEST_CASE: Duration = Duration::from_secs(60);

/// Tries the property on so many values, or on as many as `PROPTEST_CASES` says. It fails if `holds`
/// panics, or takes for ever.
///
/// # Panics
///
/// If the property does not hold.
#[track_caller]
pub fn check<S: Strategy>(
    cases: u32,
    values: impl FnOnce() -> S + Send + 'static,
    holds: impl Fn(S::Value) + Send + 'static,
) {
    let seed = seed();
    let again = format!("DAEMON_SEED={seed} tries the same values again");
    let (said, heard) = mpsc::channel();
    let runner = thread::spawn(move || run(cases, seed, &values(), &holds, &said));
    let mut value = String::new();
    loop {
        match heard.recv_timeout(LONGEST_CASE) {
            Ok(next) => value = next,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                panic!("no end after {LONGEST_CASE:?}, for {value}\n{again}")
            }
        }
    }
    match runner.join() {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => panic!("{failure}\n{again}"),
        Err(payload) => panic::resume_unwind(payload),
    }
}

/// So many values: those that a property would be tried on.
pub fn sample<S: Strategy>(count: usize, values: &S) -> Vec<S::Value> {
    let mut runner = runner(Config::default(), seed());
    let mut value = || values.new_tree(&mut runner).expect("a value").current();
    iter::repeat_with(&mut value).take(count).collect()
}

fn run<S: Strategy>(
    cases: u32,
    seed: u64,
    values: &S,
    holds: &impl Fn(S::Value),
    said: &Sender<String>,
) -> Result<(), String> {
    // `PROPTEST_CASES` is in the default.
    let chosen = env::var_os("PROPTEST_CASES").map(|_| Config::default().cases);
    let config = Config {
        cases: chosen.unwrap_or(cases),
        failure_persistence: None,
        // Some values are whole daemons: enough to find a small one.
        max_shrink_iters: 500,
        ..Config::default()
    };
    let tried = runner(config, seed).run(values, |value| {
        // Whoever listens may have given up.
        let _ = said.send(shown(&value));
        holds(value);
        TestCaseResult::Ok(())
    });
    tried.map_err(|failure| failure.to_string())
}

fn runner(config: Config, seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// A value for a message, which need not be complete.
fn shown(value: &impl Debug) -> String {
    format!("{value:?}").chars().take(2000).collect()
}

fn seed() -> u64 {
    let Some(seed) = env::var_os("DAEMON_SEED") else { return SEED };
    let number = seed.to_str().and_then(|seed| seed.parse().ok());
    number.unwrap_or_else(|| panic!("DAEMON_SEED is {seed:?}, which is not a number"))
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use proptest::{collection::vec, prelude::any};

    use super::check;

    #[test]
    fn a_failure_shows_the_smallest_value_and_the_seed() {
        let fails = || check(1000, || vec(any::<u8>(), 0..50), |bytes| assert!(bytes.len() < 3));
        let failure = catch_unwind(AssertUnwindSafe(fails)).expect_err("a failure");
        let text = failure.downcast_ref::<String>().expect("a text");
        let is_smallest = text.contains("[\n    0,\n    0,\n    0,\n]");
        assert!(is_smallest && text.contains("\nDAEMON_SEED="), "{text}");
    }
}
