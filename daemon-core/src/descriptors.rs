//! The descriptors that were inherited.

/// The descriptors above 2 that are open at one moment.
#[derive(Debug, Clone)]
pub(crate) struct OpenDescriptors;
