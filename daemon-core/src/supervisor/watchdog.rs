//! The watchdog of a supervisor: a program that stops giving signs of life is restarted.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, TryLockError, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use crate::supervisor::environment::{Addressee, Environment};
use crate::supervisor::notify;

/// The watchdog of the supervisor that started this process, if it has one: for example systemd,
/// for a unit with `WatchdogSec=`.
///
/// `None` before the launch, and if nobody watches.
///
/// ```no_run
/// # fn next_request() {}
/// #[daemon::main]
/// fn main() {
///     let watchdog = daemon::watchdog();
///     loop {
///         next_request(); // with a timeout of its own, shorter than a quarter of the interval
///         if let Some(watchdog) = &watchdog {
///             watchdog.alive();
///         }
///     }
/// }
/// ```
pub fn watchdog() -> Option<Watchdog> {
    WATCHDOG.get().copied().flatten()
}

/// The watchdog that the launch found; `None` if nobody watches.
static WATCHDOG: OnceLock<Option<Watchdog>> = OnceLock::new();

/// When the next sign of life is due, for all handles together; `None` before the first.
static DUE: Mutex<Option<Instant>> = Mutex::new(None);

/// Notes whether a supervisor watches this process; see sd_watchdog_enabled(3).
///
/// `WATCHDOG_PID` names the process that systemd started. Where a daemon is forked, that is the
/// command, so this has to come before the fork.
pub(crate) fn find(environment: Environment<'_>) {
    let watched =
        notify::is_connected() && environment.addressee("WATCHDOG_PID") != Addressee::Another;
    let microseconds = environment.number("WATCHDOG_USEC").filter(|number| watched && *number > 0);
    let interval = microseconds.map(Duration::from_micros);
    WATCHDOG.get_or_init(|| interval.map(|interval| Watchdog { interval }));
}

/// A supervisor that watches: it ends and restarts a program that gives no sign of life for an
/// [`interval`](Watchdog::interval). See [`watchdog()`].
///
/// Give the sign where the program makes progress, once per turn of its main loop, and not from a
/// timer or a thread of its own, which would go on giving it while everything else is stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watchdog {
    interval: Duration,
}

impl Watchdog {
    /// How long the supervisor waits for a sign of life.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// Gives a sign of life.
    ///
    /// Call it as often as you like, but at least four times in each interval: the supervisor is
    /// told at most once in each half of it, and in between a call costs no more than a look at the
    /// clock. It never waits.
    pub fn alive(&self) {
        let half = self.interval / 2;
        // A caller whose timer fires slightly early must not be put off to the next half: that
        // would be too late.
        let early = self.interval / 16;
        let now = Instant::now();
        let mut due = match DUE.try_lock() {
            Ok(due) => due,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another thread gives it just now; or did when this child was forked.
            Err(TryLockError::WouldBlock) => return,
        };
        if due.is_some_and(|due| now + early < due) {
            return;
        }
        // If the supervisor is too busy to take it, the next call sends it again.
        if notify::alive() {
            *due = Some(due.map_or(now, |due| due.max(now)) + half);
        }
    }

    /// Signs of life for async programs: a future that never completes, wakes its task four times
    /// in each interval, and gives a sign when it is polled.
    ///
    /// As a task of its own, it shows that the executor runs tasks; joined with the program's work
    /// in one task, by `select!` for example, it shows that this task is not stuck.
    ///
    /// ```ignore
    /// if let Some(watchdog) = daemon::watchdog() {
    ///     tokio::spawn(watchdog.heartbeat()?);
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the thread that wakes the task cannot be created.
    pub fn heartbeat(&self) -> io::Result<Heartbeat> {
        let task = Arc::new(Mutex::new(None));
        let wakes = Arc::downgrade(&task);
        let pause = self.interval / 4;
        thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || wake_regularly(&wakes, pause))?;
        Ok(Heartbeat { watchdog: *self, task })
    }
}

/// The future of [`Watchdog::heartbeat`].
#[derive(Debug)]
#[must_use = "it gives a sign of life only where it is polled, as a task for example"]
pub struct Heartbeat {
    watchdog: Watchdog,
    /// The task to wake.
    task: Arc<Mutex<Option<Waker>>>,
}

impl Future for Heartbeat {
    type Output = Infallible;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Infallible> {
        self.watchdog.alive();
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *task {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// Wakes the task until its future is gone. The sign comes from the task itself: if the executor
/// does not run it, there is none.
fn wake_regularly(task: &Weak<Mutex<Option<Waker>>>, pause: Duration) {
    while let Some(task) = task.upgrade() {
        let waker = task.lock().unwrap_or_else(PoisonError::into_inner).clone();
        drop(task);
        if let Some(waker) = waker {
            waker.wake();
        }
        thread::sleep(pause);
    }
}
