//! The verbs on a running daemon as functions; each looks for it where [`Config`](crate::Config)
//! says, and touches nothing that is not proved to be it.

mod check;
mod status;
mod unit;

pub use crate::config::verb::{Stop, Target};
pub use check::check;
pub use status::status;
pub use unit::unit;
