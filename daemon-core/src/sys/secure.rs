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
