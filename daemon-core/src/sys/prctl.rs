//! prctl(2), which only Linux has.

use nix::errno::Errno;

/// `prctl(operation, first, second, 0, 0)`, for operations whose arguments are numbers; see
/// prctl(2), which requires the unused ones to be 0, in full width.
pub(super) fn prctl(
    operation: libc::c_int,
    first: libc::c_ulong,
    second: libc::c_ulong,
) -> Result<libc::c_int, Errno> {
    const UNUSED: libc::c_ulong = 0;
    // SAFETY: the operations that this is called for take only numbers.
    Errno::result(unsafe { libc::prctl(operation, first, second, UNUSED, UNUSED) })
}
