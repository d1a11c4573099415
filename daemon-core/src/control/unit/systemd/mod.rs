//! A service of systemd; see systemd.service(5), systemd.exec(5).

mod hardened;
pub(super) mod text;

use std::time::Duration;

use crate::config::verb::Target;
use crate::config::{Config, Mode};
use crate::control::unit::escape::systemd::{command, directory, path, percent};
use crate::control::unit::places::Directories;
use crate::control::unit::program::Program;
use crate::control::unit::systemd::hardened::harden;
use crate::control::unit::systemd::text::{Unit, description};
use crate::control::unit::{rights, stop_time};
use crate::error::Error;
use crate::process::limits::Resource;

/// The file `NAME.service`.
pub(super) fn service(config: &Config, program: &Program) -> Result<String, Error> {
    let name = &config.name;
    let described = description(name)?;
    let user = rights::becomes(config);
    let mut reasons = rights::reasons_for_root(config);
    if user.is_some_and(rights::is_number_alone) {
        reasons
            .push("systemd starts nothing as a number without an entry in passwd(5).".to_owned());
    }
    let mut unit = Unit::default();
    unit.comment(&format!(
        "How systemd starts {name}, by `unit {}`. It belongs into",
        Target::Systemd
    ));
    unit.comment(&format!(
        "/etc/systemd/system/{name}.service; then `systemctl enable --now {name}`."
    ));
    unit.section("Unit");
    unit.set("Description", described);
    unit.set("After", "network.target");

    unit.section("Service");
    run(&mut unit, config, program, reasons.is_empty())?;

    unit.gap();
    let root_stays = match (user, reasons.is_empty()) {
        (Some(user), true) => {
            unit.comment(
                "It finds that it is this user already, and gives up what is left of root's.",
            );
            unit.set("User", percent(&user.to_string()));
            if let Some(group) = &config.group {
                unit.set("Group", percent(&group.to_string()));
            }
            false
        }
        _ => {
            unit.comment("Root starts it, and there is no `User=`, because:");
            reasons.iter().for_each(|reason| unit.comment(&format!("- {reason}")));
            if let Some(user) = user {
                unit.comment(&format!("It becomes {user} by itself."));
            }
            true
        }
    };
    write_directories(&mut unit, config)?;
    limits(&mut unit, config);

    unit.gap();
    unit.comment("What it does not need, it does not get; see `systemd-analyze security`.");
    harden(&mut unit, config, program, root_stays);

    unit.section("Install");
    unit.set("WantedBy", "multi-user.target");
    Ok(unit.0)
}

/// How it is started, told to reload, and ended.
fn run(unit: &mut Unit, config: &Config, program: &Program, as_user: bool) -> Result<(), Error> {
    match config.mode {
        Mode::Off => {
            unit.comment("`mode` is off: nobody is told when it is ready.");
            unit.set("Type", "exec");
        }
        Mode::Auto | Mode::Background | Mode::Foreground => unit.set("Type", "notify"),
    }
    unit.set("ExecStart", command("", &program.start())?);
    match program.verb(&["reload"]) {
        Some(words) if as_user => {
            unit.comment("It waits for the answer. (`Type=notify-reload` could not be refused.)");
            unit.set("ExecReload", command("", &words)?);
        }
        Some(words) => {
            unit.comment("It waits for the answer. (`Type=notify-reload` could not be refused.) By `+` it may");
            unit.comment("see and signal the daemon, whoever that has become.");
            unit.set("ExecReload", command("+", &words)?);
        }
        None => unit.set("ExecReload", "+/bin/kill -HUP $MAINPID"),
    }
    unit.comment("The main process is asked to stop, and sees to the others.");
    unit.set("KillMode", "mixed");
    unit.set("Restart", "on-failure");
    unit.comment("Another start would not help: no such user, no permission, a wrong option.");
    unit.set("RestartPreventExitStatus", "67 77 78");
    unit.comment("`start_timeout`.");
    unit.set("TimeoutStartSec", time(config.start_timeout));
    unit.comment(match config.stop_timeout {
        Some(_) => "`stop_timeout`, when it ends itself, and some seconds.",
        None => "There is no `stop_timeout`: it takes as long as it needs.",
    });
    unit.set("TimeoutStopSec", time(stop_time::limit(config)));
    Ok(())
}

