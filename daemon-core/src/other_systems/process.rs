//! The attributes of a process as they are asked for. None of them is changed.

pub(crate) mod own {
    /// A process that knows itself again. Without fork(2) it always is this one.
    #[derive(Debug)]
    pub(crate) enum OwnProcess {}

    impl OwnProcess {
        pub(crate) fn is_this(&self) -> bool {
            match *self {}
        }
    }
}

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

    /// Nobody changes users here.
    pub(crate) type Planner = ();
    pub(crate) const PLANNER: Planner = ();
}

pub(crate) mod limits {
    pub use super::resource::{Limit, Resource};
}

pub(crate) mod signals {
    /// None of them has one here.
    pub(crate) fn name(signal: i32) -> String {
        format!("signal {signal}")
    }
}
