//! The words on the command line:
//!
//! - `pidfile=PATH`, `user=NAME`, `user:number=N`, `group=NAME`, `group:number=N`, `chroot=PATH`,
//!   `chdir=PATH`, `stdout=PATH`, `stderr=PATH`, `umask=OCTAL`: the option of that name
//! - `limit:nofile=N`, `limit:nofile=SOFT,HARD`, `limit:core=unlimited`
//! - `no_new_privs`, `foreground`, `capability=NAME`
//! - `report=PATH`: where the results of the attempts go
//! - `listen=PORT`, `open=DIRECTORY`, `thread`: what `privileged` does
//! - `open-early=DIRECTORY`: opened by `configure`, and never closed
//! - `end`: the body ends when it is ready
//! - `try:…`: an attempt, see `attempts`

use std::env::args;
use std::fs::{File, OpenOptions};
use std::io;

use daemon::{Capability, Config, Limit, Mode, Resource};

pub(crate) struct Options {
    pub(crate) report: File,
    pub(crate) as_root: Option<Root>,
    pub(crate) attempts: Vec<String>,
    pub(crate) ends: bool,
}

/// What `privileged` does.
pub(crate) enum Root {
    Listens(u16),
    OpensDirectory(String),
    StartsThread,
}

pub(crate) fn read(config: &mut Config) -> io::Result<Options> {
    let mut report = None;
    let mut as_root = None;
    let mut attempts = Vec::new();
    let mut ends = false;
    let mut capabilities = Vec::new();
    for word in args().skip(1) {
        if let Some(attempt) = word.strip_prefix("try:") {
            attempts.push(attempt.to_owned());
            continue;
        }
        match word.split_once('=').unwrap_or((&word, "")) {
            ("pidfile", path) => _ = config.pidfile(path),
            ("user", name) => _ = config.user(name),
            ("user:number", number) => _ = config.user(parse::<u32>(number)),
            ("group", name) => _ = config.group(name),
            ("group:number", number) => _ = config.group(parse::<u32>(number)),
            ("chroot", path) => _ = config.chroot(path),
            ("chdir", path) => _ = config.chdir(path),
            ("stdout", path) => _ = config.stdout(path),
            ("stderr", path) => _ = config.stderr(path),
            ("umask", mask) => {
                config.umask(u32::from_str_radix(mask, 8).expect("an octal umask"));
            }
            ("limit:core", value) => _ = config.limit(Resource::Core, limit(value)),
            ("limit:nofile", value) => _ = config.limit(Resource::Nofile, limit(value)),
            ("limit:nproc", value) => _ = config.limit(Resource::Nproc, limit(value)),
            ("no_new_privs", _) => _ = config.no_new_privs(true),
            ("foreground", _) => _ = config.mode(Mode::Foreground),
            ("capability", "net_bind_service") => capabilities.push(Capability::NetBindService),
            ("capability", "setuid") => capabilities.push(Capability::Setuid),
            ("report", path) => {
                report = Some(OpenOptions::new().append(true).create(true).open(path)?);
            }
            ("listen", port) => as_root = Some(Root::Listens(parse(port))),
            ("open", path) => as_root = Some(Root::OpensDirectory(path.to_owned())),
            ("thread", _) => as_root = Some(Root::StartsThread),
            ("open-early", path) => std::mem::forget(File::open(path)?),
            ("end", _) => ends = true,
            _ => panic!("unknown: {word}"),
        }
    }
    config.capabilities(capabilities);
    Ok(Options { report: report.expect("report=PATH"), as_root, attempts, ends })
}

fn limit(value: &str) -> Limit {
    match value.split_once(',') {
        _ if value == "unlimited" => Limit::UNLIMITED,
        Some((soft, hard)) => Limit { soft: parse(soft), hard: parse(hard) },
        None => parse::<u64>(value).into(),
    }
}

fn parse<T: std::str::FromStr<Err: std::fmt::Debug>>(number: &str) -> T {
    number.parse().expect("a number")
}
