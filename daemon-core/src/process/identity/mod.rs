//! The daemon's identity: user, groups, capabilities. It gives up root's power for good, and reads
//! back that it is gone.

pub(crate) mod account;
mod lookup;
mod out_of_reach;
mod temporarily;

use std::ffi::OsString;

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, getegid, setegid, seteuid};

use crate::error::{Error, ErrorKind};
use crate::process::capabilities::{Capability, set_of};
use crate::process::identity::account::{Group, User};
use crate::process::identity::lookup::{Found, PasswdEntry};
use crate::process::threads;
use crate::sys;
use crate::sys::capabilities::CapabilitySet;

/// Plans an identity: [`Identity::plan`].
///
/// The configuration has it from where a user, a group or capabilities are asked for: the code for
/// them, and the dynamic linker's search for its functions, is for programs that ask for one.
pub(crate) type Planner =
    fn(Option<&User>, Option<&Group>, &[Capability]) -> Result<Option<Identity>, Error>;

/// The one planner that there is.
pub(crate) const PLANNER: Planner = Identity::plan;

/// What can be done with an identity; through it alone, for the same reason.
#[derive(Debug)]
struct Steps {
    act_temporarily: fn(&Identity, &mut dyn FnMut()) -> Result<(), Error>,
    become_permanently: fn(&Identity) -> Result<(), Error>,
    verify: fn(&Identity) -> Result<(), Error>,
}

static STEPS: Steps = Steps {
    act_temporarily: Identity::act,
    become_permanently: Identity::change,
    verify: Identity::read_back,
};

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
    /// Whether the process is this user already, other than root: then its environment is that
    /// user's own, and what is left to lose are groups, capabilities and a keyring.
    pub(crate) is_present: bool,
    steps: &'static Steps,
}

impl Identity {
    /// Whether a process of this effective user can do more to files than the daemon is to do: it is
    /// root, or becomes another user.
    pub(crate) fn is_weaker_than(identity: Option<&Identity>, euid: Uid) -> bool {
        euid.is_root() || identity.is_some_and(|identity| !identity.is_present)
    }

    /// Looks everything up while the databases can still be reached, and refuses what the system
    /// will not let this process become. `None` if no identity is asked for.
    fn plan(
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
        let is_present = !uid.is_root() && sys::user_ids() == Ok([uid; 3]);
        let set = set_of(capabilities);
        let steps = &STEPS;
        let identity =
            Identity { name, uid, gid, groups, entry, capabilities: set, is_present, steps };
        identity.refuse_out_of_reach(capabilities)?;
        Ok(Some(identity))
    }

    /// Becomes this user for good: groups first, while that is still permitted, and the user last.
    ///
    /// Every call is checked, and afterwards [`Identity::verify`] reads everything back. A process
    /// that is this user already loses what it has beyond it; it may have nothing to lose.
    pub(crate) fn become_permanently(&self) -> Result<(), Error> {
        (self.steps.become_permanently)(self)
    }

    fn change(&self) -> Result<(), Error> {
        let has_own_keyring = self.is_present && !sys::session_keyring_is_anothers(self.uid);
        if has_own_keyring && self.compare().is_ok() {
            return Ok(());
        }
        let failed = |call: &str| {
            let what = format!("become user {}: {call}", self.name);
            move |errno| Error::cannot(what, errno).permission_if_eperm()
        };
        // Capabilities and keyrings belong to threads, not to processes; see capabilities(7).
        if let Some(2..) = threads::count() {
            let what = format!("cannot become user {}: other threads run already", self.name);
            return Err(Error::new(ErrorKind::Software, what)
                .advise("start threads in the body of `main`, not in `privileged`"));
        }
        let keyring = if has_own_keyring { Ok(()) } else { sys::join_new_session_keyring() };
        if !self.capabilities.is_empty() && !self.is_present {
            sys::capabilities::keep_over_setuid(true).map_err(failed("PR_SET_KEEPCAPS"))?;
            sys::capabilities::limit_bounding(self.capabilities)
                .map_err(failed("PR_CAPBSET_DROP"))?;
        }
        // Not every process that has the right groups may set them.
        if !self.has_groups().map_err(failed("getgroups"))? {
            sys::ids::set_groups(&self.groups).map_err(failed("setgroups"))?;
        }
        sys::set_group_ids(self.gid).map_err(failed("setresgid"))?;
        sys::set_user_ids(self.uid).map_err(failed("setresuid"))?;
        if !self.uid.is_root() {
            sys::capabilities::set_all(self.capabilities).map_err(failed("capset"))?;
            if !self.is_present {
                sys::capabilities::keep_over_setuid(false).map_err(failed("PR_SET_KEEPCAPS"))?;
            }
        }
        keyring.or_else(|_| self.do_without_new_keyring()).map_err(|errno| {
            let error = failed("a new session keyring")(errno);
            match errno {
                Errno::EDQUOT => error.advise("raise kernel.keys.maxkeys and kernel.keys.maxbytes"),
                _ => error,
            }
        })?;
        if !self.is_present {
            self.describe_in_environment();
        }
        Ok(())
    }

