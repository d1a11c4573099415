//! Promise 12: groups, then gid, then uid, with every id set and every return checked, and a fresh
//! session keyring; then verified by reading back. Any doubt is an abort before the body runs: see
//! `doubts`.

use std::{fs, net::Ipv4Addr, os::unix::fs::MetadataExt};

use daemon_tests::{
    CROWD, Confined, Ids, NOBODY, PIDFILE, Process, STRANGER, Sandbox, Signal, Start, connect,
    fixture, free_privileged_port, is_root, skip,
};
use libc::EPERM;

use crate::identity::assert_is;

daemon_tests::tests![
    from_a_crowd_of_groups_to_nobody,
    to_a_user_with_several_groups,
    to_a_user_by_number,
    to_a_number_without_an_entry,
    to_a_number_written_as_a_name,
    a_name_of_digits_comes_before_the_number,
    to_a_user_with_another_group,
    to_another_group_alone,
    from_root_to_root,
    in_the_foreground,
    without_a_user_nothing_changes,
    inherited_capabilities_go,
    capabilities_that_survive_setuid_go,
    there_is_no_way_back,
    the_wanted_user_has_nothing_to_do,
    the_wanted_user_loses_what_it_has_of_others,
    the_wanted_user_that_cannot_leave_its_groups_is_refused,
    the_wanted_user_without_all_its_groups_is_refused,
    the_wanted_user_with_all_its_groups_has_nothing_to_do,
    a_plain_user_with_the_capabilities_becomes_another,
    root_without_the_capabilities_is_refused,
    another_user_is_refused,
    another_group_is_refused_to_a_user,
    the_wanted_user_by_its_effective_id_alone_is_refused,
    the_wanted_group_by_its_effective_id_alone_is_refused,
    an_unknown_user_is_refused,
    an_unknown_group_is_refused,
    an_unknown_name_that_resembles_none_is_refused,
    the_number_that_means_unchanged_is_refused,
    an_entry_with_the_number_that_means_unchanged_is_refused,
    a_malformed_entry_is_refused,
    a_key_of_roots_session_cannot_be_read,
    the_environment_follows_the_user,
    the_environment_of_a_number_without_an_entry,
    the_environment_of_a_user_with_empty_fields,
    what_root_opened_survives,
    the_pidfile_is_out_of_the_daemons_reach,
    the_pidfile_cannot_be_removed_and_is_no_obstacle,
    the_wanted_user_leaves_the_keyring_of_another,
    a_directory_that_the_user_cannot_enter_is_refused,
    the_directory_is_entered_with_the_users_rights,
    a_number_needs_no_user_database,
];

/// Starts it with a user database of its own, which only it sees: `several` (61235) with groups
/// 61236 and 61237; `61238`, whose uid is another number; `plain` (61241), without a home or a shell;
/// and three whose entries are wrong.
#[track_caller]
fn with_accounts<'a>(sandbox: &Sandbox, start: Start<'a>) -> Start<'a> {
    sandbox.file(
        "passwd",
        0o644,
        "root:x:0:0:root:/root:/bin/sh\n\
         nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n\
         several:x:61235:61235::/home/several:/bin/several-shell\n\
         61238:x:61239:61239::/home/digits:/bin/sh\n\
         plain:x:61241:61241:::\n\
         unchanged:x:4294967295:61242::/:/bin/sh\n\
         in-unchanged:x:61242:4294967295::/:/bin/sh\n\
         malformed:x:many:61243::/:/bin/sh\n",
    );
    sandbox.file(
        "group",
        0o644,
        "root:x:0:\n\
         nogroup:x:65534:\n\
         several:x:61235:\n\
         first:x:61236:nobody,several\n\
         second:x:61237:several\n\
         third:x:61240:\n",
    );
    start.where_mounted("mount --bind passwd /etc/passwd && mount --bind group /etc/group")
}

fn from_a_crowd_of_groups_to_nobody() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(confined.by_root(["user=nobody"]));
    assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);
}

