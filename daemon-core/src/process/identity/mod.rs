//! Who the daemon is: user, groups, capabilities. The daemon gives up root's power for good, and
//! reads back that it is gone.

pub(crate) mod account;
mod lookup;
mod temporarily;

use std::ffi::OsString;

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, getegid, geteuid, setegid, seteuid};

use crate::error::{Error, ErrorKind};
use crate::process::capabilities::{Capability, set_of};
use crate::process::identity::account::{Group, User};
use crate::process::identity::lookup::{Found, PasswdEntry};
use crate::sys;
use crate::sys::capabilities::CapabilitySet;

/// The user that the daemon becomes, resolved.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// The user as it was asked for.
    name: String,
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
    /// All groups, including `gid`.
    pub(crate) groups: Vec<Gid>,
    /// The user's entry in the user database, if there is one.
    entry: Option<PasswdEntry>,
    capabilities: CapabilitySet,
}

impl Identity {
    /// Looks everything up while the databases can still be reached. `None` if there is nothing
    /// to become.
    pub(crate) fn plan(
        user: Option<&User>,
        group: Option<&Group>,
        capabilities: &[Capability],
    ) -> Result<Option<Self>, Error> {
        if user.is_none() && !capabilities.is_empty() {
            let what = "`capabilities` are what stays when root becomes `user`, and there is none";
            return Err(Error::new(ErrorKind::Config, what).advise("set `user`"));
        }
        if user.is_none() && group.is_none() {
            return Ok(None);
        }
        let Found { name, uid, gid, groups, entry } = lookup::find(user, group)?;
        if uid.is_root() && !capabilities.is_empty() {
            let what = "`capabilities` are what stays when root becomes another user, and `user` \
                        is root";
            return Err(Error::new(ErrorKind::Config, what).advise("choose another user"));
        }
        let capabilities = set_of(capabilities);
        let identity = Identity { name, uid, gid, groups, entry, capabilities };
        if geteuid().is_root() {
            return Ok(Some(identity));
        }
        identity.refuse_a_change().map(|()| None)
    }

    /// Only root can become another user. If the process already runs as the wanted user, there is
    /// nothing to do.
    fn refuse_a_change(&self) -> Result<(), Error> {
        let Identity { name, uid, gid, .. } = self;
        let (euid, egid) = (geteuid(), getegid());
        let refuse =
            |what: String| Err(Error::new(ErrorKind::Permission, what).advise("start it as root"));
        if *uid != euid {
            return refuse(format!(
                "cannot become user {name} (uid {uid}): only root can, and this is uid {euid}"
            ));
        }
        // A real or saved id that is still root's would leave the way back open.
        if sys::user_ids() != Ok([*uid; 3]) {
            return refuse(format!(
                "cannot become user {name} (uid {uid}) for good: only root can, and the real or \
                 the saved uid is another one"
            ));
        }
        if *gid != egid {
            return refuse(format!(
                "cannot change to gid {gid}: only root can, and this is uid {euid} with gid {egid}"
            ));
        }
        if sys::group_ids() != Ok([*gid; 3]) {
            return refuse(format!(
                "cannot change to gid {gid} for good: only root can, and the real or the saved \
                 gid is another one"
            ));
        }
        let effective = sys::capabilities::effective().unwrap_or_default();
        if !effective.contains_all(self.capabilities) {
            return refuse(format!("cannot keep `capabilities` that uid {euid} does not have"));
        }
        Ok(())
    }

    /// Becomes this user for good: groups first, while that is still permitted, and the user last.
    ///
    /// Every call is checked, and afterwards [`Identity::verify`] reads everything back.
    pub(crate) fn become_permanently(&self) -> Result<(), Error> {
        let failed = |call: &str| {
            let what = format!("become user {}: {call}", self.name);
            move |errno| Error::cannot(what, errno).permission_if_eperm()
        };
        // Capabilities and keyrings belong to threads, not to processes; see capabilities(7).
        if let Some(2..) = sys::proc::thread_count() {
            let what = format!("cannot become user {}: other threads run already", self.name);
            return Err(Error::new(ErrorKind::Software, what)
                .advise("start threads in the body of `main`, not in `privileged`"));
        }
        sys::join_new_session_keyring().map_err(failed("a new session keyring"))?;
        if !self.capabilities.is_empty() {
            sys::capabilities::keep_over_setuid(true).map_err(failed("PR_SET_KEEPCAPS"))?;
            sys::capabilities::limit_bounding(self.capabilities)
                .map_err(failed("PR_CAPBSET_DROP"))?;
        }
        sys::ids::set_groups(&self.groups).map_err(failed("setgroups"))?;
        sys::set_group_ids(self.gid).map_err(failed("setresgid"))?;
        sys::set_user_ids(self.uid).map_err(failed("setresuid"))?;
        if !self.uid.is_root() {
            sys::capabilities::set_all(self.capabilities).map_err(failed("capset"))?;
            sys::capabilities::keep_over_setuid(false).map_err(failed("PR_SET_KEEPCAPS"))?;
        }
        self.describe_in_environment();
        Ok(())
    }

