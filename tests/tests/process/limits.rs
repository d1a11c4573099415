//! Promise 21: `limits` are set before the body runs, soft and hard; what cannot be had is refused
//! before anything is changed, with both numbers. `no_new_privs` holds for the daemon and its
//! children.

use std::{fs, os::unix::fs::MetadataExt};

use daemon_tests::{
    Confined, KERNEL_ERRORS, Limit, NOBODY, Process, Resource, STRANGER, Sandbox, Start, is_root,
    skip,
};
use libc::{RLIM_INFINITY, rlim_t};
use nix::unistd::Uid;

daemon_tests::tests![
    one_number_is_both,
    soft_and_hard_can_differ,
    unlimited_is_no_limit,
    in_the_foreground,
    what_is_not_asked_for_stays,
    a_child_has_them_too,
    root_sets_them_before_it_becomes_a_user,
    a_core_file_that_is_asked_for_can_be_written_by_the_user,
    a_program_that_cannot_be_dumped_stays_so,
    above_the_hard_limit_is_refused_to_a_plain_user,
    unlimited_is_refused_above_a_hard_limit,
    soft_above_hard_is_refused,
    root_raises_the_hard_limit,
    a_limit_that_the_kernel_refuses_to_root_is_told,
    a_plain_user_with_the_capability_raises_the_hard_limit,
    a_limit_above_the_highest_is_refused_before_the_fork,
    setrlimit_fails,
    no_new_privs_is_set_only_when_asked_for,
    no_new_privs_holds_for_children_and_in_the_foreground,
    no_new_privs_for_a_plain_user,
];

const FILES: &str = "Max open files";
const CORE: &str = "Max core file size";

/// Started by whoever runs the tests, with these limits for open files.
fn with_files<'a>(
    confined: &Confined<'a>,
    words: &[&str],
    soft: rlim_t,
    hard: rlim_t,
) -> Start<'a> {
    confined.start(words.iter().copied()).limit(Resource::RLIMIT_NOFILE, soft, hard)
}

fn numbers(soft: u64, hard: u64) -> Limit {
    Limit { soft: Some(soft), hard: Some(hard) }
}

fn one_number_is_both() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(with_files(&confined, &["nofile=512"], 1024, 4096));
    assert_eq!(daemon.limit(FILES), numbers(512, 512));
}

fn soft_and_hard_can_differ() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let words = ["nofile=2000,3000", "core=0"];
    let daemon = confined.daemon(with_files(&confined, &words, 1024, 4096));
    assert_eq!(daemon.limit(FILES), numbers(2000, 3000));
    assert_eq!(daemon.limit(CORE), numbers(0, 0));
}

fn unlimited_is_no_limit() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.start(["core=unlimited"]);
    let daemon = confined.daemon(start.limit(Resource::RLIMIT_CORE, 0, RLIM_INFINITY));
    assert_eq!(daemon.limit(CORE), Limit { soft: None, hard: None });
}

fn in_the_foreground() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = with_files(&confined, &["nofile=512,1024"], 1024, 4096);
    let running = confined.in_foreground(start);
    assert_eq!(running.process().limit(FILES), numbers(512, 1024));
}

fn what_is_not_asked_for_stays() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(with_files(&confined, &["core=0"], 1000, 4000));
    assert_eq!(daemon.limit(FILES), numbers(1000, 4000));
}

fn a_child_has_them_too() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let words = ["nofile=600,700", "shell:ulimit -Sn; ulimit -Hn"];
    confined.daemon(with_files(&confined, &words, 1024, 4096));
    assert_eq!(confined.result("shell:ulimit -Sn; ulimit -Hn"), "600 700");
}

fn root_sets_them_before_it_becomes_a_user() {
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let words = ["nofile=512,1024", "user=nobody"];
    let daemon = confined.daemon(with_files(&confined, &words, 1024, 4096));
    assert_eq!(daemon.limit(FILES), numbers(512, 1024));
    assert_eq!(daemon.users().effective, NOBODY);
}