    /// After the change: for a keyring that could not be made before it.
    ///
    /// The quota of keys is the user's own now. Without a new one (no quota is left, or it is
    /// forbidden, or the kernel has none) the old one does, as under systemd, unless it is
    /// another's and its keys could be read.
    fn do_without_new_keyring(&self) -> Result<(), Errno> {
        match sys::join_new_session_keyring() {
            Err(Errno::EDQUOT | Errno::EACCES | Errno::ENOSYS | Errno::EPERM)
                if !sys::session_keyring_is_anothers(self.uid) =>
            {
                Ok(())
            }
            joined => joined,
        }
    }

    /// Whether the process has exactly the groups of this user.
    fn has_groups(&self) -> Result<bool, Errno> {
        let (now, wanted) = (Identity::groups_now()?, self.all_groups());
        Ok(not_among(&now, &wanted).is_empty() && not_among(&wanted, &now).is_empty())
    }

    /// The groups that the process has. Whether getgroups(2) lists the effective one differs
    /// between systems, so it is always included.
    fn groups_now() -> Result<Vec<Gid>, Errno> {
        sys::ids::groups().map(|groups| with(groups, getegid()))
    }

    /// The groups of this user, its own included.
    fn all_groups(&self) -> Vec<Gid> {
        with(self.groups.clone(), self.gid)
    }

    /// Reads back who we are. Any difference from what was asked for is reason enough to stop, and so
    /// is a user who cannot have another process.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        (self.steps.verify)(self)
    }

    fn read_back(&self) -> Result<(), Error> {
        let verify = || {
            self.compare()?;
            if self.uid.is_root() { Ok(()) } else { self.verify_no_way_back() }
        };
        verify().map_err(|what| {
            let what = format!("did not fully become user {}: {what}", self.name);
            Error::new(ErrorKind::System, what)
        })?;
        refuse_exhausted_limit(self)
    }

    /// In what the process differs from this user.
    fn compare(&self) -> Result<(), &'static str> {
        if sys::user_ids().map_err(|_| "getresuid fails")? != [self.uid; 3] {
            return Err("a user id is another one");
        }
        if sys::group_ids().map_err(|_| "getresgid fails")? != [self.gid; 3] {
            return Err("a group id is another one");
        }
        if !self.has_groups().map_err(|_| "getgroups fails")? {
            return Err("the list of groups is another one");
        }
        if self.uid.is_root() {
            return Ok(());
        }
        let sets = sys::capabilities::get().map_err(|_| "capget or prctl fails")?;
        if sets.iter().any(|set| set != self.capabilities) {
            return Err("the capabilities are others");
        }
        Ok(())
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

    /// Sets `HOME` and the like to the user's, and removes variables that lead to the session or
    /// the home of whoever started us.
    fn describe_in_environment(&self) {
        let entry = self.entry.as_ref();
        let home = entry.map_or("/".into(), |entry| entry.home.clone());
        let name = entry.map(|entry| OsString::from(&entry.name));
        let shell = entry.map(|entry| entry.shell.clone().into_os_string());
        sys::process::set_variable("HOME", Some(home.as_os_str()));
        sys::process::set_variable("USER", name.as_deref());
        sys::process::set_variable("LOGNAME", name.as_deref());
        sys::process::set_variable("SHELL", shell.as_deref());
        let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
        for name in names.iter().filter_map(|name| name.to_str()).filter(|it| leads_elsewhere(it)) {
            sys::process::set_variable(name, None);
        }
    }
}

/// These groups and this one.
fn with(mut groups: Vec<Gid>, one: Gid) -> Vec<Gid> {
    if !groups.contains(&one) {
        groups.push(one);
    }
    groups
}

/// Those of the groups that are not among the others.
fn not_among(groups: &[Gid], others: &[Gid]) -> Vec<Gid> {
    groups.iter().filter(|it| !others.contains(it)).copied().collect()
}

/// Whether a variable of this name leads to a session (its bus, its agents, its display) or to a
/// home: directories of its user's own, files in them, the mailbox.
fn leads_elsewhere(name: &str) -> bool {
    const PREFIXES: &[&str] = &["XDG_", "DBUS_", "SSH_", "GPG_"];
    const NAMES: &[&str] = &[
        "DISPLAY",
        "GNUPGHOME",
        "HISTFILE",
        "ICEAUTHORITY",
        "KRB5CCNAME",
        "MAIL",
        "OLDPWD",
        "SESSION_MANAGER",
        "TEMP",
        "TMP",
        "TMPDIR",
        "WAYLAND_DISPLAY",
        "WAYLAND_SOCKET",
        "XAUTHORITY",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Refuses a user who already has as many processes as they may have, before the body's first
/// thread would find out: setuid(2) itself no longer tells.
fn refuse_exhausted_limit(identity: &Identity) -> Result<(), Error> {
    let Some(number) = sys::limits::NPROC else { return Ok(()) };
    let Ok((soft, _)) = sys::limits::get(number) else { return Ok(()) };
    // Whoever is this user already was told when the daemon was forked.
    if soft == u64::MAX || identity.uid.is_root() || identity.is_present {
        return Ok(());
    }
    sys::process::try_fork().map_err(|errno: Errno| {
        let what =
            format!("user {} cannot have another process, at a limit of {soft}", identity.name);
        Error::new(ErrorKind::System, what).because(errno).advise("raise `limits(nproc = …)`")
    })
}
