//! [`Stop`]: the request to end, and how the program learns of it.

use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::running::hold::Hold;
use crate::running::process;
use crate::running::reason::Reason;
use crate::running::stages::{Drained, Requested, Stopped};
use crate::running::state::{Shared, Stage};
use crate::running::whose::Whose;
use crate::sys::bell::Latch;

/// The stop of this program: it has been asked to end, or may be.
///
/// From the first call on after the launch, SIGTERM and SIGINT no longer end the program: they are
/// requests to stop, and it ends when `main` returns. The request stays: whoever asks later still
/// sees it. Before the launch, or in a program that launches nothing (a test), no signal is handled,
/// and only [`Stop::request`] is a request.
///
/// Call it before [`Ready::notify`](crate::Ready::notify): a SIGTERM between the two would end the
/// program at once.
///
/// ```no_run
/// #[daemon::main]
/// fn main() {
///     let stop = daemon::stop();
///     std::thread::spawn(|| {
///         let _hold = daemon::stop().hold("the night's report");
///         // …
///     });
///     stop.wait_drained();
/// }
/// ```
///
/// # Panics
///
/// If the thread that watches for signals cannot be created, as [`std::thread::spawn`] does.
pub fn stop() -> Stop {
    process::shared();
    Stop(Whose::ThisProcess)
}

/// Completes when the program is to stop: `daemon::stop().stopped()`, to be handed to a server.
///
/// The signals are handled from this call on, and not only from the first poll on. Call it before
/// [`Ready::notify`](crate::Ready::notify): a SIGTERM between the two would end the program at once.
///
/// ```ignore
/// axum::serve(listener, app).with_graceful_shutdown(daemon::stopped()).await
/// ```
///
/// # Panics
///
/// As [`stop`].
pub fn stopped() -> Stopped {
    stop().stopped()
}

/// The stop of this program; see [`stop()`].
///
/// A stop has three stages. It is [requested](Stop::requested), by a signal or by the program. When
/// the option `stop_delay` is over, the program is [stopped](Stop::stopped): it should accept no
/// more work. When no [hold](Stop::hold) is left, it is [drained](Stop::drained). The program ends
/// when `main` returns, or when the option `stop_timeout` is over.
///
/// In a child that the program has forked it is the child's own stop.
#[derive(Clone, Debug)]
pub struct Stop(Whose);

impl Stop {
    /// A stop that no signal requests, for tests of functions that take one.
    ///
    /// ```
    /// let stop = daemon::Stop::detached();
    /// let other = stop.clone();
    /// std::thread::spawn(move || other.request("the test is over"));
    /// stop.wait();
    /// ```
    ///
    /// # Panics
    ///
    /// If no descriptor is left.
    pub fn detached() -> Stop {
        Stop(Whose::Detached(Arc::new(Shared::new())))
    }

    /// Completes at once when a stop is requested, also while `stop_delay` lasts.
    pub fn requested(&self) -> Requested {
        Requested::of(self.0.clone())
    }

    /// Completes when a stop is requested and `stop_delay` is over: now the program should accept no
    /// more work.
    pub fn stopped(&self) -> Stopped {
        Stopped::of(self.0.clone())
    }

    /// Completes when the program is [stopped](Stop::stopped) and no [hold](Stop::hold) is left.
    pub fn drained(&self) -> Drained {
        Drained::of(self.0.clone())
    }

    /// Waits as [`Stop::stopped`] does, and blocks this thread.
    pub fn wait(&self) {
        self.shared().wait(Stage::Stopped, None);
    }

    /// Waits as [`Stop::wait`] does, but no longer than that. Returns whether the program is to stop.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        self.shared().wait(Stage::Stopped, Instant::now().checked_add(limit))
    }

    /// Waits as [`Stop::drained`] does, and blocks this thread.
    pub fn wait_drained(&self) {
        self.shared().wait(Stage::Drained, None);
    }

    /// Whether a stop is requested and `stop_delay` is over, as [`Stop::stopped`] waits for.
    pub fn is_stopped(&self) -> bool {
        self.shared().lock().has_reached(Stage::Stopped)
    }

    /// Whether a stop is requested, also while `stop_delay` lasts.
    pub fn is_requested(&self) -> bool {
        self.shared().lock().request.is_some()
    }

    /// Why a stop is requested, if it is. Of several reasons the first one counts.
    pub fn reason(&self) -> Option<Reason> {
        self.shared().lock().request.as_ref().map(|(reason, _)| reason.clone())
    }

    /// Requests a stop, for this reason. `stop_delay` counts as for SIGTERM.
    pub fn request(&self, why: impl Display) {
        let why = why.to_string();
        self.shared().change(|state| {
            state.request.get_or_insert_with(|| (Reason::Program(why), Instant::now()));
        });
    }

    /// Says that something is going on that a stop is to wait for, until the [`Hold`] is dropped: a
    /// connection, for example, or a transaction.
    ///
    /// Take it before the task or the thread is started to which it belongs: otherwise the program
    /// may be drained in between. The name is shown while the program stops.
    pub fn hold(&self, what: impl Display) -> Hold {
        Hold::new(self.shared().clone(), what.to_string())
    }

    /// The names of the holds that are left, in the order in which they were taken.
    pub fn holds(&self) -> Vec<String> {
        self.shared().lock().holds.values().cloned().collect()
    }

    /// What is readable once the program is stopped.
    pub(super) fn latch(&self) -> &Latch {
        &self.shared().stopped
    }

    fn shared(&self) -> &Arc<Shared> {
        self.0.shared()
    }
}
