//! Applies the rules for values to the configuration, at each start.

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use crate::config::chdir::Chdir;
use crate::config::rules::{self, Checked};
use crate::config::umask::Umask;
use crate::config::verb::Control;
use crate::config::{Config, Output, Pidfile};
use crate::error::{Error, ErrorKind};

/// Refuses values that do not have the right form.
pub(crate) fn values(config: &Config) -> Result<(), Error> {
    hold("name", &config.name, rules::name(&config.name))?;
    umask(config.umask)?;
    timeout("start_timeout", config.start_timeout)?;
    timeout("stop_timeout", config.stop_timeout)?;
    if let Control::Behind(word) = &config.control {
        hold("control", word, rules::word(word))?;
    }
    if let Some(number) = config.notification_fd {
        hold("notification_fd", number, rules::descriptor(number))?;
    }
    path("chdir", config.chdir.as_ref().and_then(Chdir::path), rules::directory)?;
    path("chroot", config.chroot.as_deref(), rules::root)?;
    path("pidfile", pidfile(&config.pidfile), rules::file)?;
    path("stdout", log(config.stdout.as_ref()), rules::file)?;
    path("stderr", log(config.stderr.as_ref()), rules::file)
}

fn hold(option: &str, value: impl Debug, checked: Checked) -> Result<(), Error> {
    checked.map_err(|wrong| {
        Error::new(ErrorKind::Config, format!("`{option}` is {value:?}"))
            .advise(format!("it {wrong}"))
    })
}

fn timeout(option: &str, limit: Option<Duration>) -> Result<(), Error> {
    if limit.is_some_and(|limit| rules::timeout(limit).is_err()) {
        return Err(Error::new(ErrorKind::Config, format!("`{option}` is 0"))
            .advise("give the daemon at least a second, or write `never`"));
    }
    Ok(())
}

/// Shown in octal, as masks are written.
fn umask(mask: Umask) -> Result<(), Error> {
    match mask {
        Umask::Mask(mask) => hold("umask", format_args!("{mask:#o}"), rules::umask(mask)),
        Umask::Inherit => Ok(()),
    }
}

fn path(option: &str, path: Option<&Path>, rule: fn(&[u8]) -> Checked) -> Result<(), Error> {
    match path {
        Some(path) => hold(option, path, rule(path.as_os_str().as_encoded_bytes())),
        None => Ok(()),
    }
}

fn pidfile(pidfile: &Pidfile) -> Option<&Path> {
    match pidfile {
        Pidfile::At(path) => Some(path),
        Pidfile::None | Pidfile::Usual => None,
    }
}

fn log(output: Option<&Output>) -> Option<&Path> {
    match output {
        Some(Output::File(path)) => Some(path),
        _ => None,
    }
}
