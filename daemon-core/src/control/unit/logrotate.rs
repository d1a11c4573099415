//! A file for logrotate(8).

use std::path::{Path, PathBuf};

use crate::config::verb::Target;
use crate::config::{Config, Pidfile};
use crate::control::unit::escape::{logrotate::path, shell};
use crate::control::unit::program::Program;
use crate::control::unit::refusals::inexpressible;
use crate::control::unit::{places, rights};
use crate::error::Error;
use crate::process::identity::account::Group;

/// The file `/etc/logrotate.d/NAME`.
pub(super) fn file(config: &Config, program: &Program) -> Result<String, Error> {
    let name = &config.name;
    let mut logs: Vec<PathBuf> =
        places::named_logs(config).map(|(_, log)| log.to_owned()).collect();
    if places::has_usual_log(config) {
        // That of a start by root, and that of a unit of systemd.
        let log = format!("{name}.log");
        logs.extend([Path::new("/var/log").join(&log), Path::new("/var/log").join(name).join(log)]);
    }
    if logs.is_empty() {
        let what = "no log is a file";
        return Err(inexpressible(Target::Logrotate, what, "set `stderr`, or `stdout`"));
    }
    let logs: Result<Vec<_>, _> = logs.iter().map(|log| path(log)).collect();
    let logs = logs?.join(" ");
    let turn = if config.chroot.is_some() {
        "    # Inside its root directory it cannot open the log anew. Some lines may be lost.\n    \
         copytruncate\n"
            .to_owned()
    } else {
        let create = create(config)?;
        format!("    {create}\n    sharedscripts\n{}", postrotate(config, program)?)
    };
    Ok(format!(
        "# The logs of {name}, by `unit logrotate`. It belongs into /etc/logrotate.d/{name}.\n\
         {logs} {{\n    \
         weekly\n    \
         rotate 4\n    \
         missingok\n    \
         notifempty\n    \
         compress\n\
         {turn}\
         }}\n"
    ))
}

/// Whose the new log is: a daemon that has become a user cannot make one itself.
fn create(config: &Config) -> Result<String, Error> {
    let Some(user) = rights::becomes(config) else { return Ok("create".to_owned()) };
    let entry = rights::entry(user);
    let group = match (&config.group, &entry) {
        (Some(group), _) => group.clone(),
        (None, Some(entry)) => Group::Id(entry.gid.as_raw()),
        (None, None) => Group::Name(user.to_string()),
    };
    // By name, as logrotate wants them, where there are names.
    let user = entry.map_or_else(|| user.to_string(), |entry| entry.name);
    let group = match &group {
        Group::Id(id) => match nix::unistd::Group::from_gid((*id).into()) {
            Ok(Some(found)) => found.name,
            _ => id.to_string(),
        },
        Group::Name(name) => name.clone(),
    };
    let mode = match config.umask {
        crate::config::umask::Umask::Mask(mask) => 0o666 & !mask,
        crate::config::umask::Umask::Inherit => 0o640,
    };
    Ok(format!("create {mode:04o} {user} {group}"))
}

/// Has the daemon open its log anew.
fn postrotate(config: &Config, program: &Program) -> Result<String, Error> {
    let (why, command) = match (program.verb(&["reload"]), &config.pidfile) {
        (Some(words), _) => {
            if words.iter().any(|word| word.as_encoded_bytes().contains(&b'\n')) {
                let what = "an argument of the program has several lines";
                let advice = "start the program by a script";
                return Err(inexpressible(Target::Logrotate, what, advice));
            }
            let command = shell::command(&words);
            (
                "    # Its answer comes when the new log is open, so nothing is written to the old one while\n    \
                 # that is compressed. 7: it does not run.\n",
                format!("{command} || [ $? -eq 7 ]"),
            )
        }
        (None, Pidfile::None) => {
            let what = "it has neither `control` nor a `pidfile`, so nobody knows whom to tell";
            return Err(inexpressible(Target::Logrotate, what, "set one of them"));
        }
        (None, pidfile) => {
            let pidfile = match pidfile {
                Pidfile::At(path) => path.clone(),
                _ => format!("/run/{}.pid", config.name).into(),
            };
            let pidfile = shell::word(pidfile.as_os_str());
            (
                "    # Nobody waits until the new log is open, so the old one is compressed at the next turn.\n    \
                 delaycompress\n",
                format!("pkill -HUP -F {pidfile} -L || true"),
            )
        }
    };
    Ok(format!("{why}    postrotate\n        {command}\n    endscript\n"))
}
