//! A pod of Kubernetes; see its API reference, "Pod".

use std::path::Path;

use crate::config::verb::Target;
use crate::config::{Config, Pidfile};
use crate::control::unit::escape::yaml::{command, path, string};
use crate::control::unit::program::Program;
use crate::control::unit::refusals::{inexpressible, refuse_background};
use crate::control::unit::{places, rights, stop_time};
use crate::error::Error;
use crate::process::capabilities::Capability;

/// The greatest number that a user, a group or a count may have there.
const GREATEST: u32 = i32::MAX as u32;

/// The manifest.
pub(super) fn pod(config: &Config, program: &Program) -> Result<String, Error> {
    refuse_background(config, Target::Kubernetes)?;
    let name = dns_label(&config.name)?;
    let start = command(&program.start())?;
    let root_stays =
        !rights::reasons_for_root(config).is_empty() || !config.capabilities.is_empty();
    let user = user(config, root_stays)?;
    let grace = stop_time::seconds(config).unwrap_or(stop_time::LONG);
    let why_grace = match config.stop_timeout {
        Some(_) => "`stop_timeout`, when it ends itself, and some seconds.",
        None => "There is no `stop_timeout`, and here there is no \"for ever\": a day.",
    };
    let probes = probes(config, program)?;
    let capabilities = capabilities(config, root_stays);
    let (mounts, volumes) = volumes(config, root_stays)?;
    Ok(format!(
        "# How Kubernetes starts {name}, by `unit kubernetes`: `kubectl apply -f` with its path.\n\
         apiVersion: v1\n\
         kind: Pod\n\
         metadata:\n\
         \x20 name: {quoted}\n\
         \x20 labels:\n\
         \x20   app: {quoted}\n\
         spec:\n\
         \x20 # {why_grace}\n\
         \x20 terminationGracePeriodSeconds: {grace}\n\
         \x20 automountServiceAccountToken: false\n\
         \x20 securityContext:\n\
         {user}\
         \x20   seccompProfile:\n\
         \x20     type: RuntimeDefault\n\
         \x20 containers:\n\
         \x20   - name: {quoted}\n\
         \x20     # An image with the program at this path.\n\
         \x20     image: {image}\n\
         \x20     command: {start}\n\
         {probes}\
         \x20     securityContext:\n\
         \x20       allowPrivilegeEscalation: false\n\
         \x20       readOnlyRootFilesystem: {read_only}\n\
         \x20       capabilities:\n\
         \x20         drop: [\"ALL\"]\n\
         {capabilities}\
         {mounts}{volumes}",
        quoted = string(&name),
        image = string(&format!("{name}:latest")),
        read_only = !root_stays,
    ))
}

/// The name as Kubernetes wants it: small letters, digits and hyphens.
fn dns_label(name: &str) -> Result<String, Error> {
    let letters =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let mut label: String = letters.take(63).collect();
    let plain = label.trim_matches('-');
    if plain.is_empty() {
        let what = format!("`name` is {name:?}, and a name there has letters or digits");
        return Err(inexpressible(Target::Kubernetes, &what, "choose another name"));
    }
    label = plain.to_owned();
    Ok(label)
}

/// Numbers, because Kubernetes knows no names.
fn user(config: &Config, root_stays: bool) -> Result<String, Error> {
    let user = match rights::becomes(config) {
        Some(user) if !root_stays => user,
        user => {
            let mut text = String::from("    # Root starts it, because:\n");
            for reason in rights::reasons_for_root(config) {
                text += &format!("    # - {reason}\n");
            }
            if !config.capabilities.is_empty() {
                text += "    # - Only root has capabilities here.\n";
            }
            if let Some(user) = user {
                text += &format!("    # It becomes {user} by itself.\n");
            }
            return Ok(text + "    runAsUser: 0\n    runAsGroup: 0\n");
        }
    };
    let Some(uid) = rights::uid(user) else {
        let what = format!("it wants a number, and user {user} is not known here");
        return Err(inexpressible(Target::Kubernetes, &what, "set `user` to a number"));
    };
    let gid = match (&config.group, rights::entry(user)) {
        (Some(group), _) => rights::gid(group),
        (None, Some(entry)) => Some(entry.gid.as_raw()),
        (None, None) => Some(uid),
    };
    let Some(gid) = gid else {
        let what = "it wants a number, and the group is not known here";
        return Err(inexpressible(Target::Kubernetes, what, "set `group` to a number"));
    };
    if uid.max(gid) > GREATEST {
        let what =
            format!("uid {uid} or gid {gid} is greater than {GREATEST}, where numbers end there");
        return Err(inexpressible(Target::Kubernetes, &what, "choose a smaller number"));
    }
    Ok(format!(
        "    # {user}, as on the machine that printed this.\n    \
         runAsNonRoot: true\n    runAsUser: {uid}\n    runAsGroup: {gid}\n    fsGroup: {gid}\n"
    ))
}

