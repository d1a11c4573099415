//! What the process was given by whoever started it, noted before the program changes any of it.

use crate::descriptors::OpenDescriptors;

/// What was there when `main` was entered.
#[derive(Debug, Default)]
pub struct Inherited {
    pub(crate) descriptors: Option<OpenDescriptors>,
}

impl Inherited {
    /// Notes what is there now. To be called first thing in `main`.
    pub fn at_entry_of_main() -> Self {
        Inherited { descriptors: None }
    }
}
