//! The outcome of a probe: one cell.

use std::fmt;

/// The outcome of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it is judged, by the rule that the page shows with the probe.
    pub verdict: Verdict,
    /// In a few words.
    pub text: String,
}

/// Whether the rule of a probe is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Met,
    /// It is not.
    NotMet,
    /// The peer does not offer what the probe is about.
    NotOffered,
    /// The run came to no result.
    Unknown,
}

impl Outcome {
    /// By the rule.
    pub fn of(met: bool, text: impl Into<String>) -> Self {
        Self { verdict: if met { Verdict::Met } else { Verdict::NotMet }, text: text.into() }
    }

    /// The peer does not offer the subject of the probe.
    pub fn not_offered(text: impl Into<String>) -> Self {
        Self { verdict: Verdict::NotOffered, text: text.into() }
    }

    /// The run came to no result, for this reason.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unknown, text: reason.into() }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Met => "✓",
            Verdict::NotMet => "✗",
            Verdict::NotOffered => "–",
            Verdict::Unknown => "?",
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verdict, self.text)
    }
}
