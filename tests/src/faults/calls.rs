//! The system calls of a start, and how each of them can fail: the errors that its manual page
//! lists, as far as a start can meet them, and those of a filter or a kernel that lacks the call.

use libc::{
    EACCES, EAGAIN, EBUSY, ECHILD, ECONNREFUSED, EDQUOT, EFBIG, EINTR, EINVAL, EIO, ELOOP, EMFILE,
    ENFILE, ENOBUFS, ENODEV, ENOENT, ENOLCK, ENOMEM, ENOSPC, ENOSYS, EOVERFLOW, EPERM, EPIPE,
    EROFS, ESRCH, c_int, c_long,
};

/// A system call, and how it can fail.
#[derive(Debug)]
pub struct Call {
    /// As the function is called that makes it: which of several such calls a C library makes
    /// differs.
    pub name: &'static str,
    number: c_long,
    pub(super) shown: Shown,
    /// Whose call it is.
    pub group: Group,
    /// What it can fail with.
    pub errors: &'static [c_int],
}

/// Whose call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The launch's own.
    Launch,
    /// Made by the C library or the standard library where they like: its outcome is checked, but
    /// not noted.
    Memory,
}

/// What of its arguments is shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    Nothing,
    /// The path that this argument is.
    Path(usize),
    /// The path in the address that this argument is.
    Address(usize),
    /// The file of the descriptor that this argument is.
    Descriptor(usize),
    /// The command of fcntl(2), and the file.
    CommandOfDescriptor,
    /// This argument, by its name.
    Number(usize, &'static [(c_int, &'static str)]),
}

/// What is known of the call with this number.
pub fn call(number: c_long) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.number == number)
}

