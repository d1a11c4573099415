//! How long a stop may take, for whoever kills what takes longer.

use std::time::Duration;

use crate::config::Config;

/// What the program needs to end itself after its `stop_timeout`, and to name what was left.
const MARGIN: Duration = Duration::from_secs(5);

/// For those who cannot wait for ever: a day.
pub(super) const LONG: u64 = 24 * 60 * 60;

/// The time after which a stop has failed; `None` if it may take as long as it needs.
pub(super) fn limit(config: &Config) -> Option<Duration> {
    Some(config.stop_timeout?.saturating_add(MARGIN))
}

/// The same in seconds, of which a part counts as one.
pub(super) fn seconds(config: &Config) -> Option<u64> {
    limit(config).map(whole_seconds)
}

pub(super) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}
