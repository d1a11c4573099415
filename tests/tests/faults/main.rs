//! Faults at every step of a start: whatever fails, whenever something dies, the command tells the
//! truth, nothing hangs, nothing is left, and nobody else is hurt.
//!
//! `injected` makes each system call of a start fail, one at a time, and kills each process before
//! each call. What must be true afterwards is in `invariants`; what became of each is committed in
//! `outcomes.txt`, and `docs/faults.md` shows it to people. Where something is wrong today, `known`
//! says why.
//!
//! ```text
//! cargo test -p daemon-tests --test faults
//! DAEMON_FAULTS=overwrite cargo test -p daemon-tests --test faults    # renews the table
//! DAEMON_FAULTS=add cargo test -p daemon-tests --test faults          # adds to it
//! ```

mod bystander;
mod extent;
mod faults;
mod injected;
mod invariants;
mod known;
mod outcomes;
mod report;
mod scenario;
mod stage;
mod workers;

daemon_tests::wing![injected];
