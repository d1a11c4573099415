//! Who the daemon is: user, groups, capabilities. Root's power goes for good, and that it is gone
//! is read back.

pub(crate) mod account;
mod lookup;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, getegid, geteuid, setegid, seteuid};

use crate::error::{Error, ErrorKind};
use crate::process::capabilities::{Capability, set_of};
use crate::process::identity::account::{Group, User};
use crate::sys;
use crate::sys::capabilities::CapabilitySet;
use crate::sys::process::exit_immediately;

/// The user that the daemon becomes, resolved.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// As it was asked for.
    name: String,
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
    /// All groups, the one above among them.
    pub(crate) groups: Vec<Gid>,
    /// What the user database says, if it knows the user.
    entry: Option<Entry>,
    capabilities: CapabilitySet,
}

/// What the environment is to say of a user.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    home: PathBuf,
    shell: PathBuf,
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
        let mut identity = lookup::identity(user, group)?;
        if identity.uid.is_root() && !capabilities.is_empty() {
            let what = "`capabilities` are what stays when root becomes another user, and `user` \
                        is root";
            return Err(Error::new(ErrorKind::Config, what).advise("choose another user"));
        }
        identity.capabilities = set_of(capabilities);
        if geteuid().is_root() { Ok(Some(identity)) } else { identity.refuse_to_change() }
    }

    /// Only root can become somebody else. Whoever is the wanted user already has nothing to do.
    fn refuse_to_change(self) -> Result<Option<Self>, Error> {
        let has_capabilities = || {
            let effective = sys::capabilities::effective().unwrap_or_default();
            effective.contains_all(self.capabilities)
        };
        // With one of root's ids left, real or saved, the way back is open.
        let is_user = sys::user_ids().is_ok_and(|ids| ids == [self.uid; 3]);
        let has_group = sys::group_ids().is_ok_and(|ids| ids == [self.gid; 3]);
        let what = if self.uid != geteuid() {
            format!(
                "cannot become user {} (uid {}): only root can, and this is uid {}",
                self.name,
                self.uid,
                geteuid()
            )
        } else if !is_user {
            format!(
                "cannot become user {} (uid {}) for good: only root can, and the real or the saved \
                 uid is another one",
                self.name, self.uid
            )
        } else if self.gid != getegid() {
            format!(
                "cannot change to gid {}: only root can, and this is uid {} with gid {}",
                self.gid,
                geteuid(),
                getegid()
            )
        } else if !has_group {
            format!(
                "cannot change to gid {} for good: only root can, and the real or the saved gid is \
                 another one",
                self.gid
            )
        } else if !has_capabilities() {
            format!("cannot keep `capabilities` that uid {} does not have", geteuid())
        } else {
            return Ok(None);
        };
        Err(Error::new(ErrorKind::Permission, what).advise("start it as root"))
    }

    /// Becomes this user for good: groups first, while there is the right to, and the user last.
    ///
    /// Every call is checked, and afterwards [`Identity::verify`] reads everything back.
    pub(crate) fn assume(&self) -> Result<(), Error> {
        let failed = |call: &str| {
            let what = format!("cannot become user {}: {call}", self.name);
            move |errno| cannot(what, errno)
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

    /// Reads back who we are. Anything else than what was asked for is reason enough to stop.
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

    /// The kernel has to refuse what root could do, unless that very capability was kept.
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

    /// Does something with this user's rights to files, while the process still is root's.
    ///
    /// The saved id stays root's, so the user can neither signal nor trace the process.
    /// If root's rights do not come back, nothing that follows would be as planned.
    pub(crate) fn with_rights<T>(&self, act: impl FnOnce() -> T) -> Result<T, Error> {
        let what = format!("cannot act with the rights of user {}", self.name);
        let root = (geteuid(), getegid());
        let before = || Ok((sys::ids::groups()?, sys::capabilities::effective()?));
        let (groups, capabilities) = before().map_err(|errno| cannot(what.clone(), errno))?;
        let take = || {
            sys::ids::set_groups(&self.groups)?;
            setegid(self.gid)?;
            seteuid(self.uid)?;
            // With SECBIT_NO_SETUID_FIXUP they stay; see capabilities(7).
            let has_roots_rights = !sys::capabilities::effective()?.is_empty();
            if has_roots_rights && !self.uid.is_root() {
                sys::capabilities::set_effective(CapabilitySet::default())?;
            }
            Ok(())
        };
        // What was not taken need not be given back.
        let restore = || {
            if geteuid() != root.0 {
                seteuid(root.0)?;
            }
            if sys::capabilities::effective()? != capabilities {
                sys::capabilities::set_effective(capabilities)?;
            }
            if getegid() != root.1 {
                setegid(root.1)?;
            }
            if sys::ids::groups()? != groups { sys::ids::set_groups(&groups) } else { Ok(()) }
        };
        let result = take().map(|()| act());
        if let Err(errno) = restore() {
            // Not by a macro that panics if nobody can read it.
            let _ = writeln!(
                std::io::stderr(),
                "{what}: root's rights do not come back: {}",
                errno.desc()
            );
            exit_immediately(ErrorKind::System.exit_code());
        }
        result.map_err(|errno| cannot(what, errno))
    }

    /// `HOME` and its like follow the user; what leads to the session of whoever started us goes.
    fn describe_in_environment(&self) {
        let home = self.entry.as_ref().map_or("/".into(), |entry| entry.home.clone());
        let name = self.entry.as_ref().map(|entry| OsString::from(&entry.name));
        let shell = self.entry.as_ref().map(|entry| entry.shell.clone().into_os_string());
        sys::process::set_variable("HOME", Some(home.as_os_str()));
        sys::process::set_variable("USER", name.as_deref());
        sys::process::set_variable("LOGNAME", name.as_deref());
        sys::process::set_variable("SHELL", shell.as_deref());
        let leads_elsewhere = |name: &str| {
            matches!(name, "XDG_RUNTIME_DIR" | "SSH_AUTH_SOCK") || name.starts_with("DBUS_")
        };
        let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
        for name in names.iter().filter_map(|name| name.to_str()) {
            if leads_elsewhere(name) {
                sys::process::set_variable(name, None);
            }
        }
    }
}

fn cannot(what: String, errno: Errno) -> Error {
    let kind = match errno {
        Errno::EPERM => ErrorKind::Permission,
        _ => ErrorKind::System,
    };
    Error::new(kind, what).because(errno)
}

/// Finds out before the body does, by its first thread, that the user has as many processes as he
/// may: setuid(2) itself no longer tells.
pub(crate) fn refuse_exhausted_limit(identity: &Identity) -> Result<(), Error> {
    let Some(number) = sys::limits::NPROC else { return Ok(()) };
    let Ok((soft, _)) = sys::limits::get(number) else { return Ok(()) };
    if soft == u64::MAX || identity.uid.is_root() {
        return Ok(());
    }
    sys::process::try_fork().map_err(|errno| {
        let what =
            format!("user {} cannot have another process, at a limit of {soft}", identity.name);
        Error::new(ErrorKind::System, what).because(errno).advise("raise `limits(nproc = …)`")
    })
}
