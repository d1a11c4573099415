//! The numbered lines of the fixture `reloads`, and whether all of them are there.

use std::collections::BTreeMap;

/// What was found until now: the next number of each thread.
#[derive(Debug, Default)]
pub(crate) struct Numbered(BTreeMap<String, u64>);

impl Numbered {
    /// Takes the next lines: each number once, in its order, and each line whole.
    #[track_caller]
    pub(crate) fn take(&mut self, lines: &str, place: &str) {
        for line in lines.lines().filter(|line| !line.starts_with("stopped")) {
            let mut words = line.split(' ');
            let thread = words.next().unwrap_or_default();
            let number = words.next().unwrap_or_default();
            assert_eq!(line, format!("{thread} {number} and the rest of the line {number}."));
            let next = self.0.entry(thread.to_owned()).or_default();
            assert_eq!(number.parse(), Ok(*next), "{line:?} in {place}");
            *next += 1;
        }
    }

    /// How many lines there were, of both threads, which must be more than this of each.
    #[track_caller]
    pub(crate) fn count(&self, more_than: u64) -> u64 {
        assert_eq!(self.0.len(), 2, "{self:?}");
        assert!(self.0.values().all(|count| *count > more_than), "{self:?}");
        self.0.values().sum()
    }
}
