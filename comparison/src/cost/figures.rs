//! The figures of one peer.

use std::io;
use std::path::Path;

use daemon_benches::statistics::{median, percentile};

use crate::installation::Reason;

/// A figure, or the reason why there is none.
pub type Measured<T> = Result<T, Reason>;

/// The result of something done to a file, with its path in the reason.
pub(super) fn with_path<T>(path: &Path, result: io::Result<T>) -> Measured<T> {
    result.map_err(|error| format!("{}: {error}", path.display()))
}

/// The figures of one peer.
#[derive(Clone, Debug)]
pub struct Figures {
    /// As the page calls it.
    pub name: &'static str,
    /// All its starts.
    pub starts: Measured<Starts>,
    /// The system calls of all its processes until the command has returned.
    pub calls: Measured<usize>,
    /// The files that it is made of, and their sizes.
    pub files: Measured<Vec<File>>,
    /// The builds of its program; `None` where nothing has to be built.
    pub builds: Option<Measured<Builds>>,
}

/// The starts of one peer, of which there is at least one.
#[derive(Clone, Debug, Default)]
pub struct Starts(pub Vec<Start>);

/// One start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// From just before the command was started to its end, in ms.
    pub returned: f64,
    /// From the same moment to the answer that the first client got, in ms.
    pub ready: f64,
    /// The proportional set size of all processes that stay, in KiB.
    pub memory: f64,
    /// How many processes stay.
    pub processes: usize,
}

/// A file of a peer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without its directory.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// The builds of one peer's program, each with nothing built before.
#[derive(Clone, Debug)]
pub struct Builds {
    /// In seconds.
    pub seconds: Vec<f64>,
    /// The size of the program that came of it.
    pub bytes: u64,
    /// The crates that cargo builds, if it is cargo that builds.
    pub crates: Option<usize>,
}

/// Where most of some times are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// Half of them are below.
    pub median: f64,
    /// 95 of a hundred are not above.
    pub percentile_95: f64,
}

impl Starts {
    /// Until the command returned, in ms.
    pub fn returned(&self) -> Times {
        Times::of(&self.all(|start| start.returned))
    }

    /// Until a client was answered, in ms.
    pub fn ready(&self) -> Times {
        Times::of(&self.all(|start| start.ready))
    }

    /// The time in ms by which a client was answered later than the command returned. It is below 0
    /// where the command returned later.
    pub fn ready_after_return(&self) -> f64 {
        median(&self.all(|start| start.ready - start.returned))
    }

    /// In KiB.
    pub fn memory(&self) -> f64 {
        median(&self.all(|start| start.memory))
    }

    /// How many processes stay.
    pub fn processes(&self) -> usize {
        median(&self.all(|start| start.processes as f64)) as usize
    }

    fn all(&self, figure: impl Fn(&Start) -> f64) -> Vec<f64> {
        self.0.iter().map(figure).collect()
    }
}

impl Times {
    /// Of these, of which there must be one.
    pub fn of(times: &[f64]) -> Self {
        Times { median: median(times), percentile_95: percentile(times, 95.0) }
    }
}

impl Figures {
    /// The figures that could not be measured, each with the reason.
    pub fn missing(&self) -> impl Iterator<Item = (&'static str, &Reason)> {
        let builds = self.builds.as_ref().and_then(|it| it.as_ref().err());
        [
            ("starts", self.starts.as_ref().err()),
            ("system calls", self.calls.as_ref().err()),
            ("size", self.files.as_ref().err()),
            ("build", builds),
        ]
        .into_iter()
        .filter_map(|(what, reason)| Some((what, reason?)))
    }
}
