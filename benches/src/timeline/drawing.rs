//! Three lanes from top to bottom: a box for each step, and arrows between them.

use super::phases::{Phase, Phases, Process};
use super::trace::Trace;
use crate::svg::{Anchor, Drawing};

const WIDTH: f64 = 1120.0;
const TOP: f64 = 152.0;
/// What a line of the trace is at least: the rest is what the text needs.
const PER_LINE: f64 = 1.0;
const TITLE: f64 = 26.0;
const LINE_OF_CALLS: f64 = 15.0;
const WIDTH_OF_CALLS: f64 = 6.62;

#[derive(Clone, Copy)]
struct Lane {
    process: Process,
    heading: &'static str,
    colour: &'static str,
    left: f64,
    width: f64,
}

const LANES: [Lane; 3] = [
    Lane {
        process: Process::Command,
        heading: "the command",
        colour: "blue",
        left: 28.0,
        width: 362.0,
    },
    Lane {
        process: Process::Intermediate,
        heading: "the intermediate",
        colour: "grey",
        left: 462.0,
        width: 196.0,
    },
    Lane {
        process: Process::Daemon,
        heading: "the daemon",
        colour: "green",
        left: 730.0,
        width: 362.0,
    },
];

impl Lane {
    fn of(process: Process) -> Self {
        LANES.into_iter().find(|lane| lane.process == process).expect("each has one")
    }

    fn right(self) -> f64 {
        self.left + self.width
    }