fn to_a_user_with_several_groups() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=several"]);
    let daemon = confined.daemon(with_accounts(&sandbox, start));
    assert_is(&daemon, 61235, 61235, &[61235, 61236, 61237]);
}

fn to_a_user_by_number() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["uid=61235", "variable:USER"]);
    let daemon = confined.daemon(with_accounts(&sandbox, start));
    assert_is(&daemon, 61235, 61235, &[61235, 61236, 61237]);
    assert_eq!(confined.result("variable:USER"), "several");
}

fn to_a_number_without_an_entry() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(confined.by_root(["uid=61234"]));
    assert_is(&daemon, STRANGER, STRANGER, &[STRANGER]);
}

fn to_a_number_written_as_a_name() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let daemon = confined.daemon(confined.by_root(["user=61234", "group=61299"]));
    assert_is(&daemon, STRANGER, 61299, &[61299]);
}

fn a_name_of_digits_comes_before_the_number() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=61238"]);
    let daemon = confined.daemon(with_accounts(&sandbox, start));
    assert_is(&daemon, 61239, 61239, &[61239]);
}

/// As with initgroups(3), the groups that the database has him in stay, and his own group goes.
fn to_a_user_with_another_group() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=several", "group=third"]);
    let daemon = confined.daemon(with_accounts(&sandbox, start));
    assert_is(&daemon, 61235, 61240, &[61236, 61237, 61240]);
}

fn to_another_group_alone() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["gid=61299"]);
    let daemon = confined.daemon(with_accounts(&sandbox, start));
    assert_eq!(daemon.users(), Ids::all(0));
    assert_eq!(daemon.groups(), Ids::all(61299));
    assert_eq!(daemon.supplementary_groups(), [61299]);
}

fn from_root_to_root() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=root"]);
    let daemon = confined.daemon(with_accounts(&sandbox, start));
    assert_eq!(daemon.users(), Ids::all(0));
    assert_eq!(daemon.groups(), Ids::all(0));
    assert_eq!(daemon.supplementary_groups(), [0]);
    let own = Process::find(std::process::id() as i32).expect("ourselves").capabilities();
    assert_eq!(daemon.capabilities().effective, own.effective);
}

fn in_the_foreground() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let running = confined.in_foreground(confined.by_root(["user=nobody"]));
    assert_is(running.process(), NOBODY, NOBODY, &[NOBODY]);
}

fn without_a_user_nothing_changes() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["variable:XDG_RUNTIME_DIR", "find-key"]);
    let daemon = confined.daemon(start.env("XDG_RUNTIME_DIR", "/run/user/0"));
    assert_eq!(daemon.users(), Ids::all(0));
    let mut groups = daemon.supplementary_groups();
    groups.sort_unstable();
    assert_eq!(groups, CROWD);
    assert_eq!(confined.result("variable:XDG_RUNTIME_DIR"), "/run/user/0");
}

/// What root has in its inheritable and ambient sets would come back with the next exec.
fn inherited_capabilities_go() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=nobody", "shell:grep ^Cap /proc/self/status"]);
    let inherited = ["setpriv", "--inh-caps=+net_raw,+chown", "--ambient-caps=+net_raw"];
    let daemon = confined.daemon(start.under(inherited));
    assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);
    let child = confined.result("shell:grep ^Cap /proc/self/status");
    let none = "0000000000000000";
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert!(child.contains(&format!("{set}: {none}")), "{child}");
    }
}

/// With this secure bit, setresuid(2) by itself leaves root's capabilities; see capabilities(7).
fn capabilities_that_survive_setuid_go() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let attempts = ["user=nobody", "setuid", "read:/etc/shadow"];
    let start = confined.by_root(attempts).under(["setpriv", "--securebits=+no_setuid_fixup"]);
    let daemon = confined.daemon(start);
    assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);
    assert_eq!(confined.result("setuid"), "EPERM");
    assert_eq!(confined.result("read:/etc/shadow"), "EACCES");
}

