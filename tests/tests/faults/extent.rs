//! What becomes of the observed outcomes.

use std::env;

/// What becomes of the observed outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// They are compared with the committed ones.
    Compare,
    /// They replace those: `DAEMON_FAULTS=overwrite`.
    Overwrite,
    /// They are added to those: `DAEMON_FAULTS=add`. Here and there an outcome depends on what comes
    /// first.
    Add,
}

pub(crate) fn extent() -> Extent {
    match env::var("DAEMON_FAULTS").as_deref() {
        Ok("overwrite") => Extent::Overwrite,
        Ok("add") => Extent::Add,
        Ok(other) => panic!("DAEMON_FAULTS is `overwrite` or `add`, not {other:?}"),
        Err(_) => Extent::Compare,
    }
}
