//! The figures as drawings.

use super::{Cost, goals};
use crate::growth::Growth;
use crate::statistics::Interval;
use crate::subject::Subject;
use crate::svg::Colour;
use crate::svg::bars::{Bar, Bars, Group};
use crate::svg::lines::{Lines, Series};
use crate::wall_time::WallTime;

impl Cost {
    /// The drawings of what was measured: the name of each file, and its content.
    pub fn plots(&self) -> Vec<(&'static str, String)> {
        let mut plots = Vec::new();
        plots.extend(self.bars().map(|bars| ("cost.svg", bars.draw())));
        let with_descriptors = self.growth_with_descriptors.as_ref().map(|growth| {
            lines(
                growth,
                "A start by inherited descriptors",
                "The descriptors are open without close-on-exec; the soft limit is as high as the last one needs.",
                "inherited descriptors",
            )
        });
        plots.extend(with_descriptors.map(|lines| ("growth-descriptors.svg", lines.draw())));
        let with_limit = self.growth_with_limit.as_ref().map(|growth| {
            lines(
                growth,
                "A start by the limit of open files",
                "Nothing is inherited; a loop that closes every possible descriptor shows here.",
                "soft limit of descriptors (ulimit -n)",
            )
        });
        plots.extend(with_limit.map(|lines| ("growth-limit.svg", lines.draw())));
        let with_memory = self.growth_with_memory.as_ref().map(|growth| {
            lines(
                growth,
                "A start by the memory of the program",
                "Touched before the start, in pages of 4 KiB: each fork copies the page tables.",
                "memory touched before the start, MiB",
            )
        });
        plots.extend(with_memory.map(|lines| ("growth-memory.svg", lines.draw())));
        plots
    }

    fn bars(&self) -> Option<Bars> {
        let groups: Vec<Group> =
            [(&self.wall_time, "Two processors"), (&self.wall_time_on_one, "One processor")]
                .into_iter()
                .filter_map(|(times, heading)| Some(group(times.as_ref()?, heading)))
                .collect();
        if groups.is_empty() {
            return None;
        }
        Some(Bars {
            title: "What a start costs beyond an empty program".to_owned(),
            subtitle: vec![
                "From starting the command to its return: medians, with the interval that holds them in 95 of 100 cases.".to_owned(),
                "The pale ones do not wait for their daemon.".to_owned(),
            ],
            axis: "wall time beyond an empty program of the same language, µs".to_owned(),
            groups,
        })
    }
}

fn group(times: &WallTime, heading: &str) -> Group {
    const SHOWN: [Subject; 7] = [
        Subject::ByHand,
        Subject::RustByHand,
        Subject::Ours,
        Subject::Libdaemon,
        Subject::WithoutMacro,
        Subject::Daemonize,
        Subject::Fork,
    ];
    let bars = SHOWN.into_iter().filter_map(|subject| {
        Some(Bar {
            label: subject.name().to_owned(),
            note: times_c(times, subject),
            value: times.beyond_empty(subject)?,
            colour: Colour::of(subject),
            pale: !subject.waits(),
        })
    });
    let goal = goals::ratio_on(times.processors);
    let mark = times
        .beyond_empty(Subject::ByHand)
        .map(|by_hand| (by_hand.value * goal, format!("goal: at most {goal} × C by hand")));
    Group { heading: heading.to_owned(), bars: bars.collect(), mark }
}

fn times_c(times: &WallTime, subject: Subject) -> String {
    match times.ratio(subject, Subject::ByHand) {
        Some(ratio) if subject != Subject::ByHand => format!("{:.2} × C", ratio.value),
        _ => String::new(),
    }
}

fn lines(growth: &Growth, title: &str, subtitle: &str, horizontal: &str) -> Lines {
    let series = growth.series.iter().map(|(subject, medians)| Series {
        label: subject.name().to_owned(),
        colour: Colour::of(*subject),
        values: medians.iter().map(|median: &Interval| median.divided_by(1e3)).collect(),
    });
    Lines {
        title: title.to_owned(),
        subtitle: vec![subtitle.to_owned()],
        horizontal: horizontal.to_owned(),
        vertical: "wall time of a start, ms (logarithmic)".to_owned(),
        sizes: growth.sizes.iter().map(|size| crate::svg::grouped(*size)).collect(),
        series: series.collect(),
    }
}
