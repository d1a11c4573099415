//! Acting with the rights of the user that root becomes, before it becomes that user for good.

use std::io::Write;

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, getegid, geteuid, setegid, seteuid};

use super::Identity;
use crate::error::{Error, ErrorKind, words_of};
use crate::sys;
use crate::sys::capabilities::CapabilitySet;
use crate::sys::process::exit_immediately;

impl Identity {
    /// Calls `act` with this user's rights to files, while the process is still root's.
    ///
    /// The saved id stays root's, so the user can neither signal nor trace the process. If root's
    /// rights do not come back, the process ends: nothing that follows would be as planned.
    pub(crate) fn act_temporarily<T>(&self, act: impl FnOnce() -> T) -> Result<T, Error> {
        let mut act = Some(act);
        let mut result = None;
        (self.steps.act_temporarily)(self, &mut || result = act.take().map(|act| act()))?;
        Ok(result.expect("it was called once"))
    }

    pub(super) fn act(&self, act: &mut dyn FnMut()) -> Result<(), Error> {
        let what = format!("act with the rights of user {}", self.name);
        let cannot = |errno| Error::cannot(&what, errno).permission_if_eperm();
        let roots = Rights::now().map_err(cannot)?;
        let result = self.take_rights().map(|()| act());
        if let Err(errno) = roots.restore() {
            // Not `eprintln!`, which panics if nobody can read it.
            let _ = writeln!(
                std::io::stderr(),
                "cannot {what}: root's rights do not come back: {}",
                words_of(errno)
            );
            exit_immediately(ErrorKind::System.exit_code());
        }
        result.map_err(cannot)
    }

    fn take_rights(&self) -> Result<(), Errno> {
        // Not every process that has the right groups may set them.
        if !self.has_groups()? {
            sys::ids::set_groups(&self.groups)?;
        }
        setegid(self.gid)?;
        seteuid(self.uid)?;
        // With SECBIT_NO_SETUID_FIXUP the capabilities stay; see capabilities(7).
        let has_roots_rights = !sys::capabilities::effective()?.is_empty();
        if has_roots_rights && !self.uid.is_root() {
            sys::capabilities::set_effective(CapabilitySet::default())?;
        }
        Ok(())
    }
}

/// The rights of this process to files.
struct Rights {
    uid: Uid,
    gid: Gid,
    groups: Vec<Gid>,
    capabilities: CapabilitySet,
}

impl Rights {
    fn now() -> Result<Self, Errno> {
        Ok(Rights {
            uid: geteuid(),
            gid: getegid(),
            groups: sys::ids::groups()?,
            capabilities: sys::capabilities::effective()?,
        })
    }

    /// Restores only what has changed.
    fn restore(&self) -> Result<(), Errno> {
        if geteuid() != self.uid {
            seteuid(self.uid)?;
        }
        if sys::capabilities::effective()? != self.capabilities {
            sys::capabilities::set_effective(self.capabilities)?;
        }
        if getegid() != self.gid {
            setegid(self.gid)?;
        }
        if sys::ids::groups()? != self.groups {
            sys::ids::set_groups(&self.groups)?;
        }
        Ok(())
    }
}
