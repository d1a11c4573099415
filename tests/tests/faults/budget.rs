//! How much is tried: little by default, and more in a long run.

use std::{
    env,
    time::{Duration, Instant},
};

/// The seeds of an ordinary run, as many as this; as many as there is time for in a long run of
/// `DAEMON_FAULTS_MINUTES`; or only the one that is `DAEMON_SEED`.
pub(crate) fn seeds(test: &str, count: u64) -> Box<dyn Iterator<Item = u64> + Send> {
    if let Some(seed) = number("DAEMON_SEED") {
        return Box::new([seed].into_iter());
    }
    let first = fastrand::u32(..).into();
    let Some(minutes) = number("DAEMON_FAULTS_MINUTES") else {
        return Box::new((first..).take(count as usize));
    };
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    println!("{test}: for {minutes} minutes, from DAEMON_SEED={first} on");
    Box::new((first..).take_while(move |_| Instant::now() < end))
}

fn number(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {value:?}")))
}
