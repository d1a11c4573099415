//! A value that belongs to one process: a forked child begins without it.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A value that is made once in a process and then stays.
#[derive(Debug)]
pub(crate) struct PerProcess<T>(AtomicPtr<T>);

impl<T: Send + Sync> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        PerProcess(AtomicPtr::new(ptr::null_mut()))
    }

    /// The value, if there is one.
    pub(crate) fn get(&self) -> Option<&'static T> {
        // SAFETY: what is stored there was leaked by `get_or_init`, and is never freed or changed.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    /// The value, which is made now if there is none. Without a lock, which another thread could
    /// hold at a fork: of two threads that make one at the same time, one has made it in vain.
    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &'static T {
        if let Some(value) = self.get() {
            return value;
        }
        let made = Box::into_raw(Box::new(make()));
        let null = ptr::null_mut();
        match self.0.compare_exchange(null, made, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: it was leaked just now, and is never freed or changed from here on.
            Ok(_) => unsafe { &*made },
            Err(other) => {
                // SAFETY: it was made just now, and nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
                // SAFETY: as in `get`.
                unsafe { &*other }
            }
        }
    }

    /// Forgets it, without dropping it: in a forked child, its locks may be held for ever.
    /// Async-signal-safe.
    pub(crate) fn forget(&self) {
        self.0.store(ptr::null_mut(), Ordering::Release);
    }
}
