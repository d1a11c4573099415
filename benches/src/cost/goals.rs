//! The goals: the most that a start may cost.

use std::fmt;

use super::Cost;
use crate::inherited_descriptors::COUNT;
use crate::subject::Subject;
use crate::svg::grouped;
use crate::throwaway::Kind;
use crate::wall_time::WallTime;

const MAX_RATIO_TO_C: f64 = 1.25;
const MAX_RATIO_TO_C_ON_ONE: f64 = 1.35;
const MAX_SYSTEM_CALLS: usize = 55;
const MAX_MS_OF_DESCRIPTORS: f64 = 2.0;
const MAX_KIB: f64 = 250.0;
const MAX_SECONDS_OF_BUILD: f64 = 5.0;
const MAX_CRATES: usize = 12;
const MAX_TIMES_SLEEPING: f64 = 1.5;

/// One goal, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The quantity that is measured.
    pub what: String,
    /// The limit.
    pub limit: String,
    /// The measured value.
    pub measured: String,
    /// Whether the goal is met.
    pub verdict: Verdict,
}

/// Whether a goal is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Met,
    /// It is not.
    Missed,
}

impl Verdict {
    fn of(met: bool) -> Self {
        if met { Verdict::Met } else { Verdict::Missed }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Met => "met",
            Verdict::Missed => "MISSED",
        })
    }
}

impl Cost {
    /// The goals of everything that was measured. Those of the measurement itself come first: if the
    /// same program under two names differs, no other figure is to be trusted.
    pub fn goals(&self) -> Vec<Goal> {
        let two = self.wall_time.as_ref();
        let one = self.wall_time_on_one.as_ref();
        let mut goals = Vec::new();
        for times in two.into_iter().chain(one) {
            goals.extend(same_under_two_names(times, Subject::Ours, Subject::OursAgain));
            goals.extend(same_under_two_names(times, Subject::ByHand, Subject::ByHandAgain));
        }
        goals.extend(two.and_then(ratio_to_c));
        goals.extend(one.and_then(ratio_to_c));
        goals.extend(two.and_then(faster_than_libdaemon));
        goals.extend(one.and_then(faster_than_libdaemon));
        goals.extend(self.of_system_calls());
        goals.extend(self.of_inherited_descriptors());
        goals.extend(self.of_memory());
        goals.extend(self.of_size());
        goals.extend(self.of_cold_build());
        goals.extend(self.of_crates());
        goals
    }

    fn of_system_calls(&self) -> Option<Goal> {
        let beyond = self.system_calls.as_ref()?.beyond_empty(Subject::Ours)?;
        Some(Goal {
            what: "system calls beyond an empty main".to_owned(),
            limit: format!("at most {MAX_SYSTEM_CALLS}"),
            measured: beyond.to_string(),
            verdict: Verdict::of(beyond <= MAX_SYSTEM_CALLS),
        })
    }

    fn of_inherited_descriptors(&self) -> Option<Goal> {
        let cost = self.inherited_descriptors.as_ref()?.cost(Subject::Ours)?.divided_by(1e3);
        Some(Goal {
            what: format!("{} inherited descriptors, more than none", grouped(COUNT as u64)),
            limit: format!("at most {MAX_MS_OF_DESCRIPTORS} ms"),
            measured: format!("{:.2} ms ({:.2}–{:.2})", cost.value, cost.low, cost.high),
            verdict: Verdict::of(cost.value <= MAX_MS_OF_DESCRIPTORS),
        })
    }

    fn of_memory(&self) -> Option<Goal> {
        let times = self.memory.as_ref()?.times_sleeping(Subject::Ours)?;
        Some(Goal {
            what: "memory of the idle daemon (PSS), beside a sleeping Rust program".to_owned(),
            limit: format!("at most {MAX_TIMES_SLEEPING} times"),
            measured: format!("{times:.2} times"),
            verdict: Verdict::of(times <= MAX_TIMES_SLEEPING),
        })
    }

    fn of_size(&self) -> Option<Goal> {
        let beyond = self.size.as_ref()?.beyond_empty(Kind::Ours)? as f64 / 1024.0;
        Some(Goal {
            what: "size of the program beyond an empty main".to_owned(),
            limit: format!("at most {MAX_KIB} KiB"),
            measured: format!("{beyond:.0} KiB"),
            verdict: Verdict::of(beyond <= MAX_KIB),
        })
    }

    fn of_cold_build(&self) -> Option<Goal> {
        let beyond = self.cold_build.as_ref()?.beyond_empty(Kind::Ours)?;
        Some(Goal {
            what: "cold build beyond an empty crate".to_owned(),
            limit: format!("at most {MAX_SECONDS_OF_BUILD} s"),
            measured: format!("{:.1} s ({:.1}–{:.1})", beyond.value, beyond.low, beyond.high),
            verdict: Verdict::of(beyond.value <= MAX_SECONDS_OF_BUILD),
        })
    }

    fn of_crates(&self) -> Option<Goal> {
        let crates = self.crates.as_ref()?.ours.len();
        Some(Goal {
            what: "crates in the tree".to_owned(),
            limit: format!("at most {MAX_CRATES}"),
            measured: crates.to_string(),
            verdict: Verdict::of(crates <= MAX_CRATES),
        })
    }
}

/// How many times as long as the C program a start may take.
pub(super) fn ratio_on(processors: usize) -> f64 {
    if processors == 1 { MAX_RATIO_TO_C_ON_ONE } else { MAX_RATIO_TO_C }
}

fn ratio_to_c(times: &WallTime) -> Option<Goal> {
    let limit = ratio_on(times.processors);
    let ratio = times.ratio(Subject::Ours, Subject::ByHand)?;
    Some(Goal {
        what: format!("wall time of a start, {}", on(times)),
        limit: format!("at most {limit} × C by hand"),
        measured: format!("{:.2} × ({:.2}–{:.2})", ratio.value, ratio.low, ratio.high),
        verdict: Verdict::of(ratio.value <= limit),
    })
}

fn faster_than_libdaemon(times: &WallTime) -> Option<Goal> {
    let ratio = times.ratio(Subject::Ours, Subject::Libdaemon)?;
    Some(Goal {
        what: format!("wall time beside libdaemon, {}", on(times)),
        limit: "less than 1 ×".to_owned(),
        measured: format!("{:.2} × ({:.2}–{:.2})", ratio.value, ratio.low, ratio.high),
        verdict: Verdict::of(ratio.value < 1.0),
    })
}

/// A fault of the measurement itself shows here: the interval has to contain 1.
fn same_under_two_names(times: &WallTime, subject: Subject, again: Subject) -> Option<Goal> {
    let ratio = times.ratio(again, subject)?;
    Some(Goal {
        what: format!("A/A: {} under two names, {}", subject.name(), on(times)),
        limit: "1 × within the interval".to_owned(),
        measured: format!("{:.2} × ({:.2}–{:.2})", ratio.value, ratio.low, ratio.high),
        verdict: Verdict::of(ratio.contains(1.0)),
    })
}

fn on(times: &WallTime) -> &'static str {
    if times.processors == 1 { "one processor" } else { "two processors" }
}
