//! The start itself: the session, the text that was printed before it, the foreground, readiness, and
//! what happens when a step fails.

mod foreground;
mod injected_faults;
mod printed_once;
mod readiness;
mod session;

daemon_tests::wing![foreground, injected_faults, printed_once, readiness, session];
