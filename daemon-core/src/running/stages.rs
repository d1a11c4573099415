//! The futures of a stop. Each is a type of its own with a name, since servers want to be handed
//! one that is `Send`, `Sync`, `Unpin` and `'static`.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::running::state::{Shared, Stage};
use crate::running::whose::Whose;

/// Waits for a stage, for a task.
struct Wait {
    whose: Whose,
    /// Where it is to be woken from, and by which key.
    place: Option<(Arc<Shared>, Option<u64>)>,
}

impl Wait {
    fn poll(&mut self, stage: Stage, context: &Context<'_>) -> Poll<()> {
        let shared = self.whose.shared().clone();
        // In a forked child the stop is another one.
        if self.place.as_ref().is_none_or(|(place, _)| !Arc::ptr_eq(place, &shared)) {
            self.leave();
            self.place = Some((shared.clone(), None));
        }
        let Some((_, key)) = &mut self.place else { return Poll::Pending };
        let polled = shared.poll(stage, key, context.waker());
        if polled.is_ready() {
            self.leave();
        }
        polled
    }

    fn leave(&mut self) {
        if let Some((place, Some(key))) = self.place.take() {
            if place.is_ours() {
                place.forget(key);
            }
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.leave();
    }
}

macro_rules! stages {
    ($($(#[$documentation:meta])* $name:ident)*) => {
        $(
            $(#[$documentation])*
            #[must_use = "a future does nothing unless it is awaited or handed to a server"]
            pub struct $name(Wait);

            impl $name {
                pub(super) fn of(whose: Whose) -> Self {
                    $name(Wait { whose, place: None })
                }
            }

            impl Future for $name {
                type Output = ();

                fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
                    self.0.poll(Stage::$name, context)
                }
            }

            impl Clone for $name {
                fn clone(&self) -> Self {
                    $name::of(self.0.whose.clone())
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.debug_struct(stringify!($name)).finish_non_exhaustive()
                }
            }
        )*
    };
}

stages! {
    /// The future of [`Stop::requested`](crate::Stop::requested). It stays complete, and never resolves without a request.
    Requested
    /// The future of [`Stop::stopped`](crate::Stop::stopped) and [`stopped()`](crate::stopped). It stays complete, and
    /// never resolves without a request.
    Stopped
    /// The future of [`Stop::drained`](crate::Stop::drained). It never resolves without a request.
    Drained
}
