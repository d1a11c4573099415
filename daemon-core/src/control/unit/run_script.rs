//! The file `run` of a service of runit, see runsv(8), or of s6, see its page "The s6-supervise
//! program".

use crate::config::Config;
use crate::config::verb::Target;
use crate::control::unit::escape::shell::command;
use crate::control::unit::program::Program;
use crate::control::unit::refusals::refuse_background;
use crate::control::unit::stop_time;
use crate::error::Error;

/// For runit.
pub(super) fn runit(config: &Config, program: &Program) -> Result<String, Error> {
    refuse_background(config, Target::Runit)?;
    let (name, command) = (&config.name, command(&program.start()));
    let patience = match stop_time::seconds(config) {
        Some(seconds) => {
            format!("# `sv -w {seconds} stop {name}` waits for its end (`stop_timeout`).\n")
        }
        None => String::new(),
    };
    Ok(format!(
        "#!/bin/sh\n\
         # How runit starts {name}, by `unit runit`. It belongs into /etc/sv/{name}/run, as a file that can\n\
         # be executed; then `ln -s /etc/sv/{name} /etc/service/`.\n\
         #\n\
         # It sets its user, its limits and its umask itself. By `exec` its parent is runsv, and not\n\
         # this shell: so it knows that it is supervised, and stays in the foreground.\n\
         {patience}\
         exec 2>&1\n\
         exec {command}\n"
    ))
}

/// For s6.
pub(super) fn s6(config: &Config, program: &Program) -> Result<String, Error> {
    refuse_background(config, Target::S6)?;
    let (name, command) = (&config.name, command(&program.start()));
    // Where the program itself does not say a number, the one of that file is good.
    let (number, variable) = match config.notification_fd {
        Some(number) => (number, ""),
        None => (
            3,
            "if [ -e notification-fd ]; then\n    \
             read -r NOTIFICATION_FD < notification-fd\n    \
             export NOTIFICATION_FD\nfi\n",
        ),
    };
    Ok(format!(
        "#!/bin/sh\n\
         # How s6 starts {name}, by `unit s6`. It belongs into a service directory, as the file `run` that\n\
         # can be executed. Beside it, for readiness (`s6-svwait -U`), the file `notification-fd` with\n\
         # this number:\n\
         #\n\
         #   {number}\n\
         #\n\
         # It sets its user, its limits and its umask itself. By `exec` its parent is s6-supervise, and\n\
         # not this shell: so it knows that it is supervised, and stays in the foreground.\n\
         exec 2>&1\n\
         {variable}exec {command}\n"
    ))
}