fn time(limit: Option<Duration>) -> String {
    match limit {
        None => "infinity".to_owned(),
        Some(limit) if limit.subsec_nanos() == 0 => limit.as_secs().to_string(),
        Some(limit) => format!("{}ms", limit.as_millis().max(1)),
    }
}

fn write_directories(unit: &mut Unit, config: &Config) -> Result<(), Error> {
    let Directories { managed, writable } = Directories::of(config);
    let settings = ["RuntimeDirectory", "LogsDirectory", "StateDirectory", "CacheDirectory"];
    for setting in settings {
        let of_setting = managed.iter().filter(|(other, _)| *other == setting);
        let names: Result<Vec<_>, _> =
            of_setting.map(|(_, below)| directory(below.as_os_str())).collect();
        let names = names?;
        if !names.is_empty() {
            unit.set(setting, names.join(" "));
        }
    }
    for writable in writable {
        unit.set("ReadWritePaths", path("-", writable.as_os_str())?);
    }
    let own = percent(&config.name);
    unit.comment("What else it writes is added here, such as its data:");
    unit.comment(&format!("StateDirectory={own}"));
    Ok(())
}

/// systemd sets them too: a program that is not root's could not raise them.
fn limits(unit: &mut Unit, config: &Config) {
    for (resource, limit) in &config.limits {
        let name = match resource {
            Resource::As => "AS",
            Resource::Core => "CORE",
            Resource::Cpu => "CPU",
            Resource::Data => "DATA",
            Resource::Fsize => "FSIZE",
            Resource::Locks => "LOCKS",
            Resource::Memlock => "MEMLOCK",
            Resource::Msgqueue => "MSGQUEUE",
            Resource::Nice => "NICE",
            Resource::Nofile => "NOFILE",
            Resource::Nproc => "NPROC",
            Resource::Rss => "RSS",
            Resource::Rtprio => "RTPRIO",
            Resource::Rttime => "RTTIME",
            Resource::Sigpending => "SIGPENDING",
            Resource::Stack => "STACK",
        };
        let number = |limit: u64| match limit {
            u64::MAX => "infinity".to_owned(),
            limit => limit.to_string(),
        };
        let both = match (limit.soft, limit.hard) {
            (soft, hard) if soft == hard => number(soft),
            (soft, hard) => format!("{}:{}", number(soft), number(hard)),
        };
        unit.set(&format!("Limit{name}"), both);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::capabilities::Capability;
    use crate::process::limits::Limit;

    #[test]
    fn what_a_capability_is_for_is_allowed() {
        let mut config = Config::new("e 5%");
        config.user("www-data").capabilities([Capability::SysTime, Capability::NetRaw]);
        config.limit(Resource::Nofile, (5, 6)).limit(Resource::Core, Limit::UNLIMITED);
        config.stop_timeout(Duration::from_millis(1500));
        let program = Program::of_test(&config, "/b/e", &[]);
        let unit = service(&config, &program).expect("a unit");
        for line in [
            "Description=e 5%%",
            "ExecReload=+/bin/kill -HUP $MAINPID",
            "TimeoutStopSec=6500ms",
            "LimitNOFILE=5:6",
            "LimitCORE=infinity",
            "AmbientCapabilities=CAP_NET_RAW CAP_SYS_TIME",
            "# Not `ProtectClock=yes`: one of its `capabilities` needs that.",
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET",
            "SystemCallFilter=@clock",
        ] {
            assert!(unit.lines().any(|other| other == line), "{line}\n{unit}");
        }
        assert!(!unit.contains("\nProtectClock="), "{unit}");
        assert!(!unit.contains("SystemCallFilter=~"), "{unit}");
    }
}
