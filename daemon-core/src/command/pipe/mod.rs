//! The records between the daemon and the command that waits for it.
//!
//! They go through one pipe, which lives from before the first fork until readiness. Each is a tag,
//! the length of its payload, and the payload; none is longer than `PIPE_BUF`, so each is written
//! whole or not at all; see pipe(7).

#[cfg(test)]
mod properties;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::stat::SFlag;
use nix::unistd::{Pid, read, write};

use crate::error::Failure;
use crate::sys::descriptors::{PIPE_BUF, close_on_exec_pipe, unread_bytes};
use crate::sys::fstat;
use crate::sys::inode::file_type;
use crate::text::cut;

/// A message from the daemon about its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    /// The intermediate process has made the daemon, which has this process number.
    Daemon(Pid),
    /// How far the start is.
    Status(String),
    /// The daemon is ready; this is its message, if it has one.
    Ready(String),
    /// A step of the launch failed in the daemon, which exits with this status.
    Failed(Failure),
    /// `Ready` was dropped.
    Dropped,
}

const DAEMON: u8 = b'd';
const STATUS: u8 = b's';
const READY: u8 = b'r';
const FAILED: u8 = b'f';
const DROPPED: u8 = b'x';

const HEADER: usize = 3;

/// POSIX guarantees 512, Linux has 4096, which is also the size of the smallest pipe; see pipe(7).
const LONGEST_RECORD: usize = if PIPE_BUF < 4096 { PIPE_BUF } else { 4096 };

/// A status longer than this is cut, and none is sent while this much waits unread, so that `ready`
/// always finds room, even in the smallest pipe and with the command stopped.
const LONGEST_STATUS: usize = LONGEST_RECORD / 8;
const LONGEST_READY_MESSAGE: usize = LONGEST_RECORD / 2;

/// How much is read before we look at something else, a signal for example: twice what a pipe holds,
/// so that what a daemon said before it died is never left in it; see pipe(7), "Pipe capacity".
const MOST_AT_ONCE: usize = 2 * 65536;

/// Makes the pipe: the end that the command reads from, and the one that the daemon writes to.
pub(crate) fn channel() -> Result<(FromDaemon, ToCommand), Errno> {
    let (reader, writer) = close_on_exec_pipe()?;
    // Memory for the usual records is there before the fork, after which each page that malloc(3)
    // writes to is copied.
    let unparsed = Vec::with_capacity(64);
    let from_daemon = FromDaemon { pipe: reader, unparsed, taken: 0, has_failed: false };
    Ok((from_daemon, ToCommand { pipe: writer }))
}

/// The daemon's end.
#[derive(Debug)]
pub(crate) struct ToCommand {
    pipe: OwnedFd,
}

impl ToCommand {
    /// Whether the program has closed it, which is not its own: what has its number is left alone.
    pub(crate) fn is_lost(&self) -> bool {
        match fstat(&self.pipe) {
            Ok(status) => file_type(&status) != SFlag::S_IFIFO,
            Err(errno) => errno == Errno::EBADF,
        }
    }

    /// Says which process is the daemon.
    pub(crate) fn daemon(&self, pid: Pid) -> Result<(), Errno> {
        self.send(DAEMON, &pid.as_raw().to_le_bytes())
    }

    /// Shows how far the start is, unless the command is behind with reading.
    pub(crate) fn status(&self, message: &str) {
        let has_room = || unread_bytes(&self.pipe).is_ok_and(|unread| unread <= LONGEST_STATUS);
        if !self.is_lost() && has_room() {
            // If this fails, the command is gone, or so slow that the status will not be missed.
            let _ = self.send(STATUS, cut(message, LONGEST_STATUS).as_bytes());
        }
    }

    /// Says that the daemon is ready.
    pub(crate) fn ready(&self, message: &str) -> Result<(), Errno> {
        self.send(READY, cut(message, LONGEST_READY_MESSAGE).as_bytes())
    }

    /// Says that a step of the launch failed.
    pub(crate) fn failed(&self, failure: &Failure) -> Result<(), Errno> {
        let errno = (failure.errno as i32).to_le_bytes();
        // It has to find room behind the daemon's number, even in the smallest pipe.
        let message = cut(&failure.message, LONGEST_RECORD - 64);
        self.send(FAILED, &[&[failure.exit_code], &errno[..], message.as_bytes()].concat())
    }

    /// Says that `Ready` was dropped.
    pub(crate) fn dropped(&self) -> Result<(), Errno> {
        self.send(DROPPED, &[])
    }

    fn send(&self, tag: u8, payload: &[u8]) -> Result<(), Errno> {
        let length = u16::try_from(payload.len()).map_err(|_| Errno::EMSGSIZE)?;
        let [low, high] = length.to_le_bytes();
        let header = [tag, low, high];
        // The usual record, `ready` without a message, takes no memory of malloc(3)'s, of which a new
        // process has to copy each page.
        let whole = if payload.is_empty() { None } else { Some([&header, payload].concat()) };
        let record = whole.as_deref().unwrap_or(&header);
        loop {
            match write(&self.pipe, record) {
                Err(Errno::EINTR) => {}
                sent => return sent.map(drop),
            }
        }
    }
}

/// The command's end.
#[derive(Debug)]
pub(crate) struct FromDaemon {
    pipe: OwnedFd,
    unparsed: Vec<u8>,
    /// How many bytes were read since there was nothing more.
    taken: usize,
    /// Whether it could not be read once.
    has_failed: bool,
}

