//! Faults, injected into a start from the outside: a tracer that makes a chosen system call of a
//! chosen process of it fail, kills the process before the call, holds it back there, or has
//! something else happen just then.
//!
//! It is a ptrace(2) tracer. A filter of seccomp(2) stops the traced processes only at the calls
//! that matter, so that a traced start takes little longer than another one.
//!
//! ```text
//! let recording = start(&sandbox).trace(&Orders::with([]).recording(), limit);
//! for call in &recording.calls { … }
//!
//! let orders = Orders::with([Order { site, deed: Deed::Fail(libc::ENOMEM) }]);
//! let traced = start(&sandbox).trace(&orders, limit);
//! assert!(traced.happened);
//! ```
//!
//! A call has its place by its process, its number, and how many such calls that process has made
//! before, counted in the command from the entry of `main` on: see [`Site`].

mod calls;
mod orders;
mod ptrace;
mod recorded;
mod traced;
mod tracer;

pub use calls::{Call, Group, call};
pub use orders::{Deed, Order, Orders, Schedule, Site};
pub use recorded::Recorded;
pub use traced::{Role, Traced};
