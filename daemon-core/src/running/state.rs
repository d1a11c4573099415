//! What is known of the stop and of events, for all who wait for them.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use crate::process::own::OwnProcess;
use crate::running::reason::Reason;
use crate::running::said;
use crate::running::taken::Taken;
use crate::running::verdict::Verdict;
use crate::sys::bell::{Bell, Latch};
use crate::sys::requests::{INTERRUPT, TERMINATE};

/// How far a stop is, in the order in which its stages are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Somebody has asked for it.
    Requested,
    /// `stop_delay` is over.
    Stopped,
    /// And no hold is left.
    Drained,
}

/// The state of a process, or one by itself for a test.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Notified at each change that a blocking wait may be for.
    changed: Condvar,
    /// Readable once the stop is as far as [`Stage::Stopped`].
    pub(super) stopped: Latch,
    /// Present once signals are handled and there is a thread. Until then whoever changes the state
    /// wakes the others.
    attended: OnceLock<Attended>,
    /// Taken while that comes to be.
    pub(super) attending: Mutex<()>,
}

/// The thread of this process, seen from the others.
#[derive(Debug)]
pub(super) struct Attended {
    pub(super) process: OwnProcess,
    pub(super) bell: &'static Bell,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// The first request to stop, which is the one that counts.
    pub(super) request: Option<(Reason, Instant)>,
    /// Whether those who wait for it may learn of it: the supervisor is told before.
    is_announced: bool,
    /// Whether `stop_delay` is over.
    pub(super) is_delay_over: bool,
    /// What is still going on, by its number.
    pub(super) holds: BTreeMap<u64, String>,
    /// Who is to be woken at which stage.
    waiting: BTreeMap<u64, (Stage, Waker)>,
    /// For the keys of the two above.
    next_key: u64,
    pub(super) events: Taken,
}

impl State {
    pub(super) fn has_reached(&self, stage: Stage) -> bool {
        match stage {
            Stage::Requested => self.is_announced,
            Stage::Stopped => self.is_delay_over,
            Stage::Drained => self.is_delay_over && self.holds.is_empty(),
        }
    }

    fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }
}

