//! The figures as a section of a page.

use std::fmt::Write;

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

impl Cost {
    /// The figures in Markdown, with the drawings of [`Cost::plots`] beside the page. The
    /// headings are those of a section: the title has two hashes.
    pub fn markdown(&self) -> String {
        let mut text = String::from("## What it costs\n\n");
        let machine = &self.machine;
        let _ = writeln!(
            text,
            "Taken by `cargo run --release -p daemon-benches -- all` on {machine}. Each line below is \
             measured in turn with the others; `benches/README.md` says how.\n"
        );
        self.add_goals(&mut text);
        if self.wall_time.is_some() || self.wall_time_on_one.is_some() {
            text +=
                "### A start\n\n![The wall time of a start, beyond an empty program](cost.svg)\n\n";
        }
        for times in self.wall_time.iter().chain(&self.wall_time_on_one) {
            add_wall_time(&mut text, times);
        }
        if let Some(calls) = &self.system_calls {
            add_system_calls(&mut text, calls);
        }
        if let Some(measured) = &self.inherited_descriptors {
            add_inherited_descriptors(&mut text, measured);
        }
        if let Some(memory) = &self.memory {
            add_memory(&mut text, memory);
        }
        if let Some(size) = &self.size {
            add_size(&mut text, size);
        }
        if let Some(times) = &self.cold_build {
            add_cold_build(&mut text, times);
        }
        if let Some(crates) = &self.crates {
            let (ours, theirs) = (crates.ours.len(), crates.daemonize.len());
            let _ = writeln!(
                text,
                "Crates that cargo builds: {ours} for `daemon-main` ({}), {theirs} for `daemonize`.\n",
                crates.ours.join(", ")
            );
        }
        self.add_growth(&mut text);
        for missing in &self.missing {
            let _ = writeln!(text, "**Not measured**: {missing}.\n");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    fn add_goals(&self, text: &mut String) {
        *text += "| goal | at most | measured | |\n| --- | --- | --- | --- |\n";
        for goal in self.goals() {
            let (what, limit, measured) = (goal.what, goal.limit, goal.measured);
            let _ = writeln!(text, "| {what} | {limit} | {measured} | {} |", goal.verdict);
        }
        text.push('\n');
    }

    fn add_growth(&self, text: &mut String) {
        let growths = [
            (&self.growth_with_descriptors, "inherited descriptors", "growth-descriptors.svg"),
            (&self.growth_with_limit, "the soft limit of descriptors", "growth-limit.svg"),
            (&self.growth_with_memory, "MiB touched before the start", "growth-memory.svg"),
        ];
        if growths.iter().any(|(growth, ..)| growth.is_some()) {
            *text += "### How it grows\n\n";
        }
        for (growth, with, file) in growths {
            if let Some(growth) = growth {
                add_growth_with(text, growth, with, file);
            }
        }
    }
}

fn add_wall_time(text: &mut String, times: &WallTime) {
    let rounds = times.batches.count * times.batches.rounds;
    let on = if times.processors == 1 { "one processor" } else { "two processors" };
    let _ = writeln!(
        text,
        "| {on}, {rounds} rounds | median, µs | beyond empty, µs | times C (95 %) | does not |\n\
         | --- | ---: | ---: | ---: | --- |"
    );
    for subject in times.subjects() {
        let Some(quartiles) = times.quartiles(subject) else { continue };
        let _ = write!(text, "| {} | {:.0} |", code(subject), quartiles.median);
        let ratio = times.ratio(subject, Subject::ByHand);
        match (times.beyond_empty(subject), ratio) {
            (Some(beyond), Some(ratio)) => {
                let (value, low, high) = (ratio.value, ratio.low, ratio.high);
                let _ = write!(text, " {:.0} | {value:.2} ({low:.2}–{high:.2}) |", beyond.value);
                let _ = writeln!(text, " {} |", subject.leaves_out());
            }
            _ => *text += " | | |\n",
        }
    }
    text.push('\n');
}

fn add_system_calls(text: &mut String, calls: &SystemCalls) {
    *text += "| system calls until the command has returned | calls | beyond empty |\n| --- | ---: | ---: |\n";
    for &(subject, count) in calls.all() {
        let beyond = calls.beyond_empty(subject).map_or(String::new(), |it| it.to_string());
        let _ = writeln!(text, "| {} | {count} | {beyond} |", code(subject));
    }
    text.push('\n');
}

fn add_inherited_descriptors(text: &mut String, measured: &InheritedDescriptors) {
    *text += "| 10 000 inherited descriptors | ms more than none (95 %) |\n| --- | ---: |\n";
    for subject in measured.subjects() {
        let Some(cost) = measured.cost(subject).map(|it| it.divided_by(1e3)) else { continue };
        let (value, low, high) = (cost.value, cost.low, cost.high);
        let _ = writeln!(text, "| {} | {value:.2} ({low:.2}–{high:.2}) |", code(subject));
    }
    text.push('\n');
}

fn add_memory(text: &mut String, memory: &Memory) {
    *text += "| memory while it sleeps (PSS) | KiB | beside a sleeping Rust program |\n| --- | ---: | ---: |\n";
    for &(subject, size) in memory.all() {
        let times = memory.times_sleeping(subject).unwrap_or(f64::NAN);
        let _ = writeln!(text, "| {} | {size:.0} | {times:.2} × |", code(subject));
    }
    text.push('\n');
}

fn add_size(text: &mut String, size: &Size) {
    *text += "| size of a hello daemon | KiB | beyond empty |\n| --- | ---: | ---: |\n";
    for &(kind, bytes) in size.all() {
        let beyond = size.beyond_empty(kind).unwrap_or_default() as f64 / 1024.0;
        let _ = writeln!(text, "| {} | {:.0} | {beyond:.0} |", name(kind), bytes as f64 / 1024.0);
    }
    text.push('\n');
}

fn add_cold_build(text: &mut String, times: &ColdBuild) {
    *text += "| cold build of a hello daemon | s | beyond empty (95 %) |\n| --- | ---: | ---: |\n";
    for (kind, median) in times.all() {
        let _ = write!(text, "| {} | {median:.1} |", name(kind));
        match times.beyond_empty(kind).filter(|_| kind != Kind::Empty) {
            Some(it) => {
                let _ = writeln!(text, " {:.1} ({:.1}–{:.1}) |", it.value, it.low, it.high);
            }
            None => *text += " |\n",
        }
    }
    text.push('\n');
}

fn add_growth_with(text: &mut String, growth: &Growth, with: &str, file: &str) {
    let _ = writeln!(text, "![The wall time of a start by {with}]({file})\n");
    let _ = write!(text, "| {with} |");
    for size in &growth.sizes {
        let _ = write!(text, " {size} |");
    }
    *text += "\n| --- |";
    for _ in &growth.sizes {
        *text += " ---: |";
    }
    text.push('\n');
    for (subject, medians) in &growth.series {
        let _ = write!(text, "| {}, ms |", code(*subject));
        for median in medians {
            let _ = write!(text, " {:.2} |", median.value / 1e3);
        }
        text.push('\n');
    }
    text.push('\n');
}

/// In the type of code where it is code.
fn code(subject: Subject) -> String {
    match subject {
        Subject::Ours => "`#[daemon::main]`".to_owned(),
        Subject::OursAgain => "`#[daemon::main]`, again".to_owned(),
        Subject::WithoutMacro => "`daemon::Config::run`".to_owned(),
        _ => subject.name().to_owned(),
    }
}

fn name(kind: Kind) -> String {
    match kind {
        Kind::Ours => "`#[daemon::main]`".to_owned(),
        _ => kind.name().to_owned(),
    }
}