    /// Reads back who we are. Any difference from what was asked for is reason enough to stop.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        let doubt = |what: &str| {
            let what = format!("did not fully become user {}: {what}", self.name);
            Error::new(ErrorKind::System, what)
        };
        let users = sys::user_ids().map_err(|_| doubt("getresuid fails"))?;
        if users != [self.uid; 3] {
            return Err(doubt("a user id is another one"));
        }
        let groups = sys::group_ids().map_err(|_| doubt("getresgid fails"))?;
        if groups != [self.gid; 3] {
            return Err(doubt("a group id is another one"));
        }
        let sorted = |mut groups: Vec<Gid>| {
            groups.sort_unstable_by_key(|gid| gid.as_raw());
            groups.dedup();
            groups
        };
        let list = sys::ids::groups().map_err(|_| doubt("getgroups fails"))?;
        if sorted(list) != sorted(self.groups.clone()) {
            return Err(doubt("the list of groups is another one"));
        }
        if self.uid.is_root() {
            return Ok(());
        }
        let sets = sys::capabilities::get().map_err(|_| doubt("capget fails"))?;
        if sets.iter().any(|set| set != self.capabilities) {
            return Err(doubt("the capabilities are others"));
        }
        self.verify_no_way_back().map_err(doubt)
    }

    /// The kernel must refuse what root could do, unless that very capability was kept.
    fn verify_no_way_back(&self) -> Result<(), &'static str> {
        let keeps = |capability: Capability| self.capabilities.contains(capability as u8);
        if !keeps(Capability::Setuid) && seteuid(Uid::from_raw(0)).is_ok() {
            return Err("it can become root again");
        }
        let root = Gid::from_raw(0);
        let has_roots_group = self.gid == root;
        if !keeps(Capability::Setgid) && !has_roots_group && setegid(root).is_ok() {
            return Err("it can have root's group again");
        }
        Ok(())
    }

    /// Sets `HOME` and the like to the user's, and removes variables that lead to the session of
    /// whoever started us.
    fn describe_in_environment(&self) {
        let entry = self.entry.as_ref();
        let home = entry.map_or("/".into(), |entry| entry.home.clone());
        let name = entry.map(|entry| OsString::from(&entry.name));
        let shell = entry.map(|entry| entry.shell.clone().into_os_string());
        sys::process::set_variable("HOME", Some(home.as_os_str()));
        sys::process::set_variable("USER", name.as_deref());
        sys::process::set_variable("LOGNAME", name.as_deref());
        sys::process::set_variable("SHELL", shell.as_deref());
        let leads_elsewhere = |name: &&str| {
            matches!(*name, "XDG_RUNTIME_DIR" | "SSH_AUTH_SOCK") || name.starts_with("DBUS_")
        };
        let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
        for name in names.iter().filter_map(|name| name.to_str()).filter(leads_elsewhere) {
            sys::process::set_variable(name, None);
        }
    }
}

/// Refuses a user who already has as many processes as they may have, before the body's first
/// thread would find out: setuid(2) itself no longer tells.
pub(crate) fn refuse_exhausted_limit(identity: &Identity) -> Result<(), Error> {
    let Some(number) = sys::limits::NPROC else { return Ok(()) };
    let Ok((soft, _)) = sys::limits::get(number) else { return Ok(()) };
    if soft == u64::MAX || identity.uid.is_root() {
        return Ok(());
    }
    sys::process::try_fork().map_err(|errno: Errno| {
        let what =
            format!("user {} cannot have another process, at a limit of {soft}", identity.name);
        Error::new(ErrorKind::System, what).because(errno).advise("raise `limits(nproc = …)`")
    })
}