fn there_is_no_way_back() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let attempts = ["setuid", "seteuid", "setgid", "setegid", "setgroups"];
    let start = confined.by_root(attempts).args(["user=nobody", "read:/etc/shadow"]);
    let daemon = confined.daemon(start);
    for attempt in attempts {
        assert_eq!(confined.result(attempt), "EPERM", "{attempt}");
    }
    assert_eq!(confined.result("read:/etc/shadow"), "EACCES");
    assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);
}

/// A directory in which the user may have his pidfile.
fn for_user(sandbox: &Sandbox, user: u32) -> String {
    sandbox.directory("run", 0o755);
    let directory = sandbox.owner("run", user, user);
    format!("pidfile={}", directory.join("daemon.pid").display())
}

fn the_wanted_user_has_nothing_to_do() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let pidfile = for_user(&sandbox, NOBODY);
    let words = ["user=nobody", "variable:HOME", &pidfile];
    let start = confined.start(words).user(NOBODY, NOBODY).env("HOME", "/as/it/was");
    start.run().expect_code(0);
    let daemon = sandbox.process_in("run/daemon.pid");
    assert_is(&daemon, NOBODY, NOBODY, &[]);
    assert_eq!(confined.result("variable:HOME"), "/as/it/was");
}

/// The start, as this user and group, with these groups and capabilities besides.
fn with_more<'a>(start: Start<'a>, user: u32, groups: &str, capabilities: &[&str]) -> Start<'a> {
    let plus: Vec<_> = capabilities.iter().map(|name| format!("+{name}")).collect();
    let groups = match groups {
        "" => "--clear-groups".to_owned(),
        list => format!("--groups={list}"),
    };
    let mut prefix =
        vec!["setpriv".into(), format!("--reuid={user}"), format!("--regid={user}"), groups];
    if !plus.is_empty() {
        let plus = plus.join(",");
        prefix.extend([format!("--inh-caps={plus}"), format!("--ambient-caps={plus}")]);
    }
    start.under(prefix)
}

/// As after a `setpriv` that says too little. Whoever may set groups leaves them, and everybody may
/// give up capabilities.
fn the_wanted_user_loses_what_it_has_of_others() {
    for foreground in [false, true] {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let pidfile = for_user(&sandbox, NOBODY);
        let words = ["user=nobody", "chdir=/", "seteuid", "setgroups", "variable:HOME", &pidfile];
        let capabilities = ["setuid", "setgid", "net_raw", "dac_override"];
        let start = confined.by_root(words).env("HOME", "/as/it/was");
        let start = with_more(start, NOBODY, "0,4,27", &capabilities);
        if foreground {
            let running = confined.in_foreground(start);
            assert_is(running.process(), NOBODY, NOBODY, &[NOBODY]);
        } else {
            start.run().expect_code(0);
            assert_is(&sandbox.process_in("run/daemon.pid"), NOBODY, NOBODY, &[NOBODY]);
        }
        assert_eq!(confined.result("seteuid"), "EPERM");
        assert_eq!(confined.result("setgroups"), "EPERM");
        assert_eq!(confined.result("variable:HOME"), "/as/it/was");
    }
}

fn the_wanted_user_that_cannot_leave_its_groups_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    for mode in ["mode=background", "mode=foreground"] {
        let pidfile = for_user(&sandbox, NOBODY);
        let start = confined.by_root(["user=nobody", mode, &pidfile]);
        let start = with_more(start, NOBODY, "0,70000", &["net_raw"]);
        let said = confined.refusal(start.fail(libc::SYS_clone, EPERM), 77);
        assert_eq!(
            said,
            "confined: cannot become user nobody (uid 65534): this process has groups 0 (root), \
             70000, which that user is not in and which it cannot leave: only root can, and this is \
             uid 65534: start it as root, or without the groups of others\n"
        );
        assert!(!sandbox.join("run/daemon.pid").exists());
    }
}

