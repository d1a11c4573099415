//! The wait for a verdict on the daemon, in the process that watches it.

use std::cell::OnceCell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::unistd::{Pid, getpid};

use crate::command::group::Group;
use crate::command::pipe::{Received, Record, ToCommand};
use crate::command::start::{Start, Watched};
use crate::command::terminal::Terminal;
use crate::command::verdict::Verdict;
use crate::command::wait::{Child, Sources};
use crate::sys;
use crate::sys::process::End;

/// How long a program that dropped `Ready`, or whose launch failed, has to end by itself, so that
/// its own error is shown.
pub(super) const A_MOMENT: Duration = Duration::from_secs(2);

/// How long a quick daemon is only heard. Its death, if its children keep the pipe open, and signals
/// are looked for later.
const FIRST_LOOK: Duration = Duration::from_millis(20);

/// The wait of the process that watches.
pub(super) struct Watch {
    pub(super) start: Start,
    /// When it began.
    since: Instant,
    timeout: Option<Duration>,
    pub(super) group: Group,
    /// Whether the daemon is, or becomes, a child of this process.
    is_parent: bool,
    /// In the command: the intermediate process. Once it is gone the daemon is our child.
    pub(super) intermediate: Option<Child>,
    /// Once it is known.
    pub(super) daemon: Option<Child>,
    /// In the command: the daemon's end of the pipe, which hides the end of file. It is closed at
    /// the first look: a quick daemon is ready before.
    to_command: Option<ToCommand>,
    /// Opened after the first look.
    signalfd: OnceCell<Option<OwnedFd>>,
    /// In the intermediate process, which the command may leave behind.
    watches_command: bool,
    /// In the intermediate process: leads to the command.
    pub(super) relay: Option<ToCommand>,
    pub(super) terminal: Terminal<'static>,
    /// Whether nobody can send anything any more.
    end_of_file: bool,
    /// Whether `Ready` was dropped.
    dropped: bool,
    /// Since when the daemon can no longer say that it is ready.
    silent_since: Option<Instant>,
    last_status: Option<String>,
}

impl Watch {
    /// In the command, a sub-reaper: it becomes the daemon's parent once the intermediate process,
    /// which has made it, is gone. Then nobody can take the daemon's death and exit status from us.
    pub(super) fn as_subreaper(
        start: Start,
        to_command: ToCommand,
        watched: &Watched,
        intermediate: Pid,
    ) -> Self {
        let intermediate = Child::new(intermediate);
        let group = Group::led_by(intermediate.pid);
        Watch {
            intermediate: Some(intermediate),
            to_command: Some(to_command),
            ..Watch::new(start, watched, group)
        }
    }

    /// In the intermediate process, the daemon's parent.
    pub(super) fn as_parent(
        start: Start,
        watched: &Watched,
        daemon: Pid,
        relay: ToCommand,
    ) -> Self {
        Watch {
            daemon: Some(Child::new(daemon)),
            watches_command: true,
            relay: Some(relay),
            ..Watch::new(start, watched, Group::led_by(getpid()))
        }
    }

    /// In the command, when the intermediate process, which watched, is dead without a verdict. The
    /// daemon has another parent by now.
    pub(super) fn in_place_of(intermediate: Child, start: Start, watched: &Watched) -> Self {
        let group = Group::led_by(intermediate.pid);
        Watch {
            is_parent: false,
            intermediate: Some(intermediate),
            ..Watch::new(start, watched, group)
        }
    }

    fn new(start: Start, watched: &Watched, group: Group) -> Self {
        Watch {
            signalfd: OnceCell::new(),
            start,
            since: watched.since,
            timeout: watched.timeout,
            group,
            is_parent: true,
            intermediate: None,
            daemon: None,
            to_command: None,
            watches_command: false,
            relay: None,
            terminal: Terminal::new(watched.name),
            end_of_file: false,
            dropped: false,
            silent_since: None,
            last_status: None,
        }
    }

    pub(super) fn until_verdict(&mut self) -> Verdict {
        let first_look = self.since + FIRST_LOOK;
        loop {
            let looks = Instant::now() >= first_look;
            let happened = if looks {
                self.to_command = None;
                Sources { child: self.awaited_child(), ..self.sources() }.wait(self.next_deadline())
            } else {
                self.voices().wait(Some(first_look))
            };
            // The death is checked before the pipe, so that nothing the daemon said before it died
            // is overlooked.
            let end = if happened.child { self.end_of_daemon() } else { None };
            if let Some(verdict) = self.listen().or(end).or_else(|| self.end_in_silence()) {
                return verdict;
            }
            if let Some(signal) = (looks && happened.signal).then(|| self.take_signal()).flatten() {
                return Verdict::Cancelled(signal);
            }
            if happened.lifeline {
                return Verdict::Abandoned;
            }
            if let Some(verdict) = self.overdue() {
                return verdict;
            }
            if looks {
                self.find_daemon();
            }
        }
    }

    pub(super) fn take_signal(&self) -> Option<libc::c_int> {
        self.start.signals.take(self.signalfd())
    }