    /// The names of the calls, in lines that fit.
    fn wrapped(self, calls: &str) -> Vec<String> {
        let most = ((self.width - 26.0) / WIDTH_OF_CALLS) as usize;
        let mut lines: Vec<String> = Vec::new();
        for word in calls.split(", ") {
            match lines.last_mut() {
                Some(line) if line.chars().count() + word.chars().count() + 2 <= most => {
                    *line += ", ";
                    *line += word;
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    fn height_of(self, phase: &Phase) -> f64 {
        let lines = if is_named_by_its_calls(phase) { 0 } else { self.wrapped(&phase.calls).len() };
        TITLE + lines as f64 * LINE_OF_CALLS + 8.0
    }
}

/// `umask` is a step and its call.
fn is_named_by_its_calls(phase: &Phase) -> bool {
    phase.title == phase.calls
}

pub(super) fn draw(trace: &Trace, phases: &Phases) -> String {
    let places = Places::of(phases, trace.end);
    let bottom = places.of_line(trace.end);
    let description = "Three lanes: the command prepares and forks, the intermediate begins a session and forks, \
        the daemon takes its steps, says that it is ready, and the command ends with status 0.";
    let mut drawing =
        Drawing::new(WIDTH, bottom + 92.0, "A start, system call by system call", description);
    draw_heading(&mut drawing, trace);
    for lane in LANES {
        draw_lane(&mut drawing, lane, phases, trace, &places);
    }
    for arrow in &phases.arrows {
        let (from, to) = (Lane::of(arrow.from.0), Lane::of(arrow.to.0));
        let right = from.left < to.left;
        let x = if right { (from.right(), to.left) } else { (from.left, to.right()) };
        let y = places.of_line(arrow.from.1) + 16.0;
        let y = (y, (places.of_line(arrow.to.1) + 10.0).max(y));
        drawing.arrow((x.0, y.0), (x.1, y.1), "arrow");
        let middle = (f64::midpoint(x.0, x.1), f64::midpoint(y.0, y.1) - 7.0);
        drawing.text(middle, Anchor::Middle, "small strong", &arrow.label);
    }
    draw_ends(&mut drawing, bottom);
    drawing.into_svg()
}

fn draw_heading(drawing: &mut Drawing, trace: &Trace) {
    let calls = trace.calls.len();
    drawing.text((28.0, 36.0), Anchor::Start, "title", "A start, system call by system call");
    let lines = [
        format!("From the command's execve to its exit, {calls} system calls. Each box is a step of the library, with its calls; what happens later is lower."),
        "Taken with strace, which stretches the time: the order is true, and a box is as high as its text, not as long as it takes.".to_owned(),
    ];
    for (number, line) in lines.iter().enumerate() {
        drawing.text((28.0, 58.0 + number as f64 * 18.0), Anchor::Start, "faint", line);
    }
}

fn draw_lane(drawing: &mut Drawing, lane: Lane, phases: &Phases, trace: &Trace, places: &Places) {
    let own: Vec<&Phase> = phases.of_process(lane.process).collect();
    let calls: usize = own.iter().map(|phase| phase.count).sum();
    let middle = lane.left + lane.width / 2.0;
    drawing.text((middle, 116.0), Anchor::Middle, "heading", lane.heading);
    drawing.text((middle, 134.0), Anchor::Middle, "small faint", &format!("{calls} calls"));
    drawing.line((lane.left, 142.0), (lane.right(), 142.0), lane.colour);
    for phase in own {
        draw_phase(drawing, lane, phase, places, trace.end);
    }
}

fn draw_phase(drawing: &mut Drawing, lane: Lane, phase: &Phase, places: &Places, end: usize) {
    let (top, bottom) = (places.of_line(phase.first), places.of_line(phase.end));
    let is_last = phase.end == end && lane.process == Process::Daemon;
    let height = bottom - top - if is_last { 0.0 } else { 4.0 };
    let class = if phase.waits { "idle" } else { "box" };
    drawing.rectangle(lane.left, top, lane.width, height, class);
    if !phase.waits {
        drawing.rectangle(lane.left, top, 5.0, height, lane.colour);
    }
    let x = lane.left + 15.0;
    drawing.text((x, top + 19.0), Anchor::Start, "strong", phase.title);
    if is_named_by_its_calls(phase) {
        return;
    }
    if phase.count > 1 {
        let count = phase.count.to_string();
        drawing.text((lane.right() - 10.0, top + 19.0), Anchor::End, "small faint", &count);
    }
    for (number, line) in lane.wrapped(&phase.calls).iter().enumerate() {
        let y = top + TITLE + 10.0 + number as f64 * LINE_OF_CALLS;
        drawing.text((x, y), Anchor::Start, "code", line);
    }
}

fn draw_ends(drawing: &mut Drawing, bottom: f64) {
    let command = Lane::of(Process::Command);
    let daemon = Lane::of(Process::Daemon);
    for (lane, what) in [
        (command, "the shell has status 0: the daemon runs and is ready"),
        (daemon, "the daemon runs"),
    ] {
        let x = lane.left + lane.width / 2.0;
        drawing.arrow((x, bottom + 2.0), (x, bottom + 34.0), "arrow");
        drawing.text((x, bottom + 54.0), Anchor::Middle, "", what);
    }
}

/// Where each line of the trace is on the drawing, at the lines where steps begin or end: in between
/// it is in proportion.
struct Places(Vec<(usize, f64)>);

impl Places {
    /// Each step gets what its text needs, and whatever is later is lower, in all lanes.
    fn of(phases: &Phases, end: usize) -> Self {
        let mut lines: Vec<usize> =
            phases.all.iter().flat_map(|it| [it.first, it.end]).chain([end]).collect();
        lines.sort_unstable();
        lines.dedup();
        let mut places = Places(Vec::new());
        for line in lines {
            let above = match places.0.last() {
                Some((before, y)) => y + (line - before) as f64 * PER_LINE,
                None => TOP,
            };
            let needed = phases.all.iter().filter(|phase| phase.end == line);
            let needed = needed.map(|phase| {
                places.of_line(phase.first) + Lane::of(phase.process).height_of(phase) + 4.0
            });
            let y = needed.fold(above, f64::max);
            places.0.push((line, y));
        }
        places
    }

    fn of_line(&self, line: usize) -> f64 {
        let after = self.0.partition_point(|(it, _)| *it < line);
        match (after.checked_sub(1).map(|it| self.0[it]), self.0.get(after)) {
            (_, Some(&(it, y))) if it == line => y,
            (Some((first, upper)), Some(&(last, lower))) => {
                upper + (lower - upper) * (line - first) as f64 / (last - first) as f64
            }
            (Some((_, y)), None) => y,
            (None, _) => TOP,
        }
    }
}
