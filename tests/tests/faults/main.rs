//! Faults at every step of a start: whatever fails, whenever something dies, the command tells the
//! truth, nothing hangs, nothing is left, and nobody else is hurt.
//!
//! `injected` makes each system call of a start fail, one at a time, and kills each process before
//! each call. What must be true afterwards is in `invariants`; what became of each is committed in
//! `outcomes.txt`, and `docs/faults.md` shows it to people.
//!
//! `pairs` makes two things happen in one start, chosen at random: two faults, or a fault and a
//! process that is held back. `races` has many starts at once, and somebody who kills the holder of
//! the pidfile or tampers with that file, before each call of a start.
//!
//! `surroundings` starts in all that is hostile, singly and in pairs: closed streams, limits at their
//! edge, no /proc, full file systems, an emulator, a kernel that lacks calls.
//!
//! What is chosen at random is chosen by a seed, another one in each run, which a failure prints:
//! `DAEMON_SEED` repeats it. `DAEMON_FAULTS_MINUTES` makes a long run of what goes by seeds.
//!
//! ```text
//! cargo test -p daemon-tests --test faults
//! DAEMON_FAULTS_MINUTES=30 cargo test -p daemon-tests --test faults pairs::    # half an hour of them
//! DAEMON_SEED=7 cargo test -p daemon-tests --test faults pairs::two_faults    # one of them again
//! DAEMON_FAULTS=overwrite cargo test -p daemon-tests --test faults    # renews the table
//! DAEMON_FAULTS=add cargo test -p daemon-tests --test faults          # adds to it
//! ```

mod budget;
mod bystander;
mod extent;
mod faults;
mod injected;
mod invariants;
mod outcomes;
mod pairs;
mod races;
mod report;
mod scenario;
mod stage;
mod surroundings;
mod workers;

daemon_tests::wing![injected, pairs, surroundings, races];
