//! Where the pidfile of the daemon may be.

use std::path::PathBuf;

use nix::unistd::getpid;

use crate::config::{Config, Pidfile};
use crate::error::{Error, ErrorKind};
use crate::files::usual_places::UsualPlaces;
use crate::supervisor::environment::{Addressee, Environment};

/// Every place, the likeliest first: a daemon that a systemd unit started has its pidfile elsewhere
/// than one that was started from a shell.
pub(crate) fn of(config: &mut Config) -> Result<Vec<PathBuf>, Error> {
    if let Some(named) = config.asked.pidfile.clone() {
        config.pidfile = Pidfile::At(named);
    }
    config.make_paths_absolute()?;
    match &config.pidfile {
        Pidfile::At(path) => Ok(vec![path.clone()]),
        Pidfile::Usual => {
            let environment = Environment::of_this_process(getpid());
            let by_systemd = environment.started_by_systemd() == Addressee::ThisProcess;
            UsualPlaces::new(&config.name, environment, by_systemd)?.all_pidfiles()
        }
        Pidfile::None => {
            let what = "without a pidfile nothing tells which daemon is meant";
            Err(Error::new(ErrorKind::Config, what).advise("give the program the option `pidfile`"))
        }
    }
}
