//! A program of supervisord; see "Program Section Settings" in its documentation.

use crate::config::Config;
use crate::config::verb::Target;
use crate::control::unit::escape::ini::command;
use crate::control::unit::program::Program;
use crate::control::unit::refusals::{inexpressible, refuse_background};
use crate::control::unit::stop_time;
use crate::error::Error;

/// The file `NAME.conf`.
pub(super) fn program(config: &Config, program: &Program) -> Result<String, Error> {
    refuse_background(config, Target::Supervisord)?;
    let name = &config.name;
    // supervisord refuses the first three, and reads the others as something else.
    if name.contains([' ', ':', '/', ']', ';', '#', '%']) {
        let what = format!("`name` is {name:?}, which cannot be a name of a program there");
        return Err(inexpressible(Target::Supervisord, &what, "choose one of letters and digits"));
    }
    let command = command(&program.start())?;
    let stop = match stop_time::seconds(config) {
        Some(seconds) => format!(
            "; `stop_timeout`, when it ends itself, and some seconds.\nstopwaitsecs = {seconds}"
        ),
        None => format!(
            "; There is no `stop_timeout`, and here there is no \"for ever\": a day.\nstopwaitsecs = {}",
            stop_time::LONG
        ),
    };
    Ok(format!(
        "; How supervisord starts {name}, by `unit supervisord`. It belongs into\n\
         ; /etc/supervisor/conf.d/{name}.conf; then `supervisorctl update`.\n\
         ;\n\
         ; It sets its user, its limits and its umask itself. What it writes to standard output and\n\
         ; error and no option sends elsewhere is in supervisord's logs.\n\
         \n\
         [program:{name}]\n\
         command = {command}\n\
         ; supervisord has no word for readiness: it takes for running what has lived for so long.\n\
         startsecs = 1\n\
         autorestart = unexpected\n\
         exitcodes = 0\n\
         stopsignal = TERM\n\
         {stop}\n"
    ))
}