/// The daemon would find out in the middle of its work, and the same start by root gives it them.
fn the_wanted_user_without_all_its_groups_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let pidfile = for_user(&sandbox, 61235);
    let start = confined.by_root(["user=several", &pidfile]);
    let start = with_more(start, 61235, "61237", &[]);
    let said = confined.refusal(with_accounts(&sandbox, start), 77);
    assert_eq!(
        said,
        "confined: cannot become user several (uid 61235): that user is in group 61236 (first), \
         which this process is not in and cannot join: only root can, and this is uid 61235: start \
         it as root, or with all groups of that user\n"
    );
}

/// Whether getgroups(2) lists the effective group or not.
fn the_wanted_user_with_all_its_groups_has_nothing_to_do() {
    for groups in ["61236,61237", "61235,61236,61237"] {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        let pidfile = for_user(&sandbox, 61235);
        let start = confined.by_root(["user=several", "privileged=thread", &pidfile]);
        let start = with_more(start, 61235, groups, &[]);
        with_accounts(&sandbox, start).run().expect_code(0);
        let daemon = sandbox.process_in("run/daemon.pid");
        assert_eq!(daemon.users(), Ids::all(61235));
        assert_eq!(daemon.capabilities().permitted, 0);
    }
}

/// As under systemd with `AmbientCapabilities=CAP_SETUID CAP_SETGID`.
fn a_plain_user_with_the_capabilities_becomes_another() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    sandbox.owner("", STRANGER, STRANGER);
    sandbox.directory("users", 0o700);
    sandbox.owner("users", NOBODY, NOBODY);
    let words = ["user=nobody", "seteuid", "variable:USER", "stderr=@/users/log", "say:a line"];
    let start = confined.by_root(words);
    let daemon = confined.daemon(with_more(start, STRANGER, "4", &["setuid", "setgid"]));
    assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);
    assert_eq!(confined.result("seteuid"), "EPERM");
    assert_eq!(confined.result("variable:USER"), "nobody");
    let log = sandbox.join("users/log");
    assert_eq!(fs::read_to_string(&log).unwrap(), "a line\n");
    assert_eq!(fs::metadata(&log).unwrap().uid(), NOBODY);
}

/// As in a container: it is refused before anything changes.
fn root_without_the_capabilities_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    for (word, capability, tried) in [
        ("user=nobody", "setuid", "cannot become user nobody (uid 65534): that takes CAP_SETUID"),
        ("user=nobody", "setgid", "cannot change to gid 65534: that takes CAP_SETGID"),
        ("gid=61299", "setgid", "cannot change to gid 61299: that takes CAP_SETGID"),
    ] {
        let start = confined.by_root([word]).fail(libc::SYS_clone, EPERM);
        let without = format!("--bounding-set=-{capability}");
        let said = confined.refusal(start.under(["setpriv", &without]), 77);
        let whole = format!("confined: {tried}, which root does not have here");
        assert!(said.starts_with(&whole), "not {whole:?}, but: {said}");
        assert!(said.ends_with(": grant it, for example to the container\n"), "{said}");
    }
    // It stays who it is, and needs none of them.
    let start = confined.start(["user=root"]).supplementary_groups([0]);
    let start = start.under(["setpriv", "--bounding-set=-setuid,-setgid"]);
    assert_eq!(confined.daemon(start).users(), Ids::all(0));
}

fn another_user_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let pidfile = for_user(&sandbox, STRANGER);
    let start = confined.start(["user=nobody", &pidfile]).user(STRANGER, STRANGER);
    let said = confined.refusal(start, 77);
    assert_eq!(
        said,
        "confined: cannot become user nobody (uid 65534): only root can, and this is uid 61234: \
         start it as root\n"
    );
    assert!(!sandbox.join("run/daemon.pid").exists());
}

fn another_group_is_refused_to_a_user() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    for words in [vec!["gid=61299"], vec!["user=61234", "gid=61299"]] {
        let start = confined.start(words).user(STRANGER, STRANGER);
        assert_eq!(
            confined.refusal(start, 77),
            "confined: cannot change to gid 61299: only root can, and this is uid 61234 with gid \
             61234: start it as root\n"
        );
    }
}

