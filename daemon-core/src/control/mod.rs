//! The verbs on a running daemon as functions; each looks for it where [`Config`](crate::Config)
//! says, and touches nothing that is not proved to be it.

pub(crate) mod arguments;
mod check;
mod configuring;
pub(crate) mod entry;
mod find;
mod grammar;
mod help;
mod holder;
mod json;
mod known;
mod output;
mod perform;
mod performer;
mod places;
mod reload;
mod said;
mod shown;
mod slip;
mod start;
mod status;
mod stop;
mod unit;
mod whose;

pub use crate::config::verb::{Stop, Target};
pub use crate::files::state::Phase;
pub use check::{Checked, check};
pub use known::{Found, Known};
pub use reload::{Reloaded, reload};
pub use status::status;
pub use stop::stop;
pub use unit::unit;
