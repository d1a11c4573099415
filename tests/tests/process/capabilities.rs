//! Promise 22: `capabilities` stay when root becomes a user, ambient and so for the programs that
//! the daemon executes too; all others are gone, from the bounding set as well.

use daemon_tests::{
    Capabilities, Confined, Ids, KERNEL_ERRORS, NOBODY, STRANGER, Sandbox, free_privileged_port,
};

daemon_tests::tests![
    the_named_one_stays_and_all_others_go,
    several_stay,
    it_is_power_in_the_body,
    a_program_that_is_executed_has_it_too,
    in_the_foreground,
    what_was_inherited_goes,
    with_no_new_privs,
    without_a_user_they_are_refused,
    for_root_they_are_refused,
    a_plain_user_without_them_is_refused,
    a_plain_user_who_has_them_keeps_them,
    a_plain_user_keeps_no_others,
    one_that_root_does_not_have_is_refused,
    root_that_cannot_limit_the_bounding_set_is_refused,
    capset_fails,
    prctl_fails,
];

/// `CAP_SETUID` and `CAP_NET_BIND_SERVICE` of linux/capability.h.
const SETUID: u64 = 1 << 7;
const NET_BIND_SERVICE: u64 = 1 << 10;

const BIND: [&str; 2] = ["user=nobody", "capability=net_bind_service"];

/// Each set is this one.
fn all(set: u64) -> Capabilities {
    Capabilities { inheritable: set, permitted: set, effective: set, bounding: set, ambient: set }
}

fn the_named_one_stays_and_all_others_go() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let attempts = ["setuid", "setgid", "setgroups", "read:/etc/shadow"];
    let daemon = confined.daemon(confined.by_root(BIND).args(attempts));
    assert_eq!(daemon.capabilities(), all(NET_BIND_SERVICE));
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    assert_eq!(daemon.groups(), Ids::all(NOBODY));
    assert_eq!(daemon.supplementary_groups(), [NOBODY]);
    for attempt in ["setuid", "setgid", "setgroups"] {
        assert_eq!(confined.result(attempt), "EPERM", "{attempt}");
    }
    assert_eq!(confined.result("read:/etc/shadow"), "EACCES");
}

fn several_stay() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(confined.by_root(BIND).arg("capability=setuid"));
    assert_eq!(daemon.capabilities(), all(NET_BIND_SERVICE | SETUID));
    assert_eq!(daemon.users(), Ids::all(NOBODY));
}

fn it_is_power_in_the_body() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let attempt = format!("bind:{}", free_privileged_port());
    confined.daemon(confined.by_root(BIND).arg(&attempt));
    assert_eq!(confined.result(&attempt), "ok");
}

fn a_program_that_is_executed_has_it_too() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let attempt = "shell:grep ^Cap /proc/self/status";
    confined.daemon(confined.by_root(BIND).arg(attempt));
    let set = format!("{NET_BIND_SERVICE:016x}");
    assert_eq!(
        confined.result(attempt),
        format!("CapInh: {set} CapPrm: {set} CapEff: {set} CapBnd: {set} CapAmb: {set}")
    );
}

fn in_the_foreground() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let running = confined.in_foreground(confined.by_root(BIND));
    assert_eq!(running.process().capabilities(), all(NET_BIND_SERVICE));
}

fn what_was_inherited_goes() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(BIND).under([
        "setpriv",
        "--inh-caps=+net_raw,+setuid",
        "--ambient-caps=+net_raw",
        "--securebits=+no_setuid_fixup",
    ]);
    assert_eq!(confined.daemon(start).capabilities(), all(NET_BIND_SERVICE));
}

fn with_no_new_privs() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(confined.by_root(BIND).arg("no_new_privs=true"));
    assert_eq!(daemon.capabilities(), all(NET_BIND_SERVICE));
    assert!(daemon.no_new_privs());
}

fn without_a_user_they_are_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let expected = "confined: `capabilities` are what stays when root becomes `user`, and there is \
                    none: set `user`\n";
    let start = confined.start(["capability=net_bind_service"]);
    assert_eq!(confined.refusal(start, 78), expected);
    let start = confined.start(["capability=net_bind_service", "gid=61299"]);
    assert_eq!(confined.refusal(start, 78), expected);
}

