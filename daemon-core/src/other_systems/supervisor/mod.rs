//! Supervisors belong to Unix: nobody passes anything to the program, and nobody is told anything.

#[path = "../../supervisor/decision.rs"]
pub(crate) mod decision;
pub(crate) mod sockets;
pub(crate) mod watchdog;

pub(crate) mod mode {
    use crate::supervisor::decision::Decision;

    /// The mode in which this process was launched, and why: on this system, which is not Unix,
    /// there is only one.
    pub fn mode() -> Decision {
        Decision::off("this system is not Unix")
    }
}

pub(crate) mod notify {
    use std::time::Duration;

    pub(crate) fn reloading<Permit>(_: impl Fn() -> Option<Permit>) {}

    pub(crate) fn reloaded<Permit>(_: &str, _: impl Fn() -> Option<Permit>) {}

    pub(crate) fn extend(_: &str, _: Duration) {}

    pub(crate) fn status(_: &str) {}
}
