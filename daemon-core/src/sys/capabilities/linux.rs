//! Capabilities: capget(2), capset(2), and their prctl(2) operations. Linux only.

use nix::errno::Errno;
use nix::unistd::geteuid;

use super::set::CapabilitySet;
use crate::sys::prctl::prctl;

/// `_LINUX_CAPABILITY_VERSION_3`, the one with 64 bits; see capget(2).
const VERSION: u32 = 0x2008_0522;

#[repr(C)]
struct Header {
    version: u32,
    pid: libc::c_int,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Data {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// The sets of this thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sets {
    pub(crate) effective: CapabilitySet,
    pub(crate) permitted: CapabilitySet,
    pub(crate) inheritable: CapabilitySet,
    pub(crate) ambient: CapabilitySet,
}

impl Sets {
    pub(crate) fn iter(&self) -> impl Iterator<Item = CapabilitySet> {
        [self.effective, self.permitted, self.inheritable, self.ambient].into_iter()
    }
}

/// `capget()`, and `PR_CAP_AMBIENT_IS_SET` for each: the capability sets of this thread.
pub(crate) fn get() -> Result<Sets, Errno> {
    let data = capget()?;
    Ok(Sets {
        effective: whole(data.map(|half| half.effective)),
        permitted: whole(data.map(|half| half.permitted)),
        inheritable: whole(data.map(|half| half.inheritable)),
        ambient: ambient()?,
    })
}

/// `capget()`: the effective set of this thread.
pub(crate) fn effective() -> Result<CapabilitySet, Errno> {
    capget().map(|data| whole(data.map(|half| half.effective)))
}

/// `capget()`: whether this thread may do what takes this capability. Where a filter forbids the
/// call, root is taken to have all of them.
pub(crate) fn permits(number: u8) -> bool {
    effective().map_or_else(|_| geteuid().is_root(), |set| set.contains(number))
}

/// `capget()`: whether this thread may keep these capabilities, which is to have them in its
/// permitted set.
pub(crate) fn may_keep(set: CapabilitySet) -> Result<bool, Errno> {
    capget().map(|data| set.0 & !whole(data.map(|half| half.permitted)).0 == 0)
}

/// `capset()`: changes only the effective set of this thread; it can hold no more than the
/// permitted set.
pub(crate) fn set_effective(set: CapabilitySet) -> Result<(), Errno> {
    let mut data = capget()?;
    for (half, bits) in data.iter_mut().zip(halves(set)) {
        half.effective = bits;
    }
    capset(&data)
}

/// The lower and the upper 32 bits.
fn halves(set: CapabilitySet) -> [u32; 2] {
    [set.0, set.0 >> 32].map(|bits| (bits & u64::from(u32::MAX)) as u32)
}

fn whole([low, high]: [u32; 2]) -> CapabilitySet {
    CapabilitySet(u64::from(low) | u64::from(high) << 32)
}

fn capget() -> Result<[Data; 2], Errno> {
    let mut header = Header { version: VERSION, pid: 0 };
    let mut data = [Data::default(); 2];
    // SAFETY: version 3 reads the header and writes two elements, which live during the call.
    let result = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, data.as_mut_ptr()) };
    Errno::result(result).map(|_| data)
}

fn capset(data: &[Data; 2]) -> Result<(), Errno> {
    let mut header = Header { version: VERSION, pid: 0 };
    // SAFETY: version 3 reads the header and two elements, which live during the call.
    let result = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, data.as_ptr()) };
    Errno::result(result).map(drop)
}

/// The ambient set; empty before Linux 4.3, which has none.
fn ambient() -> Result<CapabilitySet, Errno> {
    let mut set = CapabilitySet::default();
    for number in 0..64 {
        match ambient_call(libc::PR_CAP_AMBIENT_IS_SET, number) {
            Ok(0) => {}
            Ok(_) => set.0 |= 1 << number,
            // Beyond the last capability of this kernel.
            Err(Errno::EINVAL) => break,
            Err(errno) => return Err(errno),
        }
    }
    Ok(set)
}

/// `capset()`, `PR_CAP_AMBIENT_CLEAR_ALL` and `PR_CAP_AMBIENT_RAISE`: replaces each set of this
/// thread, except the bounding set, with this one.
pub(crate) fn set_all(set: CapabilitySet) -> Result<(), Errno> {
    let data = |bits| Data { effective: bits, permitted: bits, inheritable: bits };
    capset(&halves(set).map(data))?;
    match ambient_call(libc::PR_CAP_AMBIENT_CLEAR_ALL, 0) {
        // Before Linux 4.3 there is no ambient set to clear.
        Ok(_) | Err(Errno::EINVAL) => {}
        Err(errno) => return Err(errno),
    }
    for number in (0..64).filter(|number| set.contains(*number)) {
        ambient_call(libc::PR_CAP_AMBIENT_RAISE, number)?;
    }
    Ok(())
}

fn ambient_call(operation: libc::c_int, number: u8) -> Result<libc::c_int, Errno> {
    prctl(libc::PR_CAP_AMBIENT, operation as libc::c_ulong, number.into())
}

/// `PR_CAPBSET_DROP` for each capability but these, so that no program executed later can gain the
/// others.
pub(crate) fn limit_bounding(keep: CapabilitySet) -> Result<(), Errno> {
    for number in 0..64_u8 {
        match prctl(libc::PR_CAPBSET_READ, number.into(), 0) {
            Ok(0) => {}
            Ok(_) if keep.contains(number) => {}
            Ok(_) => {
                prctl(libc::PR_CAPBSET_DROP, number.into(), 0)?;
            }
            // Beyond the last capability of this kernel.
            Err(Errno::EINVAL) => break,
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// `PR_SET_KEEPCAPS`: whether the permitted set survives when root becomes another user.
pub(crate) fn keep_over_setuid(keep: bool) -> Result<(), Errno> {
    prctl(libc::PR_SET_KEEPCAPS, keep.into(), 0).map(drop)
}
