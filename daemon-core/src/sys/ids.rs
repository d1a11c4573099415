//! User and group ids: setgroups(2), getgroups(2), getgrouplist(3), eaccess(3), and which groups are
//! the system's.

use std::ffi::CStr;
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::{AccessFlags, Gid};

/// `setgroups(list)`: sets the supplementary groups; see setgroups(2). It goes through the C
/// library, which does it for every thread.
pub(crate) fn set_groups(groups: &[Gid]) -> Result<(), Errno> {
    let raw: Vec<libc::gid_t> = groups.iter().map(|gid| gid.as_raw()).collect();
    // SAFETY: setgroups(2) reads as many elements as it is told there are. The type of the number
    // differs between systems.
    Errno::result(unsafe { libc::setgroups(raw.len() as _, raw.as_ptr()) }).map(drop)
}

/// `getgroups()`: the supplementary groups; see getgroups(2).
pub(crate) fn groups() -> Result<Vec<Gid>, Errno> {
    // SAFETY: with a size of 0 nothing is written.
    let count = Errno::result(unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
    let mut raw = vec![0; count as usize];
    // SAFETY: there is room for as many elements as the call is told.
    let count = Errno::result(unsafe { libc::getgroups(count, raw.as_mut_ptr()) })?;
    raw.truncate(count as usize);
    Ok(raw.into_iter().map(Gid::from_raw).collect())
}

/// `getgrouplist(user, group)`: the groups that a user is in, including this one; see
/// getgrouplist(3).
pub(crate) fn groups_of(user: &CStr, group: Gid) -> Result<Vec<Gid>, Errno> {
    let mut raw: Vec<RawGroup> = vec![0; 32];
    loop {
        let mut count = raw.len() as libc::c_int;
        // SAFETY: the name lives during the call, and there is room for as many elements as it is
        // told. The type of the number differs between systems.
        let result = unsafe {
            libc::getgrouplist(
                user.as_ptr(),
                group.as_raw() as RawGroup,
                raw.as_mut_ptr(),
                &raw mut count,
            )
        };
        if result >= 0 {
            raw.truncate(count as usize);
            return Ok(raw.into_iter().map(|gid| Gid::from_raw(gid as libc::gid_t)).collect());
        }
        // There are more. Not every system says how many.
        if raw.len() >= MOST_GROUPS {
            return Err(Errno::EINVAL);
        }
        raw.resize(raw.len() * 4, 0);
    }
}

#[cfg(not(target_vendor = "apple"))]
type RawGroup = libc::gid_t;
#[cfg(target_vendor = "apple")]
type RawGroup = libc::c_int;

/// `NGROUPS_MAX` of Linux, which has the most.
const MOST_GROUPS: usize = 65536;

/// `eaccess(path, mode)`: whether the effective user may do this with a file; see eaccess(3).
#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "dragonfly"))]
pub(crate) fn may_access(path: &Path, mode: AccessFlags) -> Result<(), Errno> {
    nix::unistd::eaccess(path, mode)
}

/// `faccessat(path, mode, AT_EACCESS)`: whether the effective user may do this with a file; see
/// access(2).
#[cfg(not(any(
    target_os = "android",
    target_os = "linux",
    target_os = "freebsd",
    target_os = "dragonfly"
)))]
pub(crate) fn may_access(path: &Path, mode: AccessFlags) -> Result<(), Errno> {
    use nix::fcntl::{AT_FDCWD, AtFlags};

    nix::unistd::faccessat(AT_FDCWD, path, mode, AtFlags::AT_EACCESS)
}

/// `access(path, mode)`: Android's C library has no call that asks for the effective user. This one
/// asks for the real user; if they differ, only the use itself will tell. See access(2).
#[cfg(target_os = "android")]
pub(crate) fn may_access(path: &Path, mode: AccessFlags) -> Result<(), Errno> {
    nix::unistd::access(path, mode)
}

/// The first number that an ordinary group has: `SYS_GID_MAX` of login.defs(5) and one more, as
/// nearly every Linux has it. Elsewhere it is lower.
#[cfg(not(target_vendor = "apple"))]
const FIRST_ORDINARY_GROUP: u32 = 1000;
/// `everyone` and `staff`, which all users are in, follow.
#[cfg(target_vendor = "apple")]
const FIRST_ORDINARY_GROUP: u32 = 12;

/// `users`: on some systems the group of everybody who has an account.
const USERS: u32 = 100;

/// Whether this is a group of the system's, such as `adm` or `syslog`, whose members are chosen by
/// root: neither a user's own group nor one that all users are in.
pub(crate) fn is_system_group(gid: u32) -> bool {
    gid < FIRST_ORDINARY_GROUP && gid != USERS
}
