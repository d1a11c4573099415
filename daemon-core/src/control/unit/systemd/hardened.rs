//! What a service is kept from; see "SANDBOXING" in systemd.exec(5).

use std::collections::BTreeSet;

use crate::config::Config;
use crate::config::umask::Umask;
use crate::control::unit::places::{named_files, names_something_in};
use crate::control::unit::program::Program;
use crate::control::unit::rights;
use crate::control::unit::systemd::text::Unit;
use crate::process::capabilities::Capability;

/// The settings that some capability is of no use with.
const UNLESS: [(&str, &str, &[Capability]); 12] = [
    ("PrivateDevices", "yes", &[Capability::Mknod, Capability::SysRawio]),
    ("ProtectClock", "yes", &[Capability::SysTime, Capability::WakeAlarm]),
    ("ProtectControlGroups", "yes", &[Capability::SysAdmin]),
    ("ProtectHostname", "yes", &[Capability::SysAdmin]),
    ("ProtectKernelLogs", "yes", &[Capability::Syslog]),
    ("ProtectKernelModules", "yes", &[Capability::SysModule]),
    ("ProtectKernelTunables", "yes", &[Capability::SysAdmin, Capability::NetAdmin]),
    ("ProtectProc", "invisible", &[Capability::SysPtrace]),
    ("RestrictNamespaces", "yes", &[Capability::SysAdmin]),
    ("RestrictRealtime", "yes", &[Capability::SysNice]),
    ("RestrictSUIDSGID", "yes", &[Capability::Fsetid]),
    ("MemoryDenyWriteExecute", "yes", &[]),
];

/// The calls that some capability is for, and that are not among those of an ordinary service.
const CALLS: [(&str, &[Capability]); 11] = [
    ("@clock", &[Capability::SysTime]),
    ("@debug", &[Capability::SysPtrace, Capability::Perfmon]),
    ("@module", &[Capability::SysModule]),
    ("@mount", &[Capability::SysAdmin]),
    ("@raw-io", &[Capability::SysRawio]),
    ("@reboot", &[Capability::SysBoot]),
    ("acct", &[Capability::SysPacct]),
    ("bpf", &[Capability::Bpf, Capability::SysAdmin]),
    ("chroot", &[Capability::SysChroot]),
    ("syslog", &[Capability::Syslog]),
    ("vhangup", &[Capability::SysTtyConfig]),
];

pub(super) fn harden(unit: &mut Unit, config: &Config, program: &Program, root_stays: bool) {
    let kept = &config.capabilities;
    let keeps = |some: &[Capability]| some.iter().any(|one| kept.contains(one));
    unit.set("NoNewPrivileges", "yes");
    capabilities(unit, config, root_stays);
    file_systems(unit, config, program);
    for (setting, value, unless) in UNLESS {
        if keeps(unless) {
            unit.comment(&format!(
                "Not `{setting}={value}`: one of its `capabilities` needs that."
            ));
        } else {
            unit.set(setting, value);
        }
    }
    unit.set("LockPersonality", "yes");
    if !root_stays {
        unit.set("RemoveIPC", "yes");
    }
    let packets = keeps(&[Capability::NetRaw, Capability::NetAdmin]);
    let families = if packets { " AF_NETLINK AF_PACKET" } else { "" };
    unit.set("RestrictAddressFamilies", format!("AF_UNIX AF_INET AF_INET6{families}"));
    match config.umask {
        Umask::Mask(mask) => unit.set("UMask", format!("{mask:04o}")),
        Umask::Inherit => {}
    }
    calls(unit, config, root_stays);
}

/// What root may still do, or what the user may do beyond other users.
fn capabilities(unit: &mut Unit, config: &Config, root_stays: bool) {
    let mut names = BTreeSet::new();
    let mut add = |some: &[Capability]| names.extend(some.iter().map(|one| one.name()));
    add(&config.capabilities);
    if root_stays {
        if config.user.is_some() || config.group.is_some() {
            add(&[Capability::Setgid, Capability::Setuid]);
        }
        // To take the others out of the bounding set.
        if !config.capabilities.is_empty() {
            add(&[Capability::Setpcap]);
        }
        if config.chroot.is_some() {
            add(&[Capability::SysChroot]);
        }
        // A log is given to the user, and what the daemon says of itself to the group.
        if rights::becomes(config).is_some() {
            add(&[Capability::Chown]);
        }
        if config.has_privileged || rights::becomes(config).is_none() {
            add(&[Capability::NetBindService]);
            unit.comment(
                "Of root's, only ports below 1024; what it does beyond that, it needs here too.",
            );
        }
    }
    let names = Vec::from_iter(names).join(" ");
    unit.set("CapabilityBoundingSet", &names);
    unit.set("AmbientCapabilities", if root_stays { "" } else { &names });
}

/// What it sees of the file systems.
fn file_systems(unit: &mut Unit, config: &Config, program: &Program) {
    let named = |directories: &[&str]| {
        let paths = named_files(config).map(|(_, path)| path.as_os_str());
        let directory = config.chdir.as_ref().and_then(|chdir| chdir.path());
        let others = [directory, config.chroot.as_deref()];
        let others = others.into_iter().flatten().map(|path| path.as_os_str());
        let mut words = program.words().chain(paths).chain(others);
        words.any(|word| directories.iter().any(|it| names_something_in(word, it)))
    };
    unit.set("ProtectSystem", "strict");
    if named(&["/home", "/root", "/run/user"]) {
        unit.comment("Not `yes`: something of it is in a home.");
        unit.set("ProtectHome", "read-only");
    } else {
        unit.set("ProtectHome", "yes");
    }
    if named(&["/tmp", "/var/tmp"]) {
        unit.comment("Not `PrivateTmp=yes`: something of it is there.");
    } else {
        unit.set("PrivateTmp", "yes");
    }
    unit.set("PrivateMounts", "yes");
    unit.set("ProcSubset", "pid");
}

/// The system calls.
fn calls(unit: &mut Unit, config: &Config, root_stays: bool) {
    unit.set("SystemCallArchitectures", "native");
    unit.comment("One that is forbidden fails, as for a user without rights.");
    unit.set("SystemCallErrorNumber", "EPERM");
    unit.set("SystemCallFilter", "@system-service");
    let mut refused = Vec::new();
    if !root_stays && config.capabilities.is_empty() {
        refused.push("@privileged");
    }
    // It sets its limits itself, too.
    if config.limits.is_empty() && !config.capabilities.contains(&Capability::SysNice) {
        refused.push("@resources");
    }
    if !refused.is_empty() {
        unit.set("SystemCallFilter", format!("~{}", refused.join(" ")));
    }
    let mut more: Vec<_> = CALLS
        .iter()
        .filter(|(_, some)| some.iter().any(|one| config.capabilities.contains(one)))
        .map(|(calls, _)| *calls)
        .collect();
    if root_stays && config.chroot.is_some() && !more.contains(&"chroot") {
        more.push("chroot");
    }
    if !more.is_empty() {
        unit.set("SystemCallFilter", more.join(" "));
    }
}
