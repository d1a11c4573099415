//! A service script of OpenRC; see openrc-run(8), supervise-daemon(8).

use std::ffi::OsStr;

use crate::config::Config;
use crate::config::verb::Target;
use crate::control::unit::escape::shell;
use crate::control::unit::program::Program;
use crate::control::unit::refusals::refuse_background;
use crate::control::unit::stop_time;
use crate::error::Error;

/// The file `/etc/init.d/NAME`.
pub(super) fn script(config: &Config, program: &Program) -> Result<String, Error> {
    refuse_background(config, Target::Openrc)?;
    let name = &config.name;
    let start = program.start();
    let (executable, arguments) = start.split_at(1);
    let stop = match stop_time::seconds(config) {
        Some(seconds) => format!(
            "# `stop_timeout`, when it ends itself, and some seconds.\nretry='SIGTERM/{seconds}/SIGKILL/5'\n"
        ),
        None => {
            "# There is no `stop_timeout`: it takes as long as it needs.\nretry='SIGTERM/forever'\n"
                .to_owned()
        }
    };
    let (commands, reload) = match program.verb(&["reload"]) {
        Some(words) => (
            "extra_started_commands='reload'\n",
            format!(
                "\nreload() {{\n    ebegin \"Reloading $name\"\n    {}\n    eend $?\n}}\n",
                shell::command(&words)
            ),
        ),
        None => ("", String::new()),
    };
    Ok(format!(
        "#!/sbin/openrc-run\n\
         # How OpenRC starts {name}, by `unit openrc`. It belongs into /etc/init.d/, as a file that can be\n\
         # executed; then `rc-update add {name} && rc-service {name} start`.\n\
         #\n\
         # It sets its user, its limits and its umask itself. supervise-daemon has no word for readiness.\n\
         name={quoted}\n\
         supervisor='supervise-daemon'\n\
         command={command}\n\
         command_args={command_args}\n\
         # The supervisor's own, which must not be the daemon's.\n\
         pidfile=\"/run/${{RC_SVCNAME}}.supervisor.pid\"\n\
         respawn_delay=2\n\
         respawn_max=5\n\
         respawn_period=60\n\
         {stop}\
         {commands}\
         \n\
         depend() {{\n    need localmount\n    use net logger\n}}\n\
         {reload}",
        quoted = shell::word(OsStr::new(name)),
        command = shell::command_read_twice(executable),
        command_args = shell::command_read_twice(arguments),
    ))
}
