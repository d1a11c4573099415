//! Resource limits; see setrlimit(2).

mod resource;

use nix::errno::Errno;

use crate::error::{Error, ErrorKind};
use crate::process::capabilities::{Capability, Lacking, lacking};
use crate::sys;

pub use resource::{Limit, Resource};

/// A limit that can be set, as far as can be told beforehand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned {
    resource: Resource,
    number: sys::limits::Number,
    limit: Limit,
}

/// Checks the requested limits: that the system has them, that soft is not above hard, and that the
/// kernel lets this process raise a hard limit.
pub(crate) fn plan(asked: &[(Resource, Limit)]) -> Result<Vec<Planned>, Error> {
    asked.iter().map(|(resource, limit)| check(*resource, *limit)).collect()
}

/// Whether a core file is asked for, of any size.
pub(crate) fn want_core(asked: &[(Resource, Limit)]) -> bool {
    asked.iter().any(|(resource, limit)| *resource == Resource::Core && limit.soft > 0)
}

/// The system's number of a resource, if it has such a limit.
fn number(resource: Resource) -> Option<sys::limits::Number> {
    match resource {
        Resource::As => sys::limits::AS,
        Resource::Core => sys::limits::CORE,
        Resource::Cpu => sys::limits::CPU,
        Resource::Data => sys::limits::DATA,
        Resource::Fsize => sys::limits::FSIZE,
        Resource::Locks => sys::limits::LOCKS,
        Resource::Memlock => sys::limits::MEMLOCK,
        Resource::Msgqueue => sys::limits::MSGQUEUE,
        Resource::Nice => sys::limits::NICE,
        Resource::Nofile => sys::limits::NOFILE,
        Resource::Nproc => sys::limits::NPROC,
        Resource::Rss => sys::limits::RSS,
        Resource::Rtprio => sys::limits::RTPRIO,
        Resource::Rttime => sys::limits::RTTIME,
        Resource::Sigpending => sys::limits::SIGPENDING,
        Resource::Stack => sys::limits::STACK,
    }
}

fn check(resource: Resource, limit: Limit) -> Result<Planned, Error> {
    let refuse = |kind, why: String, advice: &str| {
        Err(Error::new(kind, format!("cannot limit {}: {why}", resource.name())).advise(advice))
    };
    let Some(number) = number(resource) else {
        let why = "this system has no such limit".to_owned();
        return refuse(ErrorKind::Config, why, "leave it out here");
    };
    if !limit.is_ordered() {
        let why = format!("{} is above the hard limit of {}", say(limit.soft), say(limit.hard));
        return refuse(ErrorKind::Config, why, "ask for no more than the hard limit");
    }
    let current = sys::limits::get(number).map_err(|errno| cannot_set(resource, limit, errno))?;
    if limit.hard > current.1 {
        try_to_raise(number, current, limit.hard).map_err(|errno| {
            let (asked, hard) = (say(limit.hard), say(current.1));
            match lacking(Capability::SysResource) {
                Some(Lacking { why, advice }) if errno == Errno::EPERM => {
                    let what = format!(
                        "cannot limit {}: {asked} is above the hard limit of {hard}, which cannot be \
                         raised: {why}",
                        resource.name()
                    );
                    Error::new(ErrorKind::Permission, what)
                        .advise(format!("ask for less, or {advice}"))
                }
                _ => cannot_set(resource, limit, errno),
            }
        })?;
    }
    Ok(Planned { resource, number, limit })
}

/// Raises a hard limit and lowers it again, which nobody notices: the kernel alone knows whether it
/// will be raised. It asks for a capability that counts in the first user namespace only, and has
/// highest values of its own.
fn try_to_raise(
    number: sys::limits::Number,
    (soft, hard): (u64, u64),
    higher: u64,
) -> Result<(), Errno> {
    sys::limits::set(number, soft, higher)?;
    sys::limits::set(number, soft, hard)
}

pub(crate) fn set(limits: &[Planned]) -> Result<(), Error> {
    for Planned { resource, number, limit } in limits {
        sys::limits::set(*number, limit.soft, limit.hard)
            .map_err(|errno| cannot_set(*resource, *limit, errno))?;
    }
    Ok(())
}

fn cannot_set(resource: Resource, limit: Limit, errno: Errno) -> Error {
    let (soft, hard) = (say(limit.soft), say(limit.hard));
    let what = format!("limit {} to {soft}, at most {hard}", resource.name());
    Error::cannot(what, errno).permission_if_eperm().advise("ask for less")
}

fn say(limit: u64) -> String {
    if limit == u64::MAX { "unlimited".to_owned() } else { limit.to_string() }
}
