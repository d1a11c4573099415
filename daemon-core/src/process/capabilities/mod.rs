//! Capabilities: parts of root's power that can be kept one by one; see capabilities(7).

mod capability;

use nix::unistd::geteuid;

use crate::sys;
use crate::sys::capabilities::CapabilitySet;

pub use capability::Capability;

/// Why this process cannot do what takes a capability.
#[derive(Debug)]
pub(crate) struct Lacking {
    pub(crate) why: String,
    pub(crate) advice: &'static str,
}

/// Why this process cannot do what takes this capability; `None` if it can.
///
/// The kernel asks for the capability, not for the uid: root in a container often lacks some, and
/// under systemd a plain user may have been given one. Where there are no capabilities, it is root
/// who can.
pub(crate) fn lacking(capability: Capability) -> Option<Lacking> {
    if sys::capabilities::permits(capability as u8) {
        return None;
    }
    let euid = geteuid();
    Some(if euid.is_root() {
        let why = format!("that takes {}, which root does not have here", capability.name());
        Lacking { why, advice: "grant it, for example to the container" }
    } else {
        let why = format!("only root can, and this is uid {euid}");
        Lacking { why, advice: "start it as root" }
    })
}

/// These capabilities as a set.
pub(crate) fn set_of(capabilities: &[Capability]) -> CapabilitySet {
    CapabilitySet::of(capabilities.iter().map(|one| *one as u8))
}
