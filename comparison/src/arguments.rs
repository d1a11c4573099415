//! The command line.

use daemon_comparison::cost::Rounds;

const USAGE: &str = "usage: daemon-comparison [costs] [--rounds N] [WORD…]";

/// The words of the command line.
pub(crate) struct Arguments {
    /// The costs alone.
    pub(crate) costs: bool,
    /// How many starts and builds to measure.
    pub(crate) rounds: Rounds,
    /// Of these peers and probes alone, if there is any.
    pub(crate) words: Vec<String>,
}

impl Arguments {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, &'static str> {
        let mut parsed = Arguments { costs: false, rounds: Rounds::default(), words: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "costs" => parsed.costs = true,
                "--rounds" => {
                    let starts = arguments.next().and_then(|it| it.parse().ok());
                    parsed.rounds = Rounds::of(starts.filter(|it| *it > 0).ok_or(USAGE)?);
                }
                _ if argument.starts_with('-') => return Err(USAGE),
                _ => parsed.words.push(argument),
            }
        }
        Ok(parsed)
    }

    /// Whether this is one of those that are asked for by name.
    pub(crate) fn name(&self, peer_or_probe: &str) -> bool {
        self.words.iter().any(|word| peer_or_probe.contains(word.as_str()))
    }
}
