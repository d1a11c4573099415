//! The names in `capabilities(…)`.

use crate::options::known::{Known, Names, Takes};

/// Every capability, with its name in lower case, as in capabilities(7) without `CAP_`.
pub(crate) static CAPABILITIES: Names = Names {
    article: "a",
    noun: "capability",
    example: "capabilities(net_bind_service)",
    prefixes: &["cap"],
    synonyms: &[],
    all: &[
        capability("chown", "Capability::Chown"),
        capability("dac_override", "Capability::DacOverride"),
        capability("dac_read_search", "Capability::DacReadSearch"),
        capability("fowner", "Capability::Fowner"),
        capability("fsetid", "Capability::Fsetid"),
        capability("kill", "Capability::Kill"),
        capability("setgid", "Capability::Setgid"),
        capability("setuid", "Capability::Setuid"),
        capability("setpcap", "Capability::Setpcap"),
        capability("linux_immutable", "Capability::LinuxImmutable"),
        capability("net_bind_service", "Capability::NetBindService"),
        capability("net_broadcast", "Capability::NetBroadcast"),
        capability("net_admin", "Capability::NetAdmin"),
        capability("net_raw", "Capability::NetRaw"),
        capability("ipc_lock", "Capability::IpcLock"),
        capability("ipc_owner", "Capability::IpcOwner"),
        capability("sys_module", "Capability::SysModule"),
        capability("sys_rawio", "Capability::SysRawio"),
        capability("sys_chroot", "Capability::SysChroot"),
        capability("sys_ptrace", "Capability::SysPtrace"),
        capability("sys_pacct", "Capability::SysPacct"),
        capability("sys_admin", "Capability::SysAdmin"),
        capability("sys_boot", "Capability::SysBoot"),
        capability("sys_nice", "Capability::SysNice"),
        capability("sys_resource", "Capability::SysResource"),
        capability("sys_time", "Capability::SysTime"),
        capability("sys_tty_config", "Capability::SysTtyConfig"),
        capability("mknod", "Capability::Mknod"),
        capability("lease", "Capability::Lease"),
        capability("audit_write", "Capability::AuditWrite"),
        capability("audit_control", "Capability::AuditControl"),
        capability("setfcap", "Capability::Setfcap"),
        capability("mac_override", "Capability::MacOverride"),
        capability("mac_admin", "Capability::MacAdmin"),
        capability("syslog", "Capability::Syslog"),
        capability("wake_alarm", "Capability::WakeAlarm"),
        capability("block_suspend", "Capability::BlockSuspend"),
        capability("audit_read", "Capability::AuditRead"),
        capability("perfmon", "Capability::Perfmon"),
        capability("bpf", "Capability::Bpf"),
        capability("checkpoint_restore", "Capability::CheckpointRestore"),
    ],
};

const fn capability(name: &'static str, means: &'static str) -> Known {
    Known::new(name, "", Takes::Nothing).or_bare(means)
}
