//! How much is run.

use std::env;

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// What `cargo test` has time for.
    Part,
    /// Everything: `DAEMON_FAULTS=all`.
    All,
    /// Everything, and what became of it is written down: `DAEMON_FAULTS=overwrite`.
    Overwrite,
    /// Everything, and what became of it is added: `DAEMON_FAULTS=add`. Here and there it depends
    /// on what comes first.
    Add,
}

pub(crate) fn extent() -> Extent {
    match env::var("DAEMON_FAULTS").as_deref() {
        Ok("all") => Extent::All,
        Ok("overwrite") => Extent::Overwrite,
        Ok("add") => Extent::Add,
        Ok(other) => panic!("DAEMON_FAULTS is `all`, `overwrite` or `add`, not {other:?}"),
        Err(_) => Extent::Part,
    }
}
