//! The identities that this process cannot have: refused before anything changes.
//!
//! The kernel asks for a capability before it changes ids and groups. Capabilities themselves can
//! be given up by everybody.

use nix::unistd::{Gid, Group, getegid, geteuid};

use crate::error::{Error, ErrorKind};
use crate::process::capabilities::{Capability, Lacking, lacking, set_of};
use crate::process::identity::{Identity, not_among};
use crate::sys;

impl Identity {
    /// Refuses an identity that this process is not, and that the system will not let it become.
    pub(super) fn refuse_out_of_reach(&self, capabilities: &[Capability]) -> Result<(), Error> {
        user(self)?;
        if let Some(lacking) = lacking(Capability::Setgid) {
            group(self, &lacking)?;
            groups(self, &lacking)?;
        }
        keeping(self, capabilities)
    }
}

fn error(what: String, advice: impl Into<String>) -> Error {
    Error::new(ErrorKind::Permission, what).advise(advice)
}

fn user(identity: &Identity) -> Result<(), Error> {
    let Identity { name, uid, .. } = identity;
    if sys::user_ids() == Ok([*uid; 3]) {
        return Ok(());
    }
    let Some(Lacking { why, advice }) = lacking(Capability::Setuid) else { return Ok(()) };
    if *uid != geteuid() {
        return Err(error(format!("cannot become user {name} (uid {uid}): {why}"), advice));
    }
    // A real or saved id that is still root's would leave the way back open.
    let what = format!(
        "cannot become user {name} (uid {uid}) for good: only root can, and the real or the saved \
         uid is another one"
    );
    Err(error(what, "start it as root"))
}

fn group(identity: &Identity, Lacking { why, advice }: &Lacking) -> Result<(), Error> {
    let gid = identity.gid;
    if sys::group_ids() == Ok([gid; 3]) {
        return Ok(());
    }
    let egid = getegid();
    if gid != egid {
        let what = format!("cannot change to gid {gid}: {why} with gid {egid}");
        return Err(error(what, *advice));
    }
    let what = format!(
        "cannot change to gid {gid} for good: only root can, and the real or the saved gid is \
         another one"
    );
    Err(error(what, "start it as root"))
}

/// Groups of others are power that the daemon is not to have. And without a group of its own the
/// daemon is not what was asked for either: it would find out later, in the middle of its work.
fn groups(identity: &Identity, Lacking { why, advice }: &Lacking) -> Result<(), Error> {
    let Identity { name, uid, .. } = identity;
    let now = Identity::groups_now()
        .map_err(|errno| Error::cannot("list the groups of this process", errno))?;
    let planned = identity.all_groups();
    let foreign = not_among(&now, &planned);
    if !foreign.is_empty() {
        let what = format!(
            "cannot become user {name} (uid {uid}): this process has {}, which that user is not \
             in and which it cannot leave: {why}",
            said(&foreign)
        );
        return Err(error(what, format!("{advice}, or without the groups of others")));
    }
    let missing = not_among(&planned, &now);
    if !missing.is_empty() {
        let what = format!(
            "cannot become user {name} (uid {uid}): that user is in {}, which this process is \
             not in and cannot join: {why}",
            said(&missing)
        );
        return Err(error(what, format!("{advice}, or with all groups of that user")));
    }
    Ok(())
}

/// `group 4 (adm)`, `groups 4 (adm), 70000`.
fn said(groups: &[Gid]) -> String {
    let one = |gid: &Gid| match Group::from_gid(*gid) {
        Ok(Some(group)) => format!("{gid} ({})", group.name),
        _ => gid.to_string(),
    };
    let list: Vec<String> = groups.iter().map(one).collect();
    let word = if list.len() == 1 { "group" } else { "groups" };
    format!("{word} {}", list.join(", "))
}

fn keeping(identity: &Identity, capabilities: &[Capability]) -> Result<(), Error> {
    if capabilities.is_empty() {
        return Ok(());
    }
    let may_keep = |one: &Capability| {
        // What cannot be read shows when it is set.
        sys::capabilities::may_keep(set_of(&[*one])).unwrap_or(true)
    };
    if let Some(one) = capabilities.iter().find(|one| !may_keep(one)) {
        let euid = geteuid();
        let (who, advice) = if euid.is_root() {
            ("root does not have here".to_owned(), "grant it, for example to the container")
        } else {
            (format!("uid {euid} does not have"), "start it as root")
        };
        return Err(error(format!("cannot keep {}, which {who}", one.name()), advice));
    }
    // Whoever is this user already leaves the bounding set as it is: it gives nothing by itself.
    match lacking(Capability::Setpcap) {
        Some(Lacking { why, advice }) if !identity.is_present => {
            let what = format!("cannot take other capabilities from the bounding set: {why}");
            Err(error(what, advice))
        }
        _ => Ok(()),
    }
}
