//! The crate `daemonize-me`, after its example `hooks.rs`.

use std::convert::TryFrom;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io;

use daemonize_me::{Daemon, Group, User};

use crate::server;

pub(crate) fn become_daemon() -> Result<(), Box<dyn Error>> {
    let mut daemon = Daemon::new()
        .pid_file(server::path("SERVER_PIDFILE"), Some(false))
        .work_dir("/")
        .umask(0o027)
        .stdout(log()?)
        .stderr(log()?);
    if let Some(user) = server::setting("SERVER_USER") {
        daemon = daemon.user(User::try_from(user.as_str())?).group(Group::try_from("nogroup")?);
    }
    daemon.start()?;
    Ok(())
}

fn log() -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(server::path("SERVER_LOG"))
}
