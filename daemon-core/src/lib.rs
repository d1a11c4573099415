//! The launch behind `#[daemon::main]`.

mod config;
mod descriptors;
mod error;
#[doc(hidden)]
pub mod expansion;
#[doc(hidden)]
pub mod inherited;
#[doc(hidden)]
pub mod launch;
mod ready;

pub use config::{Config, Mode, Output, Pidfile};
pub use error::{Error, ErrorKind};
pub use ready::Ready;