impl Shared {
    /// # Panics
    ///
    /// If there is no descriptor left.
    pub(super) fn new() -> Self {
        Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            stopped: Latch::new().expect("a descriptor for the stop of the program"),
            attended: OnceLock::new(),
            attending: Mutex::new(()),
        }
    }

    pub(super) fn attended(&self) -> Option<&Attended> {
        self.attended.get()
    }

    /// From here on signals are handled, and the thread does the waking.
    pub(super) fn attend(&self, by: Attended) {
        let _ = self.attended.set(by);
    }

    /// Whether this process may use it: in a child that was forked, a lock that another thread held
    /// is held for ever.
    pub(super) fn is_ours(&self) -> bool {
        self.attended().is_none_or(|attended| attended.process.is_this())
    }

    /// The state, with every signal that has come by now.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of the program's runs while it is locked, so nothing panics.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.attended().is_some() && state.request.is_none() {
            let come = [&TERMINATE, &INTERRUPT].into_iter().find(|request| request.count() > 0);
            state.request = come.map(|request| {
                let (signal, sender) = (request.signal(), request.sender());
                (Reason::Signal { signal, sender }, Instant::now())
            });
        }
        state
    }

    /// The state, unless a stop is requested; none is as long as it is locked.
    pub(super) fn lock_unless_stopping(&self) -> Option<MutexGuard<'_, State>> {
        Some(self.lock()).filter(|state| state.request.is_none())
    }

    /// Changes the state, and sees to it that whoever waits for that is woken.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let value = change(&mut self.lock());
        self.wake_others();
        value
    }

    fn wake_others(&self) {
        match self.attended() {
            Some(attended) => attended.bell.ring(),
            // There is no thread that could wait for the end of a delay.
            None => self.advance(true, |_, _| true),
        }
    }

    /// Brings the stop as far as it is by now, and wakes everybody who waited for that: if the caller
    /// knows of a request, and not for one that has come since. `is_delay_over` is asked with the
    /// reason and the moment of the request.
    pub(super) fn advance(
        &self,
        knows_of_request: bool,
        is_delay_over: impl FnOnce(&Reason, Instant) -> bool,
    ) {
        let mut state = self.lock();
        if let (Some((reason, since)), true) = (&state.request, knows_of_request) {
            let is_delay_over = state.is_delay_over || is_delay_over(reason, *since);
            if is_delay_over && !state.is_delay_over {
                self.stopped.fill();
            }
            (state.is_announced, state.is_delay_over) = (true, is_delay_over);
        }
        let reached = |stage| state.has_reached(stage);
        let due: Vec<_> = state
            .waiting
            .iter()
            .filter(|(_, (stage, _))| reached(*stage))
            .map(|(key, _)| *key)
            .collect();
        let mut wakers: Vec<_> = due
            .iter()
            .filter_map(|key| state.waiting.remove(key))
            .map(|(_, waker)| waker)
            .collect();
        let is_stopping = state.has_reached(Stage::Requested);
        wakers.extend(state.events.take_waker(is_stopping));
        drop(state);
        self.changed.notify_all();
        wakers.into_iter().for_each(wake);
    }

    /// Polls for a stage, with the key of the last time if that was `Pending`.
    pub(super) fn poll(&self, stage: Stage, key: &mut Option<u64>, waker: &Waker) -> Poll<()> {
        let mut state = self.lock();
        if state.has_reached(stage) {
            return Poll::Ready(());
        }
        let key = *key.get_or_insert_with(|| state.key());
        let before = state.waiting.insert(key, (stage, waker.clone()));
        drop(state);
        // Dropping a waker may run code of a runtime's.
        drop(before);
        Poll::Pending
    }

    /// Wakes it no more.
    pub(super) fn forget(&self, key: u64) {
        let forgotten = self.lock().waiting.remove(&key);
        drop(forgotten);
    }

    /// Waits until that stage is reached, or until it is that late; returns whether it is.
    pub(super) fn wait(&self, stage: Stage, until: Option<Instant>) -> bool {
        self.wait_for(until, |state| state.has_reached(stage).then_some(())).is_some()
    }

    /// Waits until there is such a thing, or until it is that late.
    pub(super) fn wait_for<T>(
        &self,
        until: Option<Instant>,
        mut look: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = look(&mut state) {
                return Some(found);
            }
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return None,
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Keeps the answer to a request to reload, and lets the next one become an event.
    pub(super) fn answer_reload(&self, is_done: bool, text: String) {
        said::answered(is_done, &text);
        self.keep_verdict(is_done, text);
        self.change(|state| state.events.is_reloading = false);
        self.answer_for_nobody();
    }

    /// Answers the requests to reload that the program does not take, if there are some.
    pub(super) fn answer_for_nobody(&self) {
        let answer = self.lock().events.answer_for_nobody();
        if let Some((is_done, text)) = answer {
            said::answered_at_once(is_done, &text);
            self.keep_verdict(is_done, text);
        }
    }

    fn keep_verdict(&self, is_done: bool, text: String) {
        let verdict = Verdict { is_done, text, at: SystemTime::now() };
        self.lock().events.last_verdict = Some(verdict);
    }

    /// Adds a hold, and returns its key.
    pub(super) fn add_hold(&self, what: String) -> u64 {
        let mut state = self.lock();
        let key = state.key();
        state.holds.insert(key, what);
        self.wake_if_stopping(state);
        key
    }

    pub(super) fn remove_hold(&self, key: u64) {
        let mut state = self.lock();
        state.holds.remove(&key);
        self.wake_if_stopping(state);
    }

    /// Holds matter to nobody else until there is a request: a server may have one for each of its
    /// requests.
    fn wake_if_stopping(&self, state: MutexGuard<'_, State>) {
        let is_stopping = state.request.is_some();
        drop(state);
        if is_stopping {
            self.wake_others();
        }
    }
}

/// The waker is the program's. If it panics, the others are woken all the same, and the thread
/// lives on.
fn wake(waker: Waker) {
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| waker.wake()));
}
