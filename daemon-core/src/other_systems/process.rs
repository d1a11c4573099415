//! The attributes of a process as they are asked for. None of them is changed.

#[path = "../process/identity/account.rs"]
pub(crate) mod account;
#[path = "../process/capabilities/capability.rs"]
mod capability;
#[path = "../process/limits/resource.rs"]
mod resource;

pub(crate) mod capabilities {
    pub use super::capability::Capability;
}

pub(crate) mod identity {
    pub(crate) use super::account;
}

pub(crate) mod limits {
    pub use super::resource::{Limit, Resource};
}
