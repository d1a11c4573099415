//! A script of the BSDs' rc(8); see rc.subr(8).

use std::ffi::OsStr;

use crate::config::verb::Target;
use crate::config::{Config, Mode, Pidfile};
use crate::control::unit::escape::shell;
use crate::control::unit::program::Program;
use crate::control::unit::refusals::{inexpressible, refuse_capabilities};
use crate::error::Error;

/// The file `/usr/local/etc/rc.d/NAME`.
pub(super) fn script(config: &Config, program: &Program) -> Result<String, Error> {
    refuse_capabilities(config, Target::RcD)?;
    if matches!(config.mode, Mode::Foreground | Mode::Off) {
        let what =
            "`mode` keeps it in the foreground, and rc(8) waits until it is in the background";
        return Err(inexpressible(Target::RcD, what, "leave `mode` out"));
    }
    let name = &config.name;
    // It is the beginning of the names of variables and functions.
    let word: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let word =
        if word.starts_with(|c: char| c.is_ascii_digit()) { format!("_{word}") } else { word };
    let how = match ["start", "stop", "restart", "reload", "status"]
        .map(|verb| program.verb(&[verb]))
    {
        [Some(start), Some(stop), Some(restart), Some(reload), Some(status)] => {
            let all = [
                ("start", start),
                ("stop", stop),
                ("restart", restart),
                ("reload", reload),
                ("status", status),
            ];
            let functions = all.iter().map(|(verb, words)| {
                let command = shell::command(words);
                format!("{verb}_cmd=\"{word}_{verb}\"\n{word}_{verb}() {{\n    {command}\n}}\n")
            });
            let functions: String = functions.collect();
            format!(
                "# The daemon is its own init script: each verb looks for it, and touches nothing else.\n\
                 extra_commands=\"reload status\"\n{functions}"
            )
        }
        _ => by_pidfile(config, program),
    };
    Ok(format!(
        "#!/bin/sh\n\
         # How rc(8) starts {name}, by `unit rc.d`. It belongs into /usr/local/etc/rc.d/, as a file that\n\
         # can be executed; then `sysrc {word}_enable=YES && service {name} start`.\n\
         #\n\
         # It sets its user, its limits and its umask itself.\n\
         #\n\
         # PROVIDE: {word}\n\
         # REQUIRE: LOGIN\n\
         # KEYWORD: shutdown\n\
         \n\
         . /etc/rc.subr\n\
         \n\
         name=\"{word}\"\n\
         rcvar=\"{word}_enable\"\n\
         desc={desc}\n\
         {how}\
         \n\
         load_rc_config \"$name\"\n\
         : \"${{{word}_enable:=NO}}\"\n\
         run_rc_command \"$1\"\n",
        desc = shell::word(OsStr::new(name)),
    ))
}

/// Without verbs, rc.subr finds the daemon itself.
fn by_pidfile(config: &Config, program: &Program) -> String {
    let start = program.start();
    let (executable, arguments) = start.split_at(1);
    let [command, command_args] = [executable, arguments].map(shell::command_read_twice);
    let pidfile = match &config.pidfile {
        Pidfile::None => String::new(),
        Pidfile::Usual => format!("/run/{}.pid", config.name),
        Pidfile::At(path) => path.to_string_lossy().into_owned(),
    };
    let pidfile = match &*pidfile {
        "" => pidfile,
        path => format!("pidfile={}\n", shell::word(OsStr::new(path))),
    };
    format!("command={command}\ncommand_args={command_args}\n{pidfile}")
}
