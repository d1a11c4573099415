//! Files by which other programs start the daemon, made of its options.

mod escape;
mod kubernetes;
mod launchd;
mod logrotate;
mod openrc;
mod places;
mod program;
mod rc_d;
mod refusals;
mod rights;
mod run_script;
mod socket;
mod stop_time;
mod supervisord;
mod systemd;

use crate::config::verb::Target;
use crate::config::{Config, check};
use crate::control::arguments::args_os;
use crate::control::unit::program::Program;
use crate::error::Error;

/// A file by which that program starts the daemon: its text, with a final newline.
///
/// It names this very binary, and the arguments that this process was started with, without the verb.
/// If the program parses its command line itself, these are the arguments without the words
/// `unit TARGET`, in whose place the file has other verbs.
///
/// # Errors
///
/// An option that the file cannot express.
pub fn unit(config: &Config, target: Target) -> Result<String, Error> {
    write(config, target, Program::running(config, args_os().skip(1).collect())?)
}

fn write(config: &Config, target: Target, program: Program) -> Result<String, Error> {
    let mut config = config.clone();
    config.make_paths_absolute()?;
    check::values(&config)?;
    match target {
        Target::Systemd => systemd::service(&config, &program),
        Target::Socket => socket::socket(&config),
        Target::Supervisord => supervisord::program(&config, &program),
        Target::Runit => run_script::runit(&config, &program),
        Target::S6 => run_script::s6(&config, &program),
        Target::Openrc => openrc::script(&config, &program),
        Target::Launchd => launchd::property_list(&config, &program),
        Target::RcD => rc_d::script(&config, &program),
        Target::Kubernetes => kubernetes::pod(&config, &program),
        Target::Logrotate => logrotate::file(&config, &program),
    }
}