/// Whether the kernel would write a core file: of a process of which it would not, these files are
/// root's; see PR_SET_DUMPABLE(2const).
fn is_dumpable(daemon: &Process) -> bool {
    let metadata = fs::metadata(format!("/proc/{}/environ", daemon.pid())).expect("a process");
    metadata.uid() == daemon.users().effective
}

/// A change of ids clears the flag that lets the kernel write one.
fn a_core_file_that_is_asked_for_can_be_written_by_the_user() {
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    for (core, dumpable) in [("core=4096", true), ("core=unlimited", true), ("core=0", false)] {
        // As another user in the plan, too.
        for more in [&[][..], &["chdir=/"], &["mode=foreground"]] {
            let sandbox = Sandbox::new();
            let confined = Confined::new(&sandbox);
            let start = confined.start(["user=nobody", core]).args(more);
            let start = start.limit(Resource::RLIMIT_CORE, 0, RLIM_INFINITY);
            if more == ["mode=foreground"] {
                let running = confined.in_foreground(start);
                assert_eq!(is_dumpable(running.process()), dumpable, "{core} {more:?}");
            } else {
                assert_eq!(is_dumpable(&confined.daemon(start)), dumpable, "{core} {more:?}");
            }
        }
    }
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    assert!(!is_dumpable(&confined.daemon(confined.start(["user=nobody"]))));
}

/// As one that the user may not read is not.
fn a_program_that_cannot_be_dumped_stays_so() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    if !is_root() {
        skip!("needs root: hides a program from its user");
    }
    sandbox.owner("", STRANGER, STRANGER);
    sandbox.mode("confined", 0o711);
    let start = confined.start(["uid=61234", "core=unlimited"]).user(STRANGER, STRANGER);
    let start = start.limit(Resource::RLIMIT_CORE, 0, RLIM_INFINITY);
    assert!(!is_dumpable(&confined.daemon(start)));
}

/// Started by a plain user.
fn by_a_user<'a>(sandbox: &'a Sandbox, confined: &Confined<'a>, words: &[&str]) -> Start<'a> {
    // The pidfile of every start is in the sandbox's own directory, which is root's.
    if is_root() {
        sandbox.owner("", STRANGER, STRANGER);
    }
    let start = confined.start(words.iter().copied());
    if is_root() { start.user(STRANGER, STRANGER) } else { start }
}

fn above_the_hard_limit_is_refused_to_a_plain_user() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = by_a_user(&sandbox, &confined, &["nofile=1024,4097"]);
    let uid = if is_root() { STRANGER } else { Uid::effective().as_raw() };
    assert_eq!(
        confined.refusal(start.limit(Resource::RLIMIT_NOFILE, 1024, 4096), 77),
        format!(
            "confined: cannot limit nofile: 4097 is above the hard limit of 4096, which cannot \
             be raised: only root can, and this is uid {uid}: ask for less, or start it as root\n"
        )
    );
    let start = by_a_user(&sandbox, &confined, &["nofile=4096"]);
    let daemon = confined.daemon(start.limit(Resource::RLIMIT_NOFILE, 1024, 4096));
    assert_eq!(daemon.limit(FILES), numbers(4096, 4096));
}

fn unlimited_is_refused_above_a_hard_limit() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = by_a_user(&sandbox, &confined, &["core=unlimited"]);
    let said = confined.refusal(start.limit(Resource::RLIMIT_CORE, 0, 4096), 77);
    assert!(said.contains("unlimited is above the hard limit of 4096,"), "{said}");
}

fn soft_above_hard_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    assert_eq!(
        confined.refusal(confined.start(["nofile=2048,1024"]), 78),
        "confined: cannot limit nofile: 2048 is above the hard limit of 1024: ask for no more than \
         the hard limit\n"
    );
}

/// Whether root may raise hard limits here: not in a container without `CAP_SYS_RESOURCE`.
fn may_raise(sandbox: &Sandbox) -> bool {
    let raise = sandbox.shell("ulimit -Hn 256").limit(Resource::RLIMIT_NOFILE, 128, 128);
    raise.run().code() == 0
}

