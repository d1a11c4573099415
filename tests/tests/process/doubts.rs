//! A doubt while the daemon becomes a user ends the start before the body runs: a call that fails, or
//! one that lies. It belongs to the promise of `least_privilege`.

use daemon_tests::{
    Confined, KERNEL_ERRORS, NOBODY, Resource, Sandbox, Signal, Start, fixture,
    in_the_systems_words, skip,
};
use libc::{EACCES, EAGAIN, EDQUOT, EINVAL, ENOSYS, EPERM};

use crate::identity::assert_is;

daemon_tests::tests![
    setgroups_fails,
    setresgid_fails,
    setresuid_fails,
    setresuid_lies,
    capset_fails,
    prctl_fails,
    chdir_fails,
    keyctl_fails,
    without_keyrings_there_is_nothing_to_leave,
    where_no_keyring_can_be_made_the_users_own_does,
    a_keyring_of_roots_that_cannot_be_left_refuses_the_start,
    without_other_calls_that_only_linux_has_it_is_verified_all_the_same,
    a_thread_before_the_drop_is_refused,
    an_exhausted_limit_of_processes_is_found_before_the_body,
    an_ignored_sigchld_is_no_exhausted_limit,
];

/// Each of these errors ends the start with 77 if it is one of permission and with 71 otherwise.
#[track_caller]
fn assert_fails(call: libc::c_long, words: &[&str], says: &str) {
    for (errno, reason, code) in KERNEL_ERRORS {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let whole = format!("confined: {says}: {reason}");
        let said =
            confined.refusal(confined.by_root(words.iter().copied()).fail(call, errno), code);
        assert!(said.starts_with(&whole), "not {whole:?}, but: {said}");
        let in_foreground =
            confined.by_root(words.iter().copied()).arg("mode=foreground").fail(call, errno);
        let said = confined.failure(in_foreground, code);
        assert!(said.starts_with(&whole), "not {whole:?}, but: {said}");
    }
}

fn setgroups_fails() {
    let call = libc::SYS_setgroups;
    assert_fails(call, &["user=nobody"], "cannot become user nobody: setgroups");
    assert_fails(call, &["gid=61299"], "cannot become user 0: setgroups");
    assert_fails(call, &["user=nobody", "chdir=/"], "cannot act with the rights of user nobody");
}

fn setresgid_fails() {
    let says = "cannot become user nobody: setresgid";
    assert_fails(libc::SYS_setresgid, &["user=nobody"], says);
}

fn setresuid_fails() {
    let says = "cannot become user nobody: setresuid";
    assert_fails(libc::SYS_setresuid, &["user=nobody"], says);
}

/// A call that says that it worked, and did nothing, as under a filter for example.
fn setresuid_lies() {
    const NO_ERROR: i32 = 0;
    let lies = [
        (libc::SYS_setresuid, "a user id is another one"),
        (libc::SYS_setresgid, "a group id is another one"),
        (libc::SYS_setgroups, "the list of groups is another one"),
    ];
    for (call, doubt) in lies {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let start = confined.by_root(["user=nobody"]).fail(call, NO_ERROR);
        let said = confined.refusal(start, 71);
        assert_eq!(said, format!("confined: did not fully become user nobody: {doubt}\n"));
    }
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=nobody"]).fail(libc::SYS_capset, NO_ERROR);
    let said = confined.refusal(start.under(["setpriv", "--securebits=+no_setuid_fixup"]), 71);
    assert!(said.contains("did not fully become user nobody: the capabilities are"), "{said}");
}

fn capset_fails() {
    assert_fails(libc::SYS_capset, &["user=nobody"], "cannot become user nobody: capset");
}

fn prctl_fails() {
    for (errno, ..) in KERNEL_ERRORS {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let start = confined.by_root(["user=nobody"]).fail(libc::SYS_prctl, errno);
        let finished = start.run();
        assert!([71, 77].contains(&finished.code()), "{finished:?}");
        assert!(finished.stderr.starts_with("confined: cannot "), "{finished:?}");
        assert_eq!(sandbox.read("report"), "");
        sandbox.assert_nothing_left();
        assert!(!confined.pidfile().exists());
    }
}

fn chdir_fails() {
    assert_fails(libc::SYS_chdir, &["user=nobody", "chdir=/"], "cannot change to the directory /");
}

/// A kernel without keyrings says `ENOSYS`, a container that forbids them `EPERM`: then no key can
/// be read either.
fn keyctl_fails() {
    for (errno, reason) in
        [(EINVAL, "Invalid argument"), (EAGAIN, "Resource temporarily unavailable")]
    {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let start = confined.by_root(["user=nobody"]).fail(libc::SYS_keyctl, errno);
        let said = confined.refusal(start, 71);
        let whole =
            format!("confined: cannot become user nobody: a new session keyring: {reason}\n");
        assert_eq!(said, in_the_systems_words(&whole));
    }
}

/// A kernel without keyrings says `ENOSYS`, a container that forbids them `EPERM`: then no key can
/// be read either.
fn without_keyrings_there_is_nothing_to_leave() {
    for errno in [ENOSYS, EPERM, EACCES, EDQUOT] {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let start = confined.by_root(["user=nobody"]).fail(libc::SYS_keyctl, errno);
        assert_is(&confined.daemon(start), NOBODY, NOBODY, &[NOBODY]);
    }
}

