//! The two ways in which a state file is written.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::uio::pwrite;

use crate::files::state::contents::Contents;
use crate::files::state::slot::{FILE, SLOT, SLOTS, encode};
use crate::sys;
use crate::sys::inode::Inode;
use crate::sys::mapping::SharedMemory;

/// Writes states, each to the slot that does not hold the last one.
#[derive(Debug)]
pub(super) struct Writer {
    to: To,
    sequence: u64,
}

#[derive(Debug)]
enum To {
    /// Shared with the file.
    Memory(SharedMemory),
    Descriptor {
        number: RawFd,
        inode: Inode,
    },
}

impl Writer {
    /// Writes to memory that is shared with the file, from the second state on.
    pub(super) fn to_memory(file: &OwnedFd, first: &Contents) -> Result<Self, Errno> {
        write_first(file, first)?;
        Ok(Writer { to: To::Memory(SharedMemory::map(file, FILE)?), sequence: 0 })
    }

    /// Writes to this descriptor, which stays open.
    pub(super) fn to_descriptor(
        file: &OwnedFd,
        inode: Inode,
        first: &Contents,
    ) -> Result<Self, Errno> {
        write_first(file, first)?;
        Ok(Writer { to: To::Descriptor { number: file.as_raw_fd(), inode }, sequence: 0 })
    }

    /// A file that cannot be written any more keeps the state of before.
    pub(super) fn write(&mut self, contents: &Contents) {
        let sequence = self.sequence.wrapping_add(1);
        let slot = encode(sequence, &contents.encode());
        let at = (sequence as usize % SLOTS) * SLOT;
        let is_written = match &mut self.to {
            To::Memory(memory) => {
                memory.write(at, &slot);
                true
            }
            To::Descriptor { number, inode } => write_to(*number, *inode, &slot, at),
        };
        if is_written {
            self.sequence = sequence;
        }
    }

    /// The descriptor to close in a forked child, if there is one.
    pub(super) fn descriptor(&self) -> Option<RawFd> {
        match &self.to {
            To::Memory(_) => None,
            To::Descriptor { number, .. } => Some(*number),
        }
    }
}

/// Both slots, so that there is room for each of them from now on.
fn write_first(file: &OwnedFd, contents: &Contents) -> Result<(), Errno> {
    let mut both = [0; FILE];
    both[..SLOT].copy_from_slice(&encode(0, &contents.encode()));
    if pwrite(file, &both, 0)? < both.len() { Err(Errno::ENOSPC) } else { Ok(()) }
}

/// The program may have closed a descriptor that is not its own, and the number be that of a file
/// which this would destroy.
fn write_to(number: RawFd, inode: Inode, slot: &[u8], at: usize) -> bool {
    let is_ours = sys::descriptors::is_file(number, inode);
    let Some(file) = sys::descriptors::borrow(number).filter(|_| is_ours) else { return false };
    pwrite(file, slot, at as libc::off_t) == Ok(slot.len())
}
