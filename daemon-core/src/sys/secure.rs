//! Privileges that came with execve(2), from a set-user-ID bit for example: getauxval(3).

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn gained_privileges() -> bool {
    // SAFETY: getauxval(3) takes a number.
    let value = |entry| unsafe { libc::getauxval(entry) };
    value(libc::AT_SECURE) != 0
        || value(libc::AT_UID) != value(libc::AT_EUID)
        || value(libc::AT_GID) != value(libc::AT_EGID)
}

/// Whether it did, as far as the ids still tell.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn gained_privileges() -> bool {
    use nix::unistd::{getegid, geteuid, getgid, getuid};

    getuid() != geteuid() || getgid() != getegid()
}

/// `setresgid()`, `setresuid()`, `capset()`: becomes the real user and group for good, if the process gained
/// another's privileges by being executed; see setresuid(2).
pub(crate) fn become_real_user() -> Result<(), nix::errno::Errno> {
    use super::capabilities::CapabilitySet;
    use nix::unistd::{getgid, getuid, setgid, setuid};

    if !gained_privileges() {
        return Ok(());
    }
    let (uid, gid) = (getuid(), getgid());
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        nix::unistd::setresgid(gid, gid, gid)?;
        nix::unistd::setresuid(uid, uid, uid)?;
    }
    // Where these set all three ids if the process has privileges.
    setgid(gid)?;
    setuid(uid)?;
    // What a file has given besides; see capabilities(7), "File capabilities".
    if uid.is_root() { Ok(()) } else { super::capabilities::set_all(CapabilitySet::default()) }
}
