//! What is known of a daemon: what is proved, and what it says of itself.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::files::state::{Answer, Contents, Phase};

/// Whether the daemon runs, and what is known of it; see [`status`](crate::control::status()).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// It is running: this is proved.
    Running(Known),
    /// It has ended without saying so: a signal or the machine has ended it. Which signal is not
    /// known; a program that does not ask for its stop is ended by SIGTERM like that. These are its
    /// last words, if it had any.
    Died(Known),
    /// It has ended by itself, and this is what it said.
    Ended(Known),
    /// None is running, and none has left anything.
    #[non_exhaustive]
    NotRunning {
        /// The pidfiles that were looked for.
        places: Vec<PathBuf>,
    },
    /// Whether it is running is not known.
    #[non_exhaustive]
    Unknown {
        /// Why that is so.
        why: String,
        /// What a daemon has written, if that can be read.
        said: Option<Known>,
    },
}

/// What is known of a daemon. While it runs, its number and whether it was replaced are the kernel's word;
/// all else is what it says of itself, and a program that somebody has broken into says what they
/// want.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Known {
    /// The number of its process.
    pub pid: Option<u32>,
    /// Its pidfile.
    pub pidfile: PathBuf,
    /// When it was started.
    pub since: Option<SystemTime>,
    /// The version of the program.
    pub version: Option<String>,
    /// The version of this library.
    pub library: Option<String>,
    /// `background` or `foreground`.
    pub mode: Option<String>,
    /// Its supervisor, in a word.
    pub supervisor: Option<String>,
    /// Why it is in that mode.
    pub why: Option<String>,
    /// How far its life is.
    pub phase: Option<Phase>,
    /// What it says that it is doing.
    pub status: Option<String>,
    /// What it said when it was ready.
    pub message: Option<String>,
    /// How many holds a stop would wait for.
    pub holds: u64,
    /// The first of their names, and how many there are of each.
    pub named_holds: Vec<(String, u64)>,
    /// The requests to reload that it has begun with.
    pub reloads: u64,
    /// The answer to the last one: whether it was done, the text, and when.
    pub last_reload: Option<(bool, String, SystemTime)>,
    /// The addresses at which it waits for anybody, by the kernel's word; none if they may not be
    /// seen.
    pub sockets: Vec<String>,
    /// Its log.
    pub log: Option<PathBuf>,
    /// Whether the file that it executes was replaced since its start, or removed, by the kernel's
    /// word.
    pub is_replaced: Option<bool>,
    /// Why it says nothing of itself, if that is so.
    pub is_silent: Option<String>,
}

impl Known {
    /// What a daemon with this pidfile says, or why it says nothing.
    pub(super) fn of(pidfile: PathBuf, said: Result<Contents, String>) -> Self {
        match said {
            Ok(contents) => Known { pidfile, ..Known::from(contents) },
            Err(why) => Known { pidfile, is_silent: Some(why), ..Known::default() },
        }
    }

    /// Whether it takes work: also while it reloads, and if it says nothing.
    pub fn is_ready(&self) -> bool {
        self.phase.is_none_or(|phase| matches!(phase, Phase::Ready | Phase::Reloading))
    }
}

impl From<Contents> for Known {
    fn from(said: Contents) -> Self {
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        Known {
            pid: said.pid.and_then(|pid| pid.try_into().ok()),
            pidfile: PathBuf::new(),
            since: said.since.and_then(time),
            version: text(said.version),
            library: text(said.library),
            mode: text(said.mode),
            supervisor: text(said.supervisor),
            why: text(said.why),
            phase: said.phase,
            status: text(said.status),
            message: text(said.ready),
            holds: said.holds,
            named_holds: said.named_holds.into_iter().map(|it| (it.name, it.count)).collect(),
            reloads: said.reloads_begun,
            last_reload: said
                .answer
                .and_then(|Answer { is_done, text, at }| Some((is_done, text, time(at)?))),
            log: said.log,
            sockets: Vec::new(),
            is_replaced: None,
            is_silent: None,
        }
    }
}

/// A time in seconds since 1970, unless it is later than the clock can count.
fn time(seconds: u64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}
