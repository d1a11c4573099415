//! The figures for a terminal.

use std::fmt::{self, Display, Formatter};

use super::Cost;
use crate::cold_build::ColdBuild;
use crate::growth::Growth;
use crate::inherited_descriptors::InheritedDescriptors;
use crate::memory::Memory;
use crate::size::Size;
use crate::subject::Subject;
use crate::system_calls::SystemCalls;
use crate::throwaway::Kind;
use crate::wall_time::WallTime;

impl Display for Cost {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.machine)?;
        for times in self.wall_time.iter().chain(&self.wall_time_on_one) {
            wall_time(f, times)?;
        }
        if let Some(calls) = &self.system_calls {
            system_calls(f, calls)?;
        }
        if let Some(descriptors) = &self.inherited_descriptors {
            inherited_descriptors(f, descriptors)?;
        }
        if let Some(memory) = &self.memory {
            idle_memory(f, memory)?;
        }
        if let Some(growing) = &self.growth_with_descriptors {
            growth(f, "inherited descriptors", growing)?;
        }
        if let Some(growing) = &self.growth_with_limit {
            growth(f, "the soft limit of descriptors", growing)?;
        }
        if let Some(growing) = &self.growth_with_memory {
            growth(f, "MiB touched before the start", growing)?;
        }
        if let Some(sizes) = &self.size {
            size(f, sizes)?;
        }
        if let Some(times) = &self.cold_build {
            cold_build(f, times)?;
        }
        if let Some(crates) = &self.crates {
            writeln!(f, "Crates in the tree")?;
            writeln!(
                f,
                "{:<22} {:>7}  {}",
                "daemon-main",
                crates.ours.len(),
                crates.ours.join(", ")
            )?;
            writeln!(f, "{:<22} {:>7}\n", "daemonize", crates.daemonize.len())?;
        }
        goals(f, self)
    }
}

fn wall_time(f: &mut Formatter<'_>, times: &WallTime) -> fmt::Result {
    let (on, rounds) = (times.processors, times.batches.count * times.batches.rounds);
    writeln!(f, "Wall time from starting the command to its return, in µs, {rounds} rounds in")?;
    writeln!(f, "{} batches, processors: {on}\n", times.batches.count)?;
    writeln!(
        f,
        "{:<22} {:>7} {:>13} {:>13} {:>21}  does not",
        "program", "median", "quartiles", "beyond empty", "times C (95 %)"
    )?;
    for subject in times.subjects() {
        let Some(quartiles) = times.quartiles(subject) else { continue };
        let middle_half = format!("{:.0}–{:.0}", quartiles.lower, quartiles.upper);
        write!(f, "{:<22} {:>7.0} {middle_half:>13}", subject.name(), quartiles.median)?;
        let ratio = times.ratio(subject, Subject::ByHand);
        if let (Some(beyond), Some(ratio)) = (times.beyond_empty(subject), ratio) {
            let interval = format!("{:.2} ({:.2}–{:.2})", ratio.value, ratio.low, ratio.high);
            write!(f, " {:>13.0} {interval:>21}  {}", beyond.value, subject.leaves_out())?;
        }
        writeln!(f)?;
    }
    writeln!(f)
}

fn system_calls(f: &mut Formatter<'_>, calls: &SystemCalls) -> fmt::Result {
    writeln!(f, "System calls of all processes until the command has returned\n")?;
    writeln!(f, "{:<22} {:>7} {:>13}", "program", "calls", "beyond empty")?;
    for &(subject, count) in calls.all() {
        write!(f, "{:<22} {count:>7}", subject.name())?;
        if let Some(beyond) = calls.beyond_empty(subject) {
            write!(f, " {beyond:>13}")?;
        }
        writeln!(f)?;
    }
    writeln!(f)
}

fn inherited_descriptors(f: &mut Formatter<'_>, measured: &InheritedDescriptors) -> fmt::Result {
    let (rounds, limit) = (measured.rounds, measured.limit);
    writeln!(f, "10 000 inherited descriptors, in ms more than none (95 %), {rounds} rounds,")?;
    writeln!(f, "soft limit {limit}\n")?;
    for subject in measured.subjects() {
        let Some(cost) = measured.cost(subject).map(|it| it.divided_by(1e3)) else { continue };
        let interval = format!("({:.2}–{:.2})", cost.low, cost.high);
        writeln!(f, "{:<22} {:>7.2} {interval:>13}", subject.name(), cost.value)?;
    }
    writeln!(f)
}

fn idle_memory(f: &mut Formatter<'_>, memory: &Memory) -> fmt::Result {
    writeln!(f, "Memory of the sleeping program, PSS in KiB\n")?;
    for &(subject, size) in memory.all() {
        let times = memory.times_sleeping(subject).unwrap_or(f64::NAN);
        let name = subject.name();
        writeln!(f, "{name:<22} {size:>7.0} {times:>13.2} × a sleeping Rust program")?;
    }
    writeln!(f)
}

fn growth(f: &mut Formatter<'_>, with: &str, growth: &Growth) -> fmt::Result {
    writeln!(f, "Wall time in ms, by {with}, {} rounds\n", growth.rounds)?;
    write!(f, "{:<22}", "program")?;
    for size in &growth.sizes {
        write!(f, " {size:>9}")?;
    }
    writeln!(f)?;
    for (subject, medians) in &growth.series {
        write!(f, "{:<22}", subject.name())?;
        for median in medians {
            write!(f, " {:>9.2}", median.value / 1e3)?;
        }
        writeln!(f)?;
    }
    writeln!(f)
}

fn size(f: &mut Formatter<'_>, size: &Size) -> fmt::Result {
    writeln!(f, "Size of a hello daemon, stripped, with fat LTO, in KiB\n")?;
    writeln!(f, "{:<22} {:>7} {:>13}", "program", "size", "beyond empty")?;
    for &(kind, bytes) in size.all() {
        let beyond = size.beyond_empty(kind).unwrap_or_default() as f64 / 1024.0;
        let name = kind.name();
        writeln!(f, "{name:<22} {:>7.0} {beyond:>13.0}", bytes as f64 / 1024.0)?;
    }
    writeln!(f)
}

fn cold_build(f: &mut Formatter<'_>, times: &ColdBuild) -> fmt::Result {
    writeln!(f, "Cold `cargo build` of a hello daemon, in s\n")?;
    writeln!(f, "{:<22} {:>7} {:>13}", "crate", "median", "beyond empty")?;
    for (kind, median) in times.all() {
        write!(f, "{:<22} {median:>7.2}", kind.name())?;
        if let Some(beyond) = times.beyond_empty(kind).filter(|_| kind != Kind::Empty) {
            write!(f, " {:>13.2} ({:.2}–{:.2})", beyond.value, beyond.low, beyond.high)?;
        }
        writeln!(f)?;
    }
    writeln!(f)
}

fn goals(f: &mut Formatter<'_>, cost: &Cost) -> fmt::Result {
    writeln!(f, "Goals\n")?;
    for goal in cost.goals() {
        let (what, limit, measured) = (goal.what, goal.limit, goal.measured);
        writeln!(f, "{what:<66} {limit:<26} {measured:<20} {}", goal.verdict)?;
    }
    for missing in &cost.missing {
        writeln!(f, "NOT MEASURED: {missing}")?;
    }
    Ok(())
}
