//! Files by which other programs start the daemon, made of its options.

use crate::config::Config;
use crate::config::verb::Target;
use crate::error::{Error, ErrorKind};

/// A file by which that program starts the daemon: its text, with a final newline.
///
/// # Errors
///
/// An option that the file cannot express.
pub fn unit(_config: &Config, target: Target) -> Result<String, Error> {
    Err(Error::new(ErrorKind::Config, format!("cannot write a file for {target}")))
}
