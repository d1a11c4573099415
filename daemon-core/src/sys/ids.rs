//! User and group ids: setgroups(2), getgroups(2), and which groups are the system's.

use nix::errno::Errno;
use nix::unistd::Gid;

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
