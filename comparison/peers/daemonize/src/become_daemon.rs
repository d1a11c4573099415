//! The crate `daemonize`, after the example on its first page.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io;

use crate::server;

pub(crate) fn become_daemon() -> Result<(), Box<dyn Error>> {
    let mut daemonize = daemonize::Daemonize::new()
        .pid_file(server::path("SERVER_PIDFILE"))
        .working_directory("/")
        .umask(0o027)
        .stdout(log()?)
        .stderr(log()?);
    if let Some(user) = server::setting("SERVER_USER") {
        daemonize = daemonize.user(user.as_str()).group("nogroup");
    }
    daemonize.start()?;
    Ok(())
}

fn log() -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(server::path("SERVER_LOG"))
}