fn for_root_they_are_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    for user in ["user=root", "uid=0"] {
        let start = confined.start([user, "capability=net_bind_service"]);
        assert_eq!(
            confined.refusal(start, 78),
            "confined: `capabilities` are what stays when root becomes another user, and `user` is \
             root: choose another user\n"
        );
    }
}

fn a_plain_user_without_them_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let words = ["uid=61234", "capability=net_bind_service"];
    let start = confined.start(words).user(STRANGER, STRANGER);
    assert_eq!(
        confined.refusal(start, 77),
        "confined: cannot keep CAP_NET_BIND_SERVICE, which uid 61234 does not have: start it as \
         root\n"
    );
}

/// As under systemd with `AmbientCapabilities=`, where there is nothing left to do.
fn a_plain_user_who_has_them_keeps_them() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    sandbox.owner("", STRANGER, STRANGER);
    let attempt = format!("bind:{}", free_privileged_port());
    let words = ["uid=61234", "capability=net_bind_service"];
    let start = confined.start(words).arg(&attempt).under([
        "setpriv",
        "--reuid=61234",
        "--regid=61234",
        "--clear-groups",
        "--inh-caps=+net_bind_service",
        "--ambient-caps=+net_bind_service",
    ]);
    let daemon = confined.daemon(start);
    assert_eq!(daemon.users(), Ids::all(STRANGER));
    let capabilities = daemon.capabilities();
    assert_eq!(capabilities.effective, NET_BIND_SERVICE);
    assert_eq!(capabilities.ambient, NET_BIND_SERVICE);
    assert_eq!(confined.result(&attempt), "ok");
}

/// In a container that lacks it, say.
fn one_that_root_does_not_have_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(BIND).fail(libc::SYS_clone, libc::EPERM);
    assert_eq!(
        confined.refusal(start.under(["setpriv", "--bounding-set=-net_bind_service"]), 77),
        "confined: cannot keep CAP_NET_BIND_SERVICE, which root does not have here: grant it, for \
         example to the container\n"
    );
}

fn root_that_cannot_limit_the_bounding_set_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(BIND).fail(libc::SYS_clone, libc::EPERM);
    assert_eq!(
        confined.refusal(start.under(["setpriv", "--bounding-set=-setpcap"]), 77),
        "confined: cannot limit user nobody to `capabilities`: the others would stay in the \
         bounding set: that takes CAP_SETPCAP, which root does not have here: grant it, for \
         example to the container\n"
    );
}

/// As under systemd with more in `AmbientCapabilities=` than the program asks for.
fn a_plain_user_keeps_no_others() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    sandbox.owner("", STRANGER, STRANGER);
    let start = confined.start(["uid=61234", "capability=net_bind_service", "setuid"]).under([
        "setpriv",
        "--reuid=61234",
        "--regid=61234",
        "--clear-groups",
        "--inh-caps=+net_bind_service,+setuid,+net_raw",
        "--ambient-caps=+net_bind_service,+setuid,+net_raw",
    ]);
    let daemon = confined.daemon(start);
    assert_eq!(daemon.users(), Ids::all(STRANGER));
    let bounding = daemon.capabilities().bounding;
    assert_eq!(daemon.capabilities(), Capabilities { bounding, ..all(NET_BIND_SERVICE) });
    assert_eq!(confined.result("setuid"), "EPERM");
}

fn capset_fails() {
    for (errno, _, code) in KERNEL_ERRORS {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let start = confined.by_root(BIND).fail(libc::SYS_capset, errno);
        let said = confined.refusal(start, code);
        assert!(said.starts_with("confined: cannot become user nobody: capset: "), "{said}");
    }
}

/// Without it, nothing stays over the change of the user, and the bounding set cannot be limited.
fn prctl_fails() {
    for (errno, ..) in KERNEL_ERRORS {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        for mode in [None, Some("mode=foreground")] {
            let start = confined.by_root(BIND).args(mode).fail(libc::SYS_prctl, errno);
            let finished = start.run();
            assert!([71, 77].contains(&finished.code()), "{finished:?}");
            assert!(finished.stderr.starts_with("confined: cannot "), "{finished:?}");
            assert_eq!(sandbox.read("report"), "");
            sandbox.assert_nothing_left();
        }
    }
}
