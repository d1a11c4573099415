//! The command line.

use std::path::PathBuf;

use daemon_benches::cost::Selection;

const USAGE: &str = "\
usage: daemon-benches [starts|builds|growth|all] [ROUNDS] [--write DIRECTORY]
       daemon-benches timeline [TRACE] [--write DIRECTORY]";

pub(crate) struct Arguments {
    pub(crate) task: Task,
    /// Where the drawings and their page go.
    pub(crate) write: Option<PathBuf>,
}

pub(crate) enum Task {
    Measure(Selection),
    /// Of a new start, or of one that was traced before.
    Timeline(Option<PathBuf>),
}

impl Arguments {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, &'static str> {
        let mut arguments = arguments.peekable();
        let mut selection = Selection {
            rounds: Selection::DEFAULT_ROUNDS,
            starts: false,
            builds: false,
            growth: false,
        };
        let mut timeline = false;
        match arguments.peek().map(String::as_str) {
            Some("builds") => selection.builds = true,
            Some("growth") => selection.growth = true,
            Some("all") => selection = Selection::all(),
            Some("timeline") => timeline = true,
            _ => selection.starts = true,
        }
        let is_task =
            |it: &String| ["starts", "builds", "growth", "all", "timeline"].contains(&it.as_str());
        arguments.next_if(is_task);
        let mut write = None;
        let mut trace = None;
        while let Some(argument) = arguments.next() {
            if argument == "--write" {
                write = Some(arguments.next().ok_or(USAGE)?.into());
            } else if timeline {
                trace = Some(argument.into());
            } else {
                selection.rounds = argument.parse().map_err(|_| USAGE)?;
            }
        }
        if selection.rounds == 0 {
            return Err(USAGE);
        }
        let task = if timeline { Task::Timeline(trace) } else { Task::Measure(selection) };
        Ok(Arguments { task, write })
    }
}