/// As after seteuid(2): there is a way back.
fn the_wanted_user_by_its_effective_id_alone_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=nobody"]);
    let partly = ["setpriv", "--euid=65534", "--regid=65534", "--clear-groups"];
    assert_eq!(
        confined.refusal(start.under(partly), 77),
        "confined: cannot become user nobody (uid 65534) for good: only root can, and the real or \
         the saved uid is another one: start it as root\n"
    );
}

fn the_wanted_group_by_its_effective_id_alone_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = confined.by_root(["user=nobody"]);
    let partly = ["setpriv", "--reuid=65534", "--egid=65534", "--clear-groups"];
    assert_eq!(
        confined.refusal(start.under(partly), 77),
        "confined: cannot change to gid 65534 for good: only root can, and the real or the saved \
         gid is another one: start it as root\n"
    );
}

fn an_unknown_user_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let said = confined.refusal(confined.start(["user=nobdy"]), 67);
    assert_eq!(said, "confined: there is no user nobdy: did you mean nobody?\n");
}

fn an_unknown_group_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let said = confined.refusal(confined.start(["user=nobody", "group=roott"]), 67);
    assert_eq!(said, "confined: there is no group roott: did you mean root?\n");
}

fn an_unknown_name_that_resembles_none_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    for name in ["quetzalcoatlus", "", "-1", "+0", "4294967296", "0x10"] {
        let said = confined.refusal(confined.start([format!("user={name}")]), 67);
        assert!(said.contains(&format!("there is no user {name}")), "{said}");
    }
    let said = confined.refusal(confined.start(["user=quetzalcoatlus"]), 67);
    assert!(said.ends_with("quetzalcoatlus: create it, or choose another user\n"), "{said}");
}

fn the_number_that_means_unchanged_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let number = u32::MAX;
    for (word, id) in [("user=", "uid"), ("uid=", "uid"), ("group=", "gid"), ("gid=", "gid")] {
        let said = confined.refusal(confined.start([format!("{word}{number}")]), 78);
        assert!(said.contains(&format!("{number} is not a valid {id}: ")), "{said}");
        assert!(said.contains("to the kernel it means \"unchanged\""), "{said}");
    }
    // One less is a number like any other.
    if is_root() {
        let daemon = confined.daemon(confined.start([format!("uid={}", number - 1)]));
        assert_is(&daemon, number - 1, number - 1, &[number - 1]);
    }
}

/// A mistake in the database, with which nothing would change.
fn an_entry_with_the_number_that_means_unchanged_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    for (user, id) in [("unchanged", "uid"), ("in-unchanged", "gid")] {
        let start = confined.by_root([format!("user={user}")]);
        let said = confined.refusal(with_accounts(&sandbox, start), 78);
        assert!(said.contains(&format!("4294967295 is not a valid {id}: ")), "{said}");
    }
}

fn a_malformed_entry_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = with_accounts(&sandbox, confined.by_root(["user=malformed"]));
    let said = confined.refusal(start, 67);
    assert_eq!(
        said,
        "confined: there is no user malformed: its line in /etc/passwd is malformed: correct it, \
         or choose another user\n"
    );
}

fn a_key_of_roots_session_cannot_be_read() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let with_key = [fixture!("with_session_key")];
    if sandbox.start("true").under(with_key).run().code() != 0 {
        skip!("this kernel has no keyrings, or they are forbidden here");
    }
    let attempts = ["read-key:SESSION_KEY", "find-key", "end"];
    // It would be there, and readable.
    confined.start(attempts).under(with_key).run().expect_code(0);
    assert_eq!(confined.result("read-key:SESSION_KEY"), "ok");
    assert_eq!(confined.result("find-key"), "ok");
    sandbox.assert_nothing_left();

    sandbox.file("report", 0o666, "");
    let daemon = confined.daemon(
        confined.by_root(["read-key:SESSION_KEY", "find-key"]).arg("user=nobody").under(with_key),
    );
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    assert_eq!(confined.result("read-key:SESSION_KEY"), "EACCES");
    assert_eq!(confined.result("find-key"), "ENOKEY");
}