/// What came through the pipe.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    Record(Record),
    /// Nothing more for now. There may be, where somebody writes as fast as we read.
    Nothing,
    /// Every process that could have said something has closed its end.
    EndOfFile,
}

impl FromDaemon {
    /// Takes the next record without waiting.
    pub(crate) fn receive(&mut self) -> Received {
        loop {
            if let Some(record) = self.parse() {
                return Received::Record(record);
            }
            if self.taken >= MOST_AT_ONCE {
                self.taken = 0;
                return Received::Nothing;
            }
            let mut buffer = [0; 512];
            match read(&self.pipe, &mut buffer) {
                Ok(0) => return Received::EndOfFile,
                Ok(length) => {
                    self.taken += length;
                    self.unparsed.extend_from_slice(&buffer[..length]);
                }
                Err(Errno::EINTR) => {}
                // No error of a pipe's; what waits in it would be lost, so we look once more.
                Err(errno) if errno != Errno::EAGAIN && !self.has_failed => self.has_failed = true,
                Err(_) => {
                    self.taken = 0;
                    return Received::Nothing;
                }
            }
        }
    }

    /// Takes the first whole record of what was read. One that we cannot have sent is skipped:
    /// nothing that the program writes into a descriptor that is not its own can make us panic.
    fn parse(&mut self) -> Option<Record> {
        loop {
            let [tag, low, high, rest @ ..] = self.unparsed.as_slice() else { return None };
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            let payload = rest.get(..length)?;
            let record = decode(*tag, payload);
            self.unparsed.drain(..HEADER + length);
            if record.is_some() {
                return record;
            }
        }
    }
}

fn decode(tag: u8, payload: &[u8]) -> Option<Record> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    match (tag, payload) {
        (DAEMON, pid) => {
            // To kill(2), 0 and negative numbers mean groups of processes, or all of them.
            let number = Some(i32::from_le_bytes(pid.try_into().ok()?)).filter(|pid| *pid > 0)?;
            Some(Record::Daemon(Pid::from_raw(number)))
        }
        (STATUS, message) => Some(Record::Status(text(message))),
        (READY, message) => Some(Record::Ready(text(message))),
        (FAILED, [exit_code, a, b, c, d, message @ ..]) => Some(Record::Failed(Failure {
            exit_code: *exit_code,
            errno: Errno::from_raw(i32::from_le_bytes([*a, *b, *c, *d])),
            message: text(message),
        })),
        (DROPPED, []) => Some(Record::Dropped),
        _ => None,
    }
}

impl From<ToCommand> for OwnedFd {
    fn from(to_command: ToCommand) -> Self {
        to_command.pipe
    }
}

impl From<FromDaemon> for OwnedFd {
    /// In the daemon, which frees nothing that it shares with the command.
    fn from(from_daemon: FromDaemon) -> Self {
        let FromDaemon { pipe, unparsed, .. } = from_daemon;
        std::mem::forget(unparsed);
        pipe
    }
}

impl AsFd for FromDaemon {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use nix::fcntl::{FcntlArg, fcntl};

    use super::*;

    #[test]
    fn each_record_arrives_as_it_was_sent() {
        let (mut command, daemon) = channel().unwrap();
        daemon.daemon(Pid::from_raw(4242)).unwrap();
        daemon.status("45 %");
        let failure = Failure { exit_code: 78, errno: Errno::ENOENT, message: "cannot".into() };
        daemon.failed(&failure).unwrap();
        daemon.dropped().unwrap();
        daemon.ready("listening").unwrap();
        drop(daemon);
        for record in [
            Record::Daemon(Pid::from_raw(4242)),
            Record::Status("45 %".into()),
            Record::Failed(failure),
            Record::Dropped,
            Record::Ready("listening".into()),
        ] {
            assert_eq!(command.receive(), Received::Record(record));
        }
        assert_eq!(command.receive(), Received::EndOfFile);
    }

    #[test]
    fn ready_finds_room_behind_any_number_of_statuses_that_nobody_reads() {
        let (mut command, daemon) = channel().unwrap();
        let one_page = FcntlArg::F_SETPIPE_SZ(4096);
        assert_eq!(fcntl(&command, one_page), Ok(4096));
        for _ in 0..10_000 {
            daemon.status(&"ü".repeat(10_000));
        }
        daemon.ready(&"é".repeat(10_000)).unwrap();
        let last = std::iter::from_fn(|| match command.receive() {
            Received::Record(record) => Some(record),
            _ => None,
        })
        .last();
        assert!(matches!(last, Some(Record::Ready(message)) if message.starts_with('é')));
    }

    #[test]
    fn garbage_is_passed_over() {
        let (mut command, daemon) = channel().unwrap();
        write(&daemon.pipe, &[b'?', 2, 0, 7, 7]).unwrap();
        write(&daemon.pipe, &[DAEMON, 1, 0, 7]).unwrap();
        write(&daemon.pipe, &[DAEMON, 4, 0, 0xff, 0xff, 0xff, 0xff]).unwrap();
        write(&daemon.pipe, &[STATUS, 2, 0, 0xff, b'!']).unwrap();
        assert_eq!(command.receive(), Received::Record(Record::Status("\u{fffd}!".into())));
        assert_eq!(command.receive(), Received::Nothing);
    }
}
