//! [`Events`]: the requests to a running program that are not its stop.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use std::{error, fmt};

use crate::error::{Error, ErrorKind};
use crate::running::process;
use crate::running::reload::Reload;
use crate::running::state::{Shared, Stage, State};
use crate::running::taken::Found;

/// The requests that this program gets while it runs, until it is to stop.
///
/// From this call on SIGHUP, SIGUSR1 and SIGUSR2 are events, and SIGTERM and SIGINT are requests to
/// [stop](crate::stop()); before the end of the launch, in `configure` or `privileged`, only from the first
/// wait for them after it. In a burst of signals of one kind some may become one event, but at least
/// one event comes after the last of them.
///
/// ```no_run
/// # fn read_configuration() -> std::io::Result<()> { Ok(()) }
/// #[daemon::main(pidfile, stderr)]
/// fn main() -> Result<(), daemon::Error> {
///     for event in daemon::events()? {
///         match event {
///             daemon::Event::Reload(reload) => match read_configuration() {
///                 Ok(()) => reload.done("configuration read"),
///                 Err(error) => reload.refused(error),
///             },
///             _ => {}
///         }
///     }
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// If there is another [`Events`] in the program.
///
/// # Panics
///
/// As [`stop()`](crate::stop()).
pub fn events() -> Result<Events, Error> {
    let shared = process::shared();
    let was_taken = std::mem::replace(&mut shared.lock().events.are_taken, true);
    if was_taken {
        let what = "cannot take the events of the program: they are taken already";
        return Err(Error::new(ErrorKind::Software, what)
            .advise("take them once, and pass them to where they are needed"));
    }
    process::handle_user_signals(shared);
    Ok(Events { shared: shared.clone() })
}

/// The requests to this program; see [`events()`].
///
/// As an iterator it waits for each event, and ends when a stop is requested.
#[must_use = "nothing is done about the signals unless the events are taken from it"]
pub struct Events {
    shared: Arc<Shared>,
}

/// A request to the running program.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// SIGHUP: the program is to read its configuration anew. Its logs are reopened already.
    Reload(Reload),
    /// SIGUSR1.
    User1,
    /// SIGUSR2.
    User2,
}

/// There was no event in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout;

impl Events {
    /// Waits for the next event; `None` when a stop is requested.
    pub fn wait(&mut self) -> Option<Event> {
        self.wait_until(None).unwrap_or(None)
    }

    /// Waits for the next event, but no longer than that; `None` when a stop is requested.
    ///
    /// # Errors
    ///
    /// If there was none in time.
    pub fn wait_timeout(&mut self, limit: Duration) -> Result<Option<Event>, Timeout> {
        self.wait_until(Instant::now().checked_add(limit))
    }

    /// The next event, for a task; `None` when a stop is requested.
    ///
    /// A future that is dropped has taken no event, so it can be used in a `select!`.
    pub fn recv(&mut self) -> Recv<'_> {
        Recv { events: self }
    }

    /// Polls for the next event; `None` when a stop is requested. Of several tasks only the last one
    /// that polled is woken.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.take_after_launch();
        if !self.shared.is_ours() {
            return Poll::Ready(None);
        }
        let mut state = self.shared.lock();
        match next(&mut state) {
            Some(found) => {
                drop(state);
                Poll::Ready(self.begin(found))
            }
            None => {
                let before = state.events.waker.replace(context.waker().clone());
                drop(state);
                drop(before);
                Poll::Pending
            }
        }
    }

    /// If they were taken before the end of the launch, in `configure` or `privileged`, nobody attended to
    /// the signals then, and the launch may have forked since.
    fn take_after_launch(&mut self) {
        if self.shared.attended().is_some() {
            return;
        }
        let shared = process::shared();
        if !Arc::ptr_eq(shared, &self.shared) {
            shared.lock().events.are_taken = true;
            self.shared = shared.clone();
        }
        process::handle_user_signals(shared);
    }

    fn wait_until(&mut self, until: Option<Instant>) -> Result<Option<Event>, Timeout> {
        self.take_after_launch();
        if !self.shared.is_ours() {
            return Ok(None);
        }
        let found = self.shared.wait_for(until, next).ok_or(Timeout)?;
        Ok(self.begin(found))
    }

    fn begin(&self, found: Option<Found>) -> Option<Event> {
        Some(match found? {
            Found::User1 => Event::User1,
            Found::User2 => Event::User2,
            Found::Reload => Event::Reload(Reload::begin(self.shared.clone())),
        })
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.wait()
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if self.shared.is_ours() {
            let waker = self.shared.change(|state| {
                state.events.are_taken = false;
                state.events.waker.take()
            });
            drop(waker);
            self.shared.answer_for_nobody();
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// The future of [`Events::recv`].
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct Recv<'a> {
    events: &'a mut Events,
}

impl Future for Recv<'_> {
    type Output = Option<Event>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.events.poll_recv(context)
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there was no event in time")
    }
}

impl error::Error for Timeout {}

/// The next event, or `None` in its place if a stop is requested.
fn next(state: &mut State) -> Option<Option<Found>> {
    if state.has_reached(Stage::Requested) {
        return Some(None);
    }
    state.events.take().map(Some)
}
