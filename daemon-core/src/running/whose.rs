//! Whose stop it is.

use std::fmt;
use std::sync::Arc;

use crate::running::process;
use crate::running::state::Shared;

#[derive(Clone)]
pub(super) enum Whose {
    /// The process that asks, which may be a child of the one that made this value.
    ThisProcess,
    /// Nothing but this value and its clones.
    Detached(Arc<Shared>),
}

impl Whose {
    pub(super) fn shared(&self) -> &Arc<Shared> {
        match self {
            Whose::ThisProcess => process::shared(),
            Whose::Detached(shared) => shared,
        }
    }
}

impl fmt::Debug for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Whose::ThisProcess => "ThisProcess",
            Whose::Detached(_) => "Detached",
        })
    }
}