/// By the program's own verb, if it has them.
fn probes(config: &Config, program: &Program) -> Result<String, Error> {
    let status = program.verb(&["status", "--ready"]);
    let Some(words) = status.filter(|_| config.pidfile != Pidfile::None) else {
        return Ok(String::new());
    };
    let ask = command(&words)?;
    let probe = |name: &str, more: &str| {
        format!("      {name}:\n        exec:\n          command: {ask}\n{more}")
    };
    let mut probes = String::new();
    if let Some(limit) = config.start_timeout {
        let seconds = stop_time::whole_seconds(limit).clamp(1, GREATEST.into());
        probes += "      # `start_timeout`.\n";
        probes += &probe(
            "startupProbe",
            &format!("        periodSeconds: 1\n        failureThreshold: {seconds}\n"),
        );
    }
    Ok(probes + &probe("readinessProbe", "        periodSeconds: 5\n"))
}

fn capabilities(config: &Config, root_stays: bool) -> String {
    let mut kept = config.capabilities.clone();
    if root_stays {
        if config.user.is_some() || config.group.is_some() {
            kept.extend([Capability::Setgid, Capability::Setuid, Capability::Chown]);
        }
        if !config.capabilities.is_empty() {
            kept.push(Capability::Setpcap);
        }
        if config.chroot.is_some() {
            kept.push(Capability::SysChroot);
        }
        if config.has_privileged || rights::becomes(config).is_none() {
            kept.push(Capability::NetBindService);
        }
    }
    let mut names: Vec<_> =
        kept.iter().map(|one| string(one.name().trim_start_matches("CAP_"))).collect();
    names.sort();
    names.dedup();
    match &*names {
        [] => String::new(),
        names => format!("          add: [{}]\n", names.join(", ")),
    }
}

/// Where it may write, of which nothing is left behind: its usual place, or the directories of its
/// files.
fn volumes(config: &Config, root_stays: bool) -> Result<(String, String), Error> {
    // Root makes no file where everybody can write, as in these volumes; it has the image's /run.
    if root_stays {
        return Ok(Default::default());
    }
    let mut directories: Vec<&Path> = Vec::new();
    let usual = Path::new("/run").join(&config.name);
    let mut text = String::new();
    if config.pidfile == Pidfile::Usual {
        text += "      # The usual place of a user's pidfile.\n      env:\n        - name: XDG_STATE_HOME\n";
        text += &format!("          value: {}\n", path(usual.as_os_str())?);
        directories.push(&usual);
    }
    for (_, file) in places::named_files(config) {
        let parent = file.parent().unwrap_or(file);
        if !directories.contains(&parent) {
            directories.push(parent);
        }
    }
    if directories.is_empty() {
        return Ok((text, String::new()));
    }
    text += "      volumeMounts:\n";
    let mut volumes = String::from("  volumes:\n");
    for (number, directory) in directories.iter().enumerate() {
        if directory.as_os_str().as_encoded_bytes().contains(&b':') {
            let what =
                format!("{} has a colon, which no mounted path has there", directory.display());
            return Err(inexpressible(Target::Kubernetes, &what, "choose another path"));
        }
        let directory = path(directory.as_os_str())?;
        text += &format!("        - name: written-{number}\n          mountPath: {directory}\n");
        volumes += &format!("    - name: written-{number}\n      emptyDir: {{}}\n");
    }
    Ok((text, volumes))
}
