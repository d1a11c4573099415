//! The supervisor in charge of a daemon: by the daemon's own word, if what can be seen agrees. In
//! doubt it is nobody's.
//!
//! Its words are a compromised daemon's, perhaps: what is advised is made of the kernel's alone.

use nix::unistd::{Pid, getpid};

use crate::control::holder::Holder;
use crate::control::said;
use crate::error::{Error, ErrorKind};
use crate::supervisor::decision::Supervisor;
use crate::supervisor::environment::Environment;
use crate::sys;

/// Who is in charge of a daemon.
#[derive(Debug, PartialEq, Eq)]
struct InCharge {
    who: String,
    /// What to type instead, with a place for the verb.
    instead: Option<Instead>,
}

/// The command of a supervisor for each verb: what is before the verb, its word, what is behind it.
#[derive(Debug, PartialEq, Eq)]
struct Instead {
    command: String,
    words: Words,
    object: String,
}

#[derive(Debug, PartialEq, Eq)]
struct Words {
    start: &'static str,
    stop: &'static str,
    restart: &'static str,
}

/// The words are the verbs.
const VERBS: Words = Words { start: "start", stop: "stop", restart: "restart" };

/// Refuses a verb on a daemon that a supervisor is in charge of, unless that is who asks.
pub(super) fn refuse(holder: &Holder, verb: &str) -> Result<(), Error> {
    let asks = Environment::of_this_process(getpid()).number("MAINPID").map(Pid::from_raw);
    if asks == Some(holder.pid) {
        return Ok(());
    }
    let Some(InCharge { who, instead }) = of(holder) else { return Ok(()) };
    let what = format!("{who} is in charge of the daemon, process {}", holder.pid);
    let anyway = if verb == "start" { "" } else { ", or add --anyway" };
    let advice = match instead {
        Some(Instead { command, words, object }) => {
            let word = match verb {
                "start" => words.start,
                "stop" => words.stop,
                _ => words.restart,
            };
            format!("{command} {word}{object}{anyway}")
        }
        None => format!("ask it to {verb} the daemon{anyway}"),
    };
    Err(Error::new(ErrorKind::Supervised, what).advise(advice))
}

fn of(holder: &Holder) -> Option<InCharge> {
    let said = said::by(holder).ok()?;
    let supervisor = Supervisor::of_word(&said.supervisor)?;
    let by_systemd = || {
        sys::proc::control_groups(holder.pid).iter().find_map(|group| unit(group)).map(of_systemd)
    };
    match supervisor {
        Supervisor::Systemd => by_systemd(),
        _ if said.mode != "foreground" => None,
        Supervisor::NotifySocket | Supervisor::Sockets | Supervisor::Hidden => by_systemd(),
        Supervisor::Nobody | Supervisor::NotLookedFor | Supervisor::Inetd => None,
        other => of_parent(holder, other),
    }
}

/// A unit of systemd, and whether it is a user's.
#[derive(Debug, PartialEq, Eq)]
struct Unit<'a> {
    name: &'a str,
    is_of_user: bool,
}

/// The service that a control group belongs to: `/system.slice/echod.service`.
///
/// All that a user runs is below a service that is no daemon's, `user@1000.service`.
fn unit(control_group: &str) -> Option<Unit<'_>> {
    let is_manager = |part: &str| part.starts_with("user@");
    let mut parts = control_group.split('/').rev();
    let name = parts.by_ref().find(|part| part.ends_with(".service"))?;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b":_.@\\-".contains(&byte);
    if is_manager(name) || !name.bytes().all(is_word) {
        return None;
    }
    Some(Unit { name, is_of_user: parts.any(is_manager) })
}

fn of_systemd(unit: Unit<'_>) -> InCharge {
    let command = if unit.is_of_user { "systemctl --user" } else { "systemctl" };
    InCharge {
        who: "systemd".to_owned(),
        instead: Some(Instead {
            command: command.to_owned(),
            words: VERBS,
            object: format!(" {}", unit.name),
        }),
    }
}

/// Another supervisor, which has to be its parent still.
fn of_parent(holder: &Holder, supervisor: Supervisor) -> Option<InCharge> {
    let parent = holder.status()?.parent;
    if supervisor == Supervisor::Container {
        // The engine is outside, and cannot be seen.
        let who = "the container's engine".to_owned();
        return Some(InCharge { who, instead: None });
    }
    let name = sys::proc::process_name(parent)?;
    if supervisor != Supervisor::Init && Supervisor::of_name(&name) != supervisor {
        return None;
    }
    let directory = || Some(format!(" {}", sys::proc::working_directory(parent)?.display()));
    let with_directory = |command: &str, words| {
        Some(Instead { command: command.to_owned(), words, object: directory()? })
    };
    let instead = match supervisor {
        Supervisor::Runit => with_directory("sv", VERBS),
        Supervisor::S6 => {
            with_directory("s6-svc", Words { start: "-u", stop: "-d", restart: "-r" })
        }
        Supervisor::Daemontools => {
            with_directory("svc", Words { start: "-u", stop: "-d", restart: "-t" })
        }
        Supervisor::Supervisord => Some(Instead {
            command: "supervisorctl".to_owned(),
            words: VERBS,
            object: " and its name there".to_owned(),
        }),
        _ => None,
    };
    Some(InCharge { who: format!("{name}, process {parent},"), instead })
}

#[cfg(test)]
mod tests {
    use super::{Unit, unit};

    #[test]
    fn a_service_is_the_last_one_that_is_no_users_manager() {
        let system = |name| Some(Unit { name, is_of_user: false });
        assert_eq!(unit("/system.slice/echod.service"), system("echod.service"));
        assert_eq!(unit("/system.slice/a@b.service/child"), system("a@b.service"));
        assert_eq!(unit("/user.slice/user-1000.slice/user@1000.service/app.slice"), None);
        assert_eq!(
            unit("/user.slice/user-1000.slice/user@1000.service/app.slice/echod.service"),
            Some(Unit { name: "echod.service", is_of_user: true })
        );
        for other in
            ["/", "/user.slice/user-0.slice/session-3.scope", "/a b.service", "/$(x).service"]
        {
            assert_eq!(unit(other), None, "{other}");
        }
    }
}