const VARIABLES: [&str; 18] = [
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "DBUS_SYSTEM_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_SESSION_ID",
    "SSH_CONNECTION",
    "TMPDIR",
    "TEMP",
    "MAIL",
    "KRB5CCNAME",
    "XAUTHORITY",
    "OTHER",
];

/// As in a session of root's.
fn in_roots_session<'a>(confined: &Confined<'a>, user: &str) -> Start<'a> {
    let start = confined.by_root(VARIABLES.map(|name| format!("variable:{name}"))).arg(user);
    VARIABLES.iter().fold(start, |start, name| start.env(name, "of root's session"))
}

/// What became of the variables: the first four, and what is set of the others.
fn variables(confined: &Confined<'_>) -> ([String; 4], Vec<&'static str>) {
    let value = |name: &str| confined.result(&format!("variable:{name}"));
    let first = [0, 1, 2, 3].map(|index| value(VARIABLES[index]));
    let set = VARIABLES[4..].iter().filter(|name| value(name) != "unset");
    (first, set.copied().collect())
}

fn the_environment_follows_the_user() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let start = in_roots_session(&confined, "user=several");
    let start = start.arg("shell:echo $HOME $USER $SSH_AUTH_SOCK");
    confined.daemon(with_accounts(&sandbox, start));
    let expected = ["/home/several", "several", "several", "/bin/several-shell"];
    assert_eq!(variables(&confined), (expected.map(str::to_owned), vec!["OTHER"]));
    let child = confined.result("shell:echo $HOME $USER $SSH_AUTH_SOCK");
    assert_eq!(child, "/home/several several");
}

fn the_environment_of_a_number_without_an_entry() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    confined.daemon(in_roots_session(&confined, "user=61234"));
    let expected = ["/", "unset", "unset", "unset"];
    assert_eq!(variables(&confined), (expected.map(str::to_owned), vec!["OTHER"]));
}

/// What an empty field means, passwd(5) says.
fn the_environment_of_a_user_with_empty_fields() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    confined.daemon(with_accounts(&sandbox, in_roots_session(&confined, "user=plain")));
    let expected = ["/", "plain", "plain", "/bin/sh"];
    assert_eq!(variables(&confined), (expected.map(str::to_owned), vec!["OTHER"]));
}

/// A port that only root may listen on, a log in a directory of root's, and the lock.
fn what_root_opened_survives() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let port = free_privileged_port();
    let log = sandbox.join("daemon.log");
    let start = confined
        .by_root(["user=nobody", "umask=077", "say:from nobody"])
        .arg(format!("privileged=listen:{port}"))
        .args(["stderr=@/daemon.log".to_owned(), format!("bind:{}", port - 1)]);
    let finished = start.run().expect_code(0);
    assert_eq!(
        finished.stdout + &finished.stderr,
        format!("confined: listening on 127.0.0.1:{port}\n")
    );
    let daemon = sandbox.process_in(confined.pidfile());
    assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);

    connect((Ipv4Addr::LOCALHOST, port));
    assert_eq!(confined.result(&format!("bind:{}", port - 1)), "EACCES");

    assert_eq!(sandbox.read("daemon.log"), "from nobody\n");
    let metadata = fs::metadata(&log).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (NOBODY, NOBODY));
    assert_eq!(metadata.mode() & 0o7777, 0o600, "{:o}", metadata.mode());

    let held = daemon.descriptors();
    let pidfile: Vec<_> =
        held.values().filter(|descriptor| descriptor.target == confined.pidfile()).collect();
    assert!(matches!(pidfile[..], [descriptor] if descriptor.holds_flock()), "{held:?}");
    let second = confined.by_root(["user=nobody"]).run().expect_code(75);
    let holder = format!("already running: pid {} holds", daemon.pid());
    assert!(second.stderr.contains(&holder), "{second:?}");
}

