//! Makes chosen system calls fail, as a kernel, a container or a full table would.
//!
//! A seccomp filter (seccomp(2)) is a small program of the classic packet filter that the
//! kernel runs before each system call. It is inherited over fork and exec, so it holds for the
//! command, the daemon and everything below.

use std::mem::offset_of;

use libc::{
    BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_DATA,
    SECCOMP_RET_ERRNO, SECCOMP_RET_TRACE, c_int, c_long, seccomp_data, sock_filter,
};

/// `AUDIT_ARCH_X86_64` of linux/audit.h: `EM_X86_64`, 64 bits, little-endian.
#[cfg(target_arch = "x86_64")]
const ARCH: u32 = 0xC000_003E;
/// `AUDIT_ARCH_AARCH64` of linux/audit.h: `EM_AARCH64`, 64 bits, little-endian.
#[cfg(target_arch = "aarch64")]
const ARCH: u32 = 0xC000_00B7;
/// `AUDIT_ARCH_I386` of linux/audit.h: `EM_386`, little-endian.
#[cfg(target_arch = "x86")]
const ARCH: u32 = 0x4000_0003;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "x86")))]
compile_error!("the harness knows no AUDIT_ARCH for this architecture: add it here");

/// The answer to the calls of another architecture, of which none are expected.
#[cfg(not(target_arch = "x86"))]
const TO_OTHERS: u32 = libc::SECCOMP_RET_KILL_PROCESS;
/// A machine's own tools are of 64 bits where only the tests are of 32.
#[cfg(target_arch = "x86")]
const TO_OTHERS: u32 = SECCOMP_RET_ALLOW;

/// The numbers under which a call is made.
#[cfg(not(any(target_arch = "x86_64", target_arch = "x86")))]
fn numbers(call: c_long) -> Vec<c_long> {
    vec![call]
}

/// The numbers under which a call is made: musl makes processes by fork(2) itself.
#[cfg(target_arch = "x86_64")]
fn numbers(call: c_long) -> Vec<c_long> {
    match call {
        libc::SYS_clone => vec![call, libc::SYS_fork],
        _ => vec![call],
    }
}

/// The numbers under which a call is made: those of ids have two, the first for ids of 16 bits, and
/// fcntl(2) has another for large files.
#[cfg(target_arch = "x86")]
fn numbers(call: c_long) -> Vec<c_long> {
    let another = match call {
        libc::SYS_fchown => libc::SYS_fchown32,
        libc::SYS_fcntl => libc::SYS_fcntl64,
        libc::SYS_setgroups => libc::SYS_setgroups32,
        libc::SYS_setresgid => libc::SYS_setresgid32,
        libc::SYS_setresuid => libc::SYS_setresuid32,
        _ => return vec![call],
    };
    vec![call, another]
}

/// The calls that only Linux has. A filter, or an old kernel, may lack any of them.
pub const LINUX_ONLY: [(&str, c_long); 16] = [
    ("capget", libc::SYS_capget),
    ("capset", libc::SYS_capset),
    ("clone3", libc::SYS_clone3),
    ("close_range", libc::SYS_close_range),
    ("dup3", libc::SYS_dup3),
    ("keyctl", libc::SYS_keyctl),
    ("memfd_create", libc::SYS_memfd_create),
    ("pidfd_open", libc::SYS_pidfd_open),
    ("pidfd_send_signal", libc::SYS_pidfd_send_signal),
    ("prctl", libc::SYS_prctl),
    ("prlimit64", libc::SYS_prlimit64),
    ("rseq", libc::SYS_rseq),
    ("signalfd4", libc::SYS_signalfd4),
    ("statx", libc::SYS_statx),
    ("unshare", libc::SYS_unshare),
    ("waitid", libc::SYS_waitid),
];

/// A call that fails: always, or when these of its arguments, counted from 0, have these values.
#[derive(Debug)]
pub(crate) struct Failing {
    pub(crate) call: c_long,
    pub(crate) given: Vec<(usize, u32)>,
    pub(crate) errno: c_int,
}

/// The calls at which a tracer wants a process to be stopped.
pub(crate) enum Traps {
    /// All but execve(2), with which the tracer's work begins, and restart_syscall(2).
    All,
    Only(Vec<c_long>),
}

/// The filter under which each of these calls fails with its errno and all others work, but stop
/// the process for its tracer if they are among the traps. Empty if it has nothing to do.
pub(crate) fn filter(failing: &[Failing], traps: Option<&Traps>) -> Vec<sock_filter> {
    if failing.is_empty() && traps.is_none() {
        return Vec::new();
    }
    // A number means a call only together with its architecture.
    let mut program =
        vec![load(offset_of!(seccomp_data, arch)), skip_next_if(ARCH), answer(TO_OTHERS)];
    for Failing { call, given, errno } in failing {
        for call in numbers(*call) {
            program.extend([
                load(offset_of!(seccomp_data, nr)),
                skip_unless(call as u32, given.len()),
            ]);
            for (position, &(argument, value)) in given.iter().enumerate() {
                let left = given.len() - 1 - position;
                program.extend([load(low_half(argument)), skip_unless(value, left)]);
            }
            program.push(answer(SECCOMP_RET_ERRNO | (*errno as u32 & SECCOMP_RET_DATA)));
        }
    }
    let (otherwise, calls, at_calls) = match traps {
        None => (SECCOMP_RET_ALLOW, &[][..], SECCOMP_RET_ALLOW),
        // The kernel makes the second one by itself, to go on with another.
        Some(Traps::All) => (
            SECCOMP_RET_TRACE,
            &[libc::SYS_execve, libc::SYS_restart_syscall][..],
            SECCOMP_RET_ALLOW,
        ),
        Some(Traps::Only(calls)) => (SECCOMP_RET_ALLOW, &calls[..], SECCOMP_RET_TRACE),
    };
    program.push(load(offset_of!(seccomp_data, nr)));
    for &call in calls {
        program.extend([skip_unless(call as u32, 0), answer(at_calls)]);
    }
    program.push(answer(otherwise));
    program
}

fn load(offset: usize) -> sock_filter {
    instruction(BPF_LD | BPF_W | BPF_ABS, offset as u32, 0, 0)
}

fn skip_next_if(value: u32) -> sock_filter {
    instruction(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0)
}

/// Skips the answer unless this is so, and before it as many more conditions, of two instructions
/// each.
fn skip_unless(value: u32, conditions: usize) -> sock_filter {
    instruction(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 2 * conditions as u8 + 1)
}

/// Where the lower half of an argument of 64 bits is: all these architectures are little-endian.
fn low_half(argument: usize) -> usize {
    offset_of!(seccomp_data, args) + argument * size_of::<u64>()
}

fn answer(value: u32) -> sock_filter {
    instruction(BPF_RET | BPF_K, value, 0, 0)
}

fn instruction(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: code as u16, jt, jf, k }
}