    fn signalfd(&self) -> Option<BorrowedFd<'_>> {
        let open = || sys::open_signalfd(self.start.signals.signals());
        self.signalfd.get_or_init(open).as_ref().map(AsFd::as_fd)
    }

    pub(super) fn stop_listening_for_signals(&mut self) {
        self.signalfd.take();
    }

    /// Without a child to wait for.
    pub(super) fn sources(&self) -> Sources<'_> {
        Sources { signalfd: self.signalfd(), ..self.voices() }
    }

    /// The only sources for a quick daemon: its records, and the end of the command.
    fn voices(&self) -> Sources<'_> {
        Sources {
            from_daemon: (!self.end_of_file).then(|| self.start.from_daemon.as_fd()),
            lifeline: self.watches_command.then(|| self.start.lifeline.as_fd()),
            ..Sources::default()
        }
    }

    /// The daemon; before it is our child, the intermediate process, whose end makes it one.
    pub(super) fn awaited_child(&self) -> Option<&Child> {
        let intermediate = self.intermediate.as_ref().filter(|_| self.is_parent);
        self.daemon.as_ref().or(intermediate).filter(|child| !child.has_ended())
    }

    /// Finds out which process is the daemon, by the owner of the lifeline, once it is our child:
    /// from the end of the intermediate process on.
    pub(super) fn find_daemon(&mut self) {
        let Some(intermediate) = self.intermediate.as_mut().filter(|_| self.is_parent) else {
            return;
        };
        if self.daemon.is_none() && intermediate.end().is_some() {
            self.daemon = self.start.lifeline.daemon().map(Child::new);
        }
    }

    fn end_of_daemon(&mut self) -> Option<Verdict> {
        self.find_daemon();
        self.daemon.as_mut()?.end().cloned()
    }

    /// Takes everything that the daemon has said.
    pub(super) fn listen(&mut self) -> Option<Verdict> {
        loop {
            match self.start.from_daemon.receive() {
                Received::Record(Record::Ready(message)) => return Some(Verdict::Ready(message)),
                Received::Record(Record::Failed(failure)) => {
                    return Some(Verdict::Failed(failure));
                }
                Received::Record(Record::Status(status)) => {
                    if let Some(relay) = &self.relay {
                        relay.status(&status);
                    }
                    self.terminal.status(&status);
                    self.last_status = Some(status);
                }
                Received::Record(Record::Dropped) => {
                    self.dropped = true;
                    self.silent_since.get_or_insert_with(Instant::now);
                }
                Received::Record(Record::Daemon(_)) => {}
                Received::EndOfFile => {
                    self.end_of_file = true;
                    self.silent_since.get_or_insert_with(Instant::now);
                    return None;
                }
                Received::Nothing => return None,
            }
        }
    }

    /// How the daemon ended, if nobody can send anything any more, because everybody is dead.
    fn end_in_silence(&mut self) -> Option<Verdict> {
        if !self.end_of_file {
            return None;
        }
        if !self.is_parent {
            return Some(Verdict::Lost);
        }
        if let Some(end) = self.end_of_daemon() {
            return Some(end);
        }
        if self.daemon.is_some() {
            return None;
        }
        // It died before it could be known, or was never made.
        let of_intermediate = self.intermediate.as_mut()?.end().cloned()?;
        Some(match (self.group.end_of_unknown_daemon(), of_intermediate) {
            (Some(end), _) => Verdict::Ended(end),
            (None, Verdict::Ended(End::Exited(0))) => Verdict::Lost,
            (None, of_intermediate) => of_intermediate,
        })
    }

    fn next_deadline(&self) -> Option<Instant> {
        let silence = self.silent_since.map(|since| since + A_MOMENT);
        // Until the daemon can be known, it has to be looked for.
        let is_unknown = self.daemon.is_none() && self.awaited_child().is_none();
        let look_again = is_unknown.then(|| Instant::now() + FIRST_LOOK);
        [silence, self.last_moment(), look_again].into_iter().flatten().min()
    }

    /// When the daemon has to be ready; `None` if it is later than an `Instant` can hold.
    fn last_moment(&self) -> Option<Instant> {
        self.since.checked_add(self.timeout?)
    }

    fn overdue(&self) -> Option<Verdict> {
        let now = Instant::now();
        if self.silent_since.is_some_and(|since| now >= since + A_MOMENT) {
            return Some(if self.dropped { Verdict::Dropped } else { Verdict::Silenced });
        }
        let limit = self.timeout.filter(|_| self.last_moment().is_some_and(|at| now >= at))?;
        Some(Verdict::TimedOut { limit, last_status: self.last_status.clone() })
    }

    /// Whether the daemon itself, and the process that made it, have ended.
    pub(super) fn has_ended(&mut self) -> bool {
        self.find_daemon();
        let mut children = self.intermediate.iter_mut().chain(self.daemon.as_mut());
        children.all(|child| child.end().is_some())
    }

    /// Whether nothing of the start is left but zombies.
    pub(super) fn is_over(&mut self) -> bool {
        let is_group_gone = match self.is_parent {
            true => !self.group.has_live_child(),
            false => !self.start.lifeline.is_daemon_alive(),
        };
        self.has_ended() && is_group_gone
    }
}
