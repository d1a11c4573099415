//! The side that waits: how a start ends, how it is said, and what ends it early.

mod cancellation;
mod exit_status;
mod failures;
mod leftovers;
mod startup_output;
mod status;

daemon_tests::wing![cancellation, exit_status, failures, leftovers, startup_output, status];
