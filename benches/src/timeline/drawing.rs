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
const ONE_LINE: f64 = 29.0;
const INSET: f64 = 15.0;
/// There is no font here to ask: the widest that are usual.
const WIDTH_OF_CALLS: f64 = 6.65;
const WIDTH_OF_TITLE: f64 = 8.2;
const WIDTH_OF_COUNT: f64 = 30.0;

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

    /// Whether the calls are few enough to stand behind the title.
    fn has_on_one_line(self, phase: &Phase) -> bool {
        let title = phase.title.chars().count() as f64 * WIDTH_OF_TITLE;
        let calls = phase.calls.chars().count() as f64 * WIDTH_OF_CALLS;
        INSET + title + 14.0 + calls + WIDTH_OF_COUNT < self.width
    }

    fn height_of(self, phase: &Phase) -> f64 {
        if self.has_on_one_line(phase) {
            return ONE_LINE;
        }
        TITLE + self.wrapped(&phase.calls).len() as f64 * LINE_OF_CALLS + 8.0
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
        let y = places.of_line(arrow.from.1) + 14.0;
        let y = (y, (places.of_line(arrow.to.1) + 10.0).max(y));
        drawing.arrow((x.0, y.0), (x.1, y.1), "arrow");
        let above = (f64::midpoint(x.0, x.1), y.0.min(y.1) - 6.0);
        drawing.text(above, Anchor::Middle, "small strong", &arrow.label);
    }
    draw_program(&mut drawing, phases, &places);
    draw_new_parent(&mut drawing, phases, &places);
    draw_ends(&mut drawing, bottom);
    drawing.into_svg()
}

/// The program that was traced, where the other two lanes are still empty.
fn draw_program(drawing: &mut Drawing, phases: &Phases, places: &Places) {
    const PROGRAM: [&str; 9] = [
        "#[daemon::main(configure = read_settings, privileged = listen, limits(core = 0))]",
        "fn main(ready: Ready, (settings, listener): (Settings, TcpListener)) -> Result<…> {",
        "    ready.status(\"replaying the journal\");",
        "    let entries = replay(settings.journal)?;",
        "    ready.notify_with(format_args!(\"{entries} entries\"));",
        "    loop { … listener.accept()? … }",
        "}",
        "",
        "// read_settings() chooses the pidfile and the log",
    ];
    let left = Lane::of(Process::Intermediate).left;
    let height = PROGRAM.len() as f64 * 17.0 + 22.0;
    let first = phases.of_process(Process::Intermediate).next();
    if first.is_some_and(|phase| places.of_line(phase.first) < TOP + height + 40.0) {
        return;
    }
    let width = Lane::of(Process::Daemon).right() - left;
    drawing.rectangle(left, TOP, width, height, "idle");
    for (number, line) in PROGRAM.iter().enumerate() {
        let y = TOP + 24.0 + number as f64 * 17.0;
        drawing.text((left + INSET, y), Anchor::Start, "code program", line);
    }
}

/// What the end of the intermediate is for.
fn draw_new_parent(drawing: &mut Drawing, phases: &Phases, places: &Places) {
    let Some(last) = phases.of_process(Process::Intermediate).last() else { return };
    let lane = Lane::of(Process::Intermediate);
    let y = places.of_line(last.end).max(places.of_line(last.first) + lane.height_of(last));
    for (number, line) in ["the daemon is now a child", "of the command"].iter().enumerate() {
        let at = (lane.left + INSET, y + 18.0 + number as f64 * 15.0);
        drawing.text(at, Anchor::Start, "small faint", line);
    }
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
    drawing.text((middle, 134.0), Anchor::Middle, "small faint", &format!("{calls} system calls"));
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
    let x = lane.left + INSET;
    let at = (x, top + 19.0);
    if phase.count > 1 {
        let count = phase.count.to_string();
        drawing.text((lane.right() - 10.0, top + 19.0), Anchor::End, "small faint", &count);
    }
    if is_named_by_its_calls(phase) {
        drawing.text(at, Anchor::Start, "strong", phase.title);
        return;
    }
    if lane.has_on_one_line(phase) {
        drawing.two_texts(at, ("strong", phase.title), ("code", &phase.calls));
        return;
    }
    drawing.text(at, Anchor::Start, "strong", phase.title);
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