fn the_pidfile_is_out_of_the_daemons_reach() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let path = confined.pidfile();
    let path = path.display();
    let attempts = ["write", "lock", "read", "remove", "reopen", "write-through"]
        .map(|attempt| format!("{attempt}:{path}"));
    let daemon = confined.daemon(confined.by_root(attempts.clone()).arg("user=nobody"));
    let results = attempts.map(|attempt| confined.result(&attempt));
    assert_eq!(results, ["EACCES", "EACCES", "EACCES", "EACCES", "EACCES", "EBADF"]);
    assert!(
        !daemon.descriptors().values().any(|descriptor| {
            descriptor.target == confined.pidfile() && descriptor.is_writable()
        })
    );
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", daemon.pid()));
    let metadata = fs::metadata(confined.pidfile()).unwrap();
    assert_eq!((metadata.uid(), metadata.mode() & 0o7777), (0, 0o600));
}

fn the_pidfile_cannot_be_removed_and_is_no_obstacle() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    confined.by_root(["user=nobody", "end"]).run().expect_code(0);
    sandbox.assert_nothing_left();
    assert!(confined.pidfile().exists());
    let daemon = confined.daemon(confined.by_root(["user=nobody"]));
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// As under `setpriv`, which leaves the keyring of whoever called it.
fn the_wanted_user_leaves_the_keyring_of_another() {
    let with_key = fixture!("with_session_key");
    for (with_key, found) in [(vec![with_key], "ENOKEY"), (vec![with_key, "65534"], "ok")] {
        let sandbox = Sandbox::new();
        let confined = Confined::new(&sandbox);
        if sandbox.start("true").under(with_key.clone()).run().code() != 0 {
            skip!("this kernel has no keyrings, or they are forbidden here");
        }
        let pidfile = for_user(&sandbox, NOBODY);
        let start = confined.by_root(["user=nobody", "find-key", &pidfile]);
        let start = with_more(start, NOBODY, "65534", &["net_raw"]).under(with_key);
        start.run().expect_code(0);
        assert_is(&sandbox.process_in("run/daemon.pid"), NOBODY, NOBODY, &[NOBODY]);
        assert_eq!(confined.result("find-key"), found);
    }
}

fn a_directory_that_the_user_cannot_enter_is_refused() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    let directory = sandbox.directory("roots", 0o700);
    let chdir = format!("chdir={}", directory.display());
    let said = confined.refusal(confined.by_root(["user=nobody", &chdir]), 77);
    assert_eq!(
        said,
        format!(
            "confined: cannot change to the directory {}: Permission denied: let uid 65534 enter \
             it, or choose another directory\n",
            directory.display()
        )
    );
}

fn the_directory_is_entered_with_the_users_rights() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    sandbox.directory("nobodys", 0o700);
    let directory = sandbox.owner("nobodys", NOBODY, NOBODY);
    let chdir = format!("chdir={}", directory.display());
    let daemon = confined.daemon(confined.by_root(["user=nobody", &chdir]));
    assert_eq!(daemon.cwd(), directory);
    assert_is(&daemon, NOBODY, NOBODY, &[NOBODY]);
}

/// An image of a container may have none at all.
fn a_number_needs_no_user_database() {
    let sandbox = Sandbox::new();
    let confined = Confined::new(&sandbox);
    sandbox.directory("etc", 0o755);
    let hidden = "mount --bind etc /etc";
    for user in ["uid=61234", "user=61234"] {
        let start = confined.by_root([user, "group=61234"]).where_mounted(hidden);
        let daemon = confined.daemon(start);
        assert_is(&daemon, STRANGER, STRANGER, &[STRANGER]);
        daemon.signal(Signal::SIGKILL);
        daemon.wait_for_death();
        fs::remove_file(confined.pidfile()).expect("its pidfile");
        fs::remove_file(sandbox.join("report")).expect("its report");
    }
    let unknown = confined.refusal(confined.by_root(["user=nobody"]).where_mounted(hidden), 67);
    assert!(unknown.contains("there is no user nobody"), "{unknown}");
}