/// What a new session keyring may be refused with, and how that is said.
const NO_NEW_KEYRING: [(i32, &str, i32); 3] = [
    (EDQUOT, "{EDQUOT}: raise kernel.keys.maxkeys and kernel.keys.maxbytes", 71),
    (EACCES, "Permission denied", 71),
    (EPERM, "Operation not permitted", 77),
];

/// Such as a quota that is used up: `/proc/sys/kernel/keys/maxkeys`. A keyring without a name cannot
/// be made.
fn without_a_new_keyring(start: Start<'_>, errno: i32) -> Start<'_> {
    start.fail_given(libc::SYS_keyctl, [(1, 0)], errno)
}

fn where_no_keyring_can_be_made_the_users_own_does() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let of_nobody = [fixture!("with_session_key"), "65534"];
    if sandbox.start("true").under(of_nobody).run().code() != 0 {
        skip!("this kernel has no keyrings, or they are forbidden here");
    }
    for (errno, ..) in NO_NEW_KEYRING {
        let start = confined.by_root(["user=nobody"]).under(of_nobody);
        let daemon = confined.daemon(without_a_new_keyring(start, errno));
        assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);
        sandbox.end(&daemon, Signal::SIGTERM);
    }
}

/// Whoever possesses it reads it, whatever their uid is.
fn a_keyring_of_roots_that_cannot_be_left_refuses_the_start() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let of_root = [fixture!("with_session_key")];
    if sandbox.start("true").under(of_root).run().code() != 0 {
        skip!("this kernel has no keyrings, or they are forbidden here");
    }
    for (errno, reason, code) in NO_NEW_KEYRING {
        let start = confined.by_root(["user=nobody"]).under(of_root);
        let said = confined.refusal(without_a_new_keyring(start, errno), code);
        let whole =
            format!("confined: cannot become user nobody: a new session keyring: {reason}\n");
        assert_eq!(said, in_the_systems_words(&whole));
    }
}

/// A filter, or an old kernel, may lack any of them. What is verified has to be there.
fn without_other_calls_that_only_linux_has_it_is_verified_all_the_same() {
    let needed = [libc::SYS_capget, libc::SYS_capset, libc::SYS_prctl];
    let others = [
        libc::SYS_close_range,
        libc::SYS_keyctl,
        libc::SYS_memfd_create,
        libc::SYS_pidfd_open,
        libc::SYS_prlimit64,
        libc::SYS_signalfd4,
        libc::SYS_statx,
        libc::SYS_unshare,
    ];
    for error in [ENOSYS, EPERM] {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let start = confined.by_root(["user=nobody", "seteuid"]);
        let start = others.iter().fold(start, |start, call| start.fail(*call, error));
        assert_is(&confined.daemon(start), NOBODY, NOBODY, &[NOBODY]);
        assert_eq!(confined.result("seteuid"), "EPERM");
        for call in needed {
            let sandbox = Sandbox::new();
            let confined = Confined::new(&sandbox);
            let finished = confined.by_root(["user=nobody"]).fail(call, error).run();
            assert!([71, 77].contains(&finished.code()), "{finished:?}");
            assert_eq!(sandbox.read("report"), "");
            sandbox.assert_nothing_left();
        }
    }
}

fn a_thread_before_the_drop_is_refused() {
    for mode in [&[][..], &["mode=foreground"]] {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let said =
            confined.refusal(confined.by_root(["user=nobody", "privileged=thread"]).args(mode), 70);
        assert_eq!(
            said,
            "confined: cannot become user nobody: other threads run already: start threads in the \
             body of `main`, not in `privileged`\n"
        );
    }
}

/// setuid(2) of today does not fail then: execve(2) and fork(2) do, later.
fn an_exhausted_limit_of_processes_is_found_before_the_body() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    // Whom no other run of these tests has.
    let number = 100_000 + std::process::id();
    let user = &format!("uid={number}");
    let expected = format!(
        "confined: user {number} cannot have another process, at a limit of 1: Resource \
         temporarily unavailable: raise `limits(nproc = …)`\n"
    );
    let start = confined.by_root([user, "nproc=1"]);
    assert_eq!(confined.refusal(start, 71), expected);
    let start = confined.by_root([user]).limit(Resource::RLIMIT_NPROC, 1, 1);
    assert_eq!(confined.refusal(start, 71), expected);

    let daemon = confined.daemon(confined.by_root([user, "nproc=2", "thread"]));
    assert_is(&daemon, number, number, &[number]);
    assert_eq!(confined.result("thread"), "ok");
}

/// In the foreground it stays ignored, and then no child can be waited for; see wait(2).
fn an_ignored_sigchld_is_no_exhausted_limit() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=nobody"]).ignore(Signal::SIGCHLD);
    let running = confined.in_foreground(start.limit(Resource::RLIMIT_NPROC, 10_000, 10_000));
    assert_is(running.process(), NOBODY, NOBODY, &[NOBODY]);
}