const OPTIONS: &[(c_int, &str)] = &[
    (libc::PR_SET_CHILD_SUBREAPER, "PR_SET_CHILD_SUBREAPER"),
    (libc::PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS"),
    (libc::PR_GET_NO_NEW_PRIVS, "PR_GET_NO_NEW_PRIVS"),
    (libc::PR_SET_KEEPCAPS, "PR_SET_KEEPCAPS"),
    (libc::PR_CAP_AMBIENT, "PR_CAP_AMBIENT"),
    (libc::PR_CAPBSET_READ, "PR_CAPBSET_READ"),
    (libc::PR_CAPBSET_DROP, "PR_CAPBSET_DROP"),
    (libc::PR_SET_SECUREBITS, "PR_SET_SECUREBITS"),
    (libc::PR_GET_SECUREBITS, "PR_GET_SECUREBITS"),
    (libc::PR_SET_DUMPABLE, "PR_SET_DUMPABLE"),
    (libc::PR_GET_DUMPABLE, "PR_GET_DUMPABLE"),
];

const SIGNALS: &[(c_int, &str)] = &[
    (libc::SIGHUP, "SIGHUP"),
    (libc::SIGINT, "SIGINT"),
    (libc::SIGTERM, "SIGTERM"),
    (libc::SIGCONT, "SIGCONT"),
    (libc::SIGKILL, "SIGKILL"),
    (libc::SIGCHLD, "SIGCHLD"),
    (libc::SIGPIPE, "SIGPIPE"),
];

const HOW: &[(c_int, &str)] = &[
    (libc::SIG_BLOCK, "SIG_BLOCK"),
    (libc::SIG_UNBLOCK, "SIG_UNBLOCK"),
    (libc::SIG_SETMASK, "SIG_SETMASK"),
];

const NOTHING: &[c_int] = &[];

macro_rules! calls {
    ($($name:ident $number:ident $shown:expr, $group:ident, $errors:expr;)+) => {
        const CALLS: &[Call] = &[$(Call {
            name: stringify!($name),
            number: libc::$number,
            shown: $shown,
            group: Group::$group,
            errors: $errors,
        }),+];
    };
}

use Shown::{Address, CommandOfDescriptor, Descriptor, Nothing, Number, Path};

calls! {
    // Files.
    open SYS_openat Path(1), Launch, &[EACCES, EMFILE, ENFILE, ENOENT, ENOMEM, ENOSPC, EROFS, ELOOP];
    open SYS_open Path(0), Launch, &[EACCES, EMFILE, ENFILE, ENOENT, ENOMEM, ENOSPC, EROFS, ELOOP];
    stat SYS_newfstatat Path(1), Launch, &[EACCES, ENOENT, ENOMEM, EOVERFLOW];
    stat SYS_fstat Descriptor(0), Launch, &[ENOMEM, EOVERFLOW];
    stat SYS_stat Path(0), Launch, &[EACCES, ENOENT, ENOMEM, EOVERFLOW];
    stat SYS_lstat Path(0), Launch, &[EACCES, ENOENT, ENOMEM, EOVERFLOW];
    stat SYS_statx Path(1), Launch, &[EACCES, ENOENT, ENOMEM, ENOSYS];
    statfs SYS_statfs Path(0), Launch, &[EACCES, ENOMEM, ENOSYS];
    statfs SYS_fstatfs Descriptor(0), Launch, &[EIO, ENOSYS];
    access SYS_access Path(0), Launch, &[EACCES, ENOENT, ENOMEM];
    access SYS_faccessat Path(1), Launch, &[EACCES, ENOENT, ENOMEM];
    access SYS_faccessat2 Path(1), Launch, &[EACCES, ENOENT, ENOMEM, ENOSYS, EPERM];
    readlink SYS_readlink Path(0), Launch, &[EACCES, EIO, ENOENT, ENOMEM];
    readlink SYS_readlinkat Path(1), Launch, &[EACCES, EIO, ENOENT, ENOMEM];
    getdents SYS_getdents64 Descriptor(0), Launch, &[EIO, ENOENT];
    getcwd SYS_getcwd Nothing, Launch, &[EACCES, ENOENT, ENOMEM];
    chdir SYS_chdir Path(0), Launch, &[EACCES, EIO, ENOENT, ENOMEM];
    fchdir SYS_fchdir Descriptor(0), Launch, &[EACCES, EIO];
    chroot SYS_chroot Path(0), Launch, &[EACCES, EPERM, ENOMEM];
    mkdir SYS_mkdir Path(0), Launch, &[EACCES, ENOSPC, EROFS];
    unlink SYS_unlink Path(0), Launch, &[EACCES, EBUSY, EIO, EPERM, EROFS];
    unlink SYS_unlinkat Path(1), Launch, &[EACCES, EBUSY, EIO, EPERM, EROFS];
    read SYS_read Descriptor(0), Launch, &[EINTR, EIO];
    pread SYS_pread64 Descriptor(0), Launch, &[EINTR, EIO];
    write SYS_write Descriptor(0), Launch, &[EAGAIN, EINTR, EIO, ENOSPC, EPIPE];
    writev SYS_writev Descriptor(0), Launch, &[EAGAIN, EINTR, EIO, ENOSPC, EPIPE];
    pwrite SYS_pwrite64 Descriptor(0), Launch, &[EINTR, EIO, ENOSPC, EFBIG];
    lseek SYS_lseek Descriptor(0), Launch, &[EINVAL];
    ftruncate SYS_ftruncate Descriptor(0), Launch, &[EINTR, EINVAL, EIO, EPERM];
    fchmod SYS_fchmod Descriptor(0), Launch, &[EIO, EPERM, EROFS];
    fchown SYS_fchown Descriptor(0), Launch, &[EIO, EPERM, EROFS];
    fsync SYS_fsync Descriptor(0), Launch, &[EIO, ENOSPC];
    flock SYS_flock Descriptor(0), Launch, &[EAGAIN, EINTR, ENOLCK, EIO];
    memfd_create SYS_memfd_create Nothing, Launch, &[EMFILE, ENFILE, ENOMEM, ENOSYS, EPERM];

    // Descriptors.
    close SYS_close Descriptor(0), Launch, &[EINTR, EIO];
    close_range SYS_close_range Nothing, Launch, &[EMFILE, ENOMEM, ENOSYS, EPERM];
    dup SYS_dup Descriptor(0), Launch, &[EMFILE];
    dup2 SYS_dup2 Descriptor(0), Launch, &[EBUSY, EINTR, EMFILE];
    dup2 SYS_dup3 Descriptor(0), Launch, &[EBUSY, EINTR, EMFILE];
    fcntl SYS_fcntl CommandOfDescriptor, Launch, &[EINVAL, ENOMEM, EPERM];
    ioctl SYS_ioctl Descriptor(0), Launch, &[EINVAL, EPERM];
    pipe SYS_pipe2 Nothing, Launch, &[EMFILE, ENFILE];
    poll SYS_poll Nothing, Launch, &[EINTR, ENOMEM];
    poll SYS_ppoll Nothing, Launch, &[EINTR, ENOMEM];
    eventfd SYS_eventfd2 Nothing, Launch, &[EMFILE, ENFILE, ENOMEM];
    kcmp SYS_kcmp Nothing, Launch, &[ENOSYS, EPERM];

    // Processes.
    fork SYS_fork Nothing, Launch, &[EAGAIN, ENOMEM, ENOSYS];
    fork SYS_vfork Nothing, Launch, &[EAGAIN, ENOMEM, ENOSYS];
    fork SYS_clone Nothing, Launch, &[EAGAIN, ENOMEM, EPERM];
    fork SYS_clone3 Nothing, Launch, &[EAGAIN, ENOMEM, EPERM, ENOSYS];
    setsid SYS_setsid Nothing, Launch, &[EPERM];
    setpgid SYS_setpgid Nothing, Launch, &[EACCES, EPERM];
    getpgid SYS_getpgid Nothing, Launch, &[EPERM];
    getsid SYS_getsid Nothing, Launch, &[EPERM];
    wait4 SYS_wait4 Nothing, Launch, &[ECHILD, EINTR];
    waitid SYS_waitid Nothing, Launch, &[ECHILD, EINTR, EINVAL];
    pidfd_open SYS_pidfd_open Nothing, Launch, &[EMFILE, ENFILE, ENODEV, ENOMEM, ENOSYS, EPERM];
    pidfd_send_signal SYS_pidfd_send_signal Number(1, SIGNALS), Launch, &[EPERM, ESRCH, ENOSYS];
    prctl SYS_prctl Number(0, OPTIONS), Launch, &[EINVAL, EPERM];
    unshare SYS_unshare Nothing, Launch, &[EINVAL, ENOMEM, EPERM];
    prlimit SYS_prlimit64 Nothing, Launch, &[EINVAL, EPERM];
    umask SYS_umask Nothing, Launch, NOTHING;
    getpid SYS_getpid Nothing, Launch, NOTHING;
    getppid SYS_getppid Nothing, Launch, NOTHING;
    gettid SYS_gettid Nothing, Memory, NOTHING;
    exit SYS_exit Nothing, Memory, NOTHING;
    exit_group SYS_exit_group Nothing, Launch, NOTHING;

    // Signals.
    kill SYS_kill Number(1, SIGNALS), Launch, &[EPERM, ESRCH];
    tgkill SYS_tgkill Number(2, SIGNALS), Launch, &[EAGAIN, EPERM];
    rt_sigaction SYS_rt_sigaction Number(0, SIGNALS), Launch, &[EINVAL];
    rt_sigprocmask SYS_rt_sigprocmask Number(0, HOW), Launch, &[EINVAL];
    rt_sigpending SYS_rt_sigpending Nothing, Launch, &[EPERM, ENOSYS];
    rt_sigtimedwait SYS_rt_sigtimedwait Nothing, Launch, &[EAGAIN, EINTR, ENOSYS];
    signalfd SYS_signalfd4 Nothing, Launch, &[EMFILE, ENFILE, ENODEV, ENOMEM, ENOSYS];
    sigaltstack SYS_sigaltstack Nothing, Memory, &[ENOMEM];

    // Users.
    getuid SYS_getuid Nothing, Launch, NOTHING;
    geteuid SYS_geteuid Nothing, Launch, NOTHING;
    getgid SYS_getgid Nothing, Launch, NOTHING;
    getegid SYS_getegid Nothing, Launch, NOTHING;
    getresuid SYS_getresuid Nothing, Launch, &[EPERM];
    getresgid SYS_getresgid Nothing, Launch, &[EPERM];
    getgroups SYS_getgroups Nothing, Launch, &[EINVAL];
    setgroups SYS_setgroups Nothing, Launch, &[EINVAL, ENOMEM, EPERM];
    setresuid SYS_setresuid Nothing, Launch, &[EAGAIN, EINVAL, EPERM];
    setresgid SYS_setresgid Nothing, Launch, &[EAGAIN, EINVAL, EPERM];
    capget SYS_capget Nothing, Launch, &[EPERM];
    capset SYS_capset Nothing, Launch, &[EPERM];
    keyctl SYS_keyctl Nothing, Launch, &[EACCES, EDQUOT, ENOMEM, ENOSYS, EPERM];

    // Sockets.
    socket SYS_socket Nothing, Launch, &[EACCES, EMFILE, ENFILE, ENOBUFS];
    connect SYS_connect Address(1), Launch, &[EACCES, EAGAIN, ECONNREFUSED, EINTR];
    send SYS_sendto Descriptor(0), Launch, &[EAGAIN, ECONNREFUSED, EINTR, ENOBUFS];
    send SYS_sendmsg Descriptor(0), Launch, &[EAGAIN, ECONNREFUSED, EINTR, ENOBUFS];
    setsockopt SYS_setsockopt Descriptor(0), Launch, &[EINVAL, ENOMEM];
    getsockopt SYS_getsockopt Descriptor(0), Launch, &[ENOBUFS];
    getsockname SYS_getsockname Descriptor(0), Launch, &[ENOBUFS];
    getpeername SYS_getpeername Descriptor(0), Launch, &[ENOBUFS];
    recvfrom SYS_recvfrom Descriptor(0), Launch, &[ECONNREFUSED, EINTR, ENOMEM];

    // What the libraries below do by themselves.
    brk SYS_brk Nothing, Memory, NOTHING;
    mmap SYS_mmap Nothing, Memory, &[ENOMEM];
    munmap SYS_munmap Nothing, Memory, &[ENOMEM];
    mremap SYS_mremap Nothing, Memory, &[ENOMEM];
    mprotect SYS_mprotect Nothing, Memory, &[ENOMEM];
    madvise SYS_madvise Nothing, Memory, &[EINVAL];
    futex SYS_futex Nothing, Memory, NOTHING;
    getrandom SYS_getrandom Nothing, Memory, &[EINTR, ENOSYS];
    set_robust_list SYS_set_robust_list Nothing, Memory, &[ENOSYS];
    rseq SYS_rseq Nothing, Memory, NOTHING;
    sched_yield SYS_sched_yield Nothing, Memory, NOTHING;
    sched_getaffinity SYS_sched_getaffinity Nothing, Memory, NOTHING;
    clock_nanosleep SYS_clock_nanosleep Nothing, Memory, &[EINTR];
    nanosleep SYS_nanosleep Nothing, Memory, &[EINTR];
}