/// Root in a container often lacks `CAP_SYS_RESOURCE`; then it is refused, as below.
fn root_raises_the_hard_limit() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    if !is_root() {
        skip!("needs root: raises a hard limit");
    }
    let start = with_files(&confined, &["nofile=256,512", "user=nobody"], 128, 128);
    if may_raise(&sandbox) {
        assert_eq!(confined.daemon(start).limit(FILES), numbers(256, 512));
    } else {
        confined.refusal(start, 77);
    }
}

/// Root is refused it too, where it lacks `CAP_SYS_RESOURCE`: in the plan, before any fork.
fn a_limit_that_the_kernel_refuses_to_root_is_told() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    if !is_root() {
        skip!("needs root: is root without CAP_SYS_RESOURCE");
    }
    let start = with_files(&confined, &["nofile=256,512"], 128, 128);
    let start = start.fail(libc::SYS_clone, libc::EPERM);
    let said = confined.refusal(start.under(["setpriv", "--bounding-set=-sys_resource"]), 77);
    assert_eq!(
        said,
        "confined: cannot limit nofile: 512 is above the hard limit of 128, which cannot be \
         raised: that takes CAP_SYS_RESOURCE, which root does not have here: ask for less, or grant it, \
         for example to the container\n"
    );
}

/// The kernel asks for the capability, which systemd can give to a plain user.
fn a_plain_user_with_the_capability_raises_the_hard_limit() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    if !is_root() {
        skip!("needs root: gives a capability to a plain user");
    }
    if !may_raise(&sandbox) {
        return; // there is none to give
    }
    sandbox.owner("", STRANGER, STRANGER);
    let start = with_files(&confined, &["nofile=256,512"], 128, 128).under([
        "setpriv",
        "--reuid=61234",
        "--regid=61234",
        "--clear-groups",
        "--inh-caps=+sys_resource",
        "--ambient-caps=+sys_resource",
    ]);
    assert_eq!(confined.daemon(start).limit(FILES), numbers(256, 512));
}

/// However high the capability reaches: see nr_open in `proc_sys_fs(5)`.
fn a_limit_above_the_highest_is_refused_before_the_fork() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.start(["nofile=1024,1099511627776"]).fail(libc::SYS_clone, libc::EPERM);
    let said = confined.refusal(start, 77);
    assert!(said.starts_with("confined: cannot limit nofile"), "{said}");
    assert!(said.contains("1099511627776") && said.contains("ask for less"), "{said}");
}

/// The C library reads and sets limits by one and the same system call.
fn setrlimit_fails() {
    for (errno, reason, code) in KERNEL_ERRORS {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        for mode in [&[][..], &["mode=foreground"]] {
            let start = confined.start(["nofile=512,1024"]).args(mode);
            let start = start.fail(libc::SYS_setrlimit, errno).fail(libc::SYS_prlimit64, errno);
            let said = confined.refusal(start, code);
            let whole = format!("confined: cannot limit nofile to 512, at most 1024: {reason}");
            assert!(said.starts_with(&whole), "{said}");
        }
    }
}

fn no_new_privs_is_set_only_when_asked_for() {
    for asked in [false, true] {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let daemon = confined.daemon(confined.start(asked.then_some("no_new_privs=true")));
        assert_eq!(daemon.no_new_privs(), asked);
    }
}

fn no_new_privs_holds_for_children_and_in_the_foreground() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let attempt = "shell:grep NoNewPrivs /proc/self/status";
    let running = confined.in_foreground(confined.start(["no_new_privs=true", attempt]));
    assert!(running.process().no_new_privs());
    assert_eq!(confined.result(attempt), "NoNewPrivs: 1");
}

fn no_new_privs_for_a_plain_user() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(by_a_user(&sandbox, &confined, &["no_new_privs=true"]));
    assert!(daemon.no_new_privs());
}
