//! Runs programs that become daemons in different ways, looks at each from the outside, and writes
//! down what was seen: `docs/comparison.md`.
//!
//! A [peer](peers::Peer) is one way to become a daemon, with a program that goes that way. A
//! [probe](probes::Probe) does one thing to it, and its [`Outcome`](outcome::Outcome) is a cell.

mod caught;
pub mod cost;
pub mod grid;
pub mod installation;
pub mod machine;
pub mod outcome;
pub mod page;
pub mod peers;
pub mod probes;
pub mod scene;
pub mod table;
pub mod where_others_win;
