//! Where descriptors 0 to 2 go.

use std::os::fd::OwnedFd;
use std::path::PathBuf;

use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::sys::stat::Mode;
use nix::unistd::dup2_stdin;

use crate::error::Error;
use crate::files::log::{Log, Owner};
pub(crate) use crate::files::redirection::Stream;
use crate::files::redirection::{Redirection, Target};
use crate::files::startup_output::{Captured, OutputUntilReady, Text};
use crate::supervisor::journal;
use crate::sys;

/// The files that are to become descriptors 0 to 2, all open before the first fork.
#[derive(Debug, Default)]
pub(crate) struct Stdio {
    /// Whether standard input becomes `/dev/null`.
    closes_input: bool,
    /// Where output and error go, unless they stay where they are.
    outputs: Vec<Redirection>,
    /// `/dev/null`, if any of them needs it, now or once the daemon is ready.
    null: Option<OwnedFd>,
}

/// Where an output goes, with its path if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    Null,
    Inherit,
    File(PathBuf),
    /// The journal of systemd, where this is the program's name.
    Journal(String),
}

impl Stdio {
    /// Opens the files of a daemon in the background; see also [`Stdio::open_until_ready`].
    pub(crate) fn background(
        stdout: &Destination,
        stderr: &Destination,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let outputs = open_outputs(stdout, stderr, owner)?;
        Ok(Stdio { closes_input: true, outputs, null: None })
    }

    /// Opens what a daemon in the background needs only until it is ready.
    pub(crate) fn open_until_ready(&mut self) -> Result<(), Error> {
        self.null = Some(open_null()?);
        self.keep_in_memory()
    }

    /// Opens what is asked for and leaves the rest as it is.
    pub(crate) fn foreground(
        stdout: &Destination,
        stderr: &Destination,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let needs_null = [stdout, stderr].contains(&&Destination::Null);
        let null = needs_null.then(open_null).transpose()?;
        let outputs = open_outputs(stdout, stderr, owner)?;
        Ok(Stdio { closes_input: false, outputs, null })
    }

    /// Gives the outputs that nobody could read where they are to go a file in memory until the
    /// daemon is ready.
    fn keep_in_memory(&mut self) -> Result<(), Error> {
        for output in &mut self.outputs {
            if output.log().is_none_or(|log| !log.is_readable) {
                let memory = sys::anonymous_file("output").map_err(|errno| {
                    Error::cannot("keep the daemon's output in memory until it is ready", errno)
                })?;
                // A child that opens /dev/stderr by name may empty the file. What is written next
                // then follows what the child wrote, and does not overwrite it.
                let _ = fcntl(&memory, FcntlArg::F_SETFL(OFlag::O_APPEND));
                output.memory = Some(memory);
            }
        }
        Ok(())
    }

    /// In the process that watches: what the daemon writes, to be shown when the start fails.
    pub(crate) fn into_captured(self) -> Captured {
        // Leaked on purpose: this process exits soon, and a close(2) is spared.
        std::mem::forget(self.null);
        let logs = self.outputs.iter().rev().filter_map(Redirection::log);
        let log = logs.clone().next().map(|log| log.path.clone());
        let new_logs = logs.filter_map(Log::as_new).collect();
        let text = |output: Redirection| match (output.memory, output.to) {
            (Some(file), _) => Some(Text::Memory(file.into())),
            (None, Target::Log(log)) => {
                let Log { path, length, opened_as, .. } = *log;
                Some(Text::Log { path, from: length, opened_as })
            }
            (None, Target::Null | Target::Journal(_)) => None,
        };
        let texts = self.outputs.into_iter().filter_map(text).collect();
        Captured { texts, log, new_logs }
    }

    /// In the daemon: puts everything in place.
    pub(crate) fn install(self) -> Result<OutputUntilReady, Error> {
        let null = self.null.as_ref();
        let install = || {
            if let Some(null) = null.filter(|_| self.closes_input) {
                dup2_stdin(null)?;
            }
            self.outputs.iter().try_for_each(|output| {
                let Some(file) = output.until_ready(null) else { return Ok(()) };
                output.streams.iter().try_for_each(|stream| stream.redirect(file))
            })
        };
        install().map_err(|errno| {
            self.undo();
            Error::cannot("replace standard input, output and error", errno)
        })?;
        let mut outputs = self.outputs;
        outputs.retain(|output| output.memory.is_some());
        Ok(OutputUntilReady { outputs, null: self.null })
    }

    /// Whether this stream goes to the journal, or to nobody.
    pub(crate) fn goes_to_journal(&self, stream: Stream) -> Option<bool> {
        let output = self.outputs.iter().find(|output| output.streams.contains(&stream))?;
        match output.to {
            Target::Null => Some(false),
            Target::Journal(_) => Some(true),
            Target::Log(_) => None,
        }
    }

    /// The logs among them, each with the streams that go to it.
    pub(crate) fn logs(&self) -> impl Iterator<Item = (&Log, &'static [Stream])> {
        self.outputs.iter().filter_map(|output| Some((output.log()?, output.streams)))
    }

    /// Undoes the opening, for a start that was refused after it.
    pub(crate) fn undo(&self) {
        undo(&self.outputs);
    }
}

fn open_outputs(
    stdout: &Destination,
    stderr: &Destination,
    owner: Owner<'_>,
) -> Result<Vec<Redirection>, Error> {
    // One open file for both, so that neither overwrites what the other wrote.
    let places: &[(_, &'static [Stream])] = if stdout == stderr {
        &[(stdout, &[Stream::Output, Stream::Error])]
    } else {
        &[(stdout, &[Stream::Output]), (stderr, &[Stream::Error])]
    };
    let mut outputs: Vec<Redirection> = Vec::with_capacity(places.len());
    for (destination, streams) in places {
        let to = match destination {
            Destination::Inherit => continue,
            Destination::Null => Ok(Target::Null),
            Destination::Journal(name) => journal::connect(name).map(Target::Journal),
            Destination::File(path) => Log::open(path, owner).map(|log| Target::Log(Box::new(log))),
        };
        let to = to.inspect_err(|_| undo(&outputs))?;
        outputs.push(Redirection { streams, to, memory: None });
    }
    Ok(outputs)
}

fn undo(outputs: &[Redirection]) {
    outputs.iter().rev().filter_map(Redirection::log).for_each(Log::undo);
}

fn open_null() -> Result<OwnedFd, Error> {
    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(|errno| Error::cannot("open /dev/null", errno))
}
