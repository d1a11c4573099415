//! A set of signals, as `/proc/PID/status` shows them.

use std::fmt;

use nix::sys::signal::Signal;

/// A set of signals; shown with their names.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct SignalSet(u64);

impl SignalSet {
    /// From the hexadecimal mask of `/proc/PID/status`.
    pub(crate) fn parse(mask: &str) -> Self {
        Self(u64::from_str_radix(mask, 16).expect("a mask of signals"))
    }

    /// Whether this signal is in it.
    pub fn contains(self, signal: Signal) -> bool {
        self.contains_number(signal as i32)
    }

    /// Whether the signal of this number is in it, a real-time one perhaps.
    pub fn contains_number(self, signal: i32) -> bool {
        self.0 & (1 << (signal - 1)) != 0
    }

    /// Whether no signal is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Signal> for SignalSet {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> Self {
        Self(signals.into_iter().fold(0, |mask, signal| mask | 1 << (signal as i32 - 1)))
    }
}

impl<const N: usize> From<[Signal; N]> for SignalSet {
    fn from(signals: [Signal; N]) -> Self {
        signals.into_iter().collect()
    }
}

impl fmt::Debug for SignalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = (1..=64).filter(|&number| self.contains_number(number)).map(|number| {
            Signal::try_from(number).map_or_else(|_| number.to_string(), |s| s.to_string())
        });
        f.debug_set().entries(names).finish()
    }
}
