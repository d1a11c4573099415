//! A set of capabilities; see capabilities(7).

/// A set of capabilities, as the kernel keeps it: bit N is the capability with number N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CapabilitySet(pub(crate) u64);

impl CapabilitySet {
    /// The set of the capabilities with these numbers, each below 64.
    pub(crate) fn of(numbers: impl IntoIterator<Item = u8>) -> Self {
        CapabilitySet(numbers.into_iter().fold(0, |bits, number| bits | 1 << number))
    }

    pub(crate) fn contains(self, number: u8) -> bool {
        self.0 & (1 << number) != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}
