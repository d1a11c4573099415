//! Promise 14: root creates nothing in a directory that the target user, an ordinary user, or
//! everybody can write, and follows no link of theirs. The pidfile there is refused with the reason; a
//! log there is opened as the user.

use std::{
    ffi::CString,
    fs,
    os::unix::fs::{MetadataExt, lchown, symlink},
    path::{Path, PathBuf},
};

use daemon_tests::{
    Confined, Ids, NOBODY, Process, STRANGER, Sandbox, Signal, Start, in_the_systems_words,
    is_root, skip,
};
use nix::errno::Errno;

daemon_tests::tests![
    a_directory_of_roots_below_one_of_everybodys_is_safe,
    a_group_of_the_systems_is_no_danger,
    a_directory_from_outside_the_user_namespace_is_safe,
    no_pidfile_in_a_directory_of_an_ordinary_user,
    no_pidfile_in_a_directory_that_an_ordinary_group_can_write,
    no_pidfile_in_a_directory_that_an_access_control_list_opens,
    no_pidfile_behind_a_link_of_an_ordinary_user,
    no_log_of_roots_in_a_directory_of_an_ordinary_user,
    no_log_of_roots_behind_a_link_of_an_ordinary_user,
    no_pidfile_in_a_directory_of_the_users,
    no_pidfile_in_a_directory_that_the_user_made_unwritable,
    no_pidfile_in_a_directory_that_the_users_group_can_write,
    no_pidfile_in_a_directory_that_everybody_can_write,
    no_pidfile_in_a_sticky_directory,
    no_pidfile_below_a_directory_of_the_users,
    no_pidfile_below_a_sticky_directory_of_the_users,
    no_pidfile_below_a_directory_that_everybody_can_write,
    no_pidfile_in_a_directory_of_the_users_in_a_sticky_one,
    no_pidfile_behind_a_link_of_the_users,
    no_pidfile_behind_a_link_to_a_directory_of_the_users,
    a_link_of_roots_is_followed,
    no_pidfile_where_everybody_can_write_by_root_who_stays_root,
    no_pidfile_in_the_foreground,
    an_old_pidfile_in_a_directory_of_the_users_is_not_touched,
    a_log_in_a_directory_of_roots_belongs_to_the_user,
    a_log_in_a_directory_of_roots_has_the_mode_that_the_umask_leaves,
    a_log_keeps_the_group_that_its_directory_gives,
    a_log_where_files_have_no_modes_and_owners_is_written,
    a_log_that_root_may_not_give_away_is_refused_for_that_reason,
    a_log_in_a_directory_of_roots_that_is_there_stays_whose_it_is,
    one_log_for_both_outputs,
    a_log_in_a_directory_of_the_users_is_made_by_the_user,
    a_log_in_a_sticky_directory_is_made_by_the_user,
    a_log_behind_a_link_of_the_users_is_made_by_the_user,
    a_log_where_the_user_may_not_write_is_refused,
    a_link_that_the_user_put_in_place_of_the_log_is_not_followed,
    a_file_of_roots_in_place_of_the_log_is_not_written,
    a_file_of_roots_is_not_written_with_capabilities_that_survive_seteuid,
    no_log_where_everybody_can_write_by_root_who_stays_root,
    a_start_that_is_refused_leaves_no_log,
];

fn by_root(sandbox: &Sandbox) -> Confined<'_> {
    if !is_root() {
        skip!("needs root: what root makes, and where, is the question");
    }
    Confined::new(sandbox)
}

/// A directory with this owner, group and mode.
fn directory(sandbox: &Sandbox, name: &str, (user, group): (u32, u32), mode: u32) -> PathBuf {
    sandbox.directory(name, 0o755);
    sandbox.owner(name, user, group);
    sandbox.mode(name, mode)
}

const ROOT: (u32, u32) = (0, 0);
const USER: (u32, u32) = (NOBODY, NOBODY);

/// The start with its pidfile here is refused with this reason, and nothing is made.
#[track_caller]
fn assert_no_pidfile(confined: &Confined<'_>, directory: &Path, words: &[&str], reason: &str) {
    let before = names_in(directory);
    let pidfile = directory.join("users.pid");
    let start = confined.start(words.iter().copied());
    let said = confined.refusal(start.arg(format!("pidfile={}", pidfile.display())), 73);
    assert_eq!(
        said,
        format!(
            "confined: cannot create the pidfile {}: {reason}: choose a directory that only root \
             can write\n",
            pidfile.display()
        )
    );
    assert_eq!(names_in(directory), before);
}

fn names_in(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The start with its pidfile here works.
#[track_caller]
fn assert_pidfile(sandbox: &Sandbox, confined: &Confined<'_>, directory: &Path) {
    let pidfile = directory.join("users.pid");
    let start = confined.start(["user=nobody", &format!("pidfile={}", pidfile.display())]);
    start.run().expect_code(0);
    let metadata = fs::metadata(&pidfile).unwrap();
    assert_eq!((metadata.uid(), metadata.mode() & 0o7777), (0, 0o600));
    assert_eq!(sandbox.process_in(pidfile).users(), Ids::all(NOBODY));
}

/// The sandbox is in a directory such as /tmp.
fn a_directory_of_roots_below_one_of_everybodys_is_safe() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    directory(&sandbox, "tmp", ROOT, 0o1777);
    assert_pidfile(&sandbox, &confined, &directory(&sandbox, "tmp/roots", ROOT, 0o755));
}

/// As /var/log is one of syslog's on Ubuntu: root chooses who is in it.
fn a_group_of_the_systems_is_no_danger() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    assert_pidfile(&sandbox, &confined, &directory(&sandbox, "group", (0, 104), 0o775));
    let log = directory(&sandbox, "logs", (0, 104), 0o775).join("roots.log");
    let stderr = format!("stderr={}", log.display());
    let pidfile = format!("pidfile={}", sandbox.join("group/roots.pid").display());
    confined.start(["say:a line", &stderr, &pidfile]).run().expect_code(0);
    assert_file(&log, ROOT, 0o640, "a line\n");
}

/// There whatever the machine's root owns seems to belong to nobody.
fn a_directory_from_outside_the_user_namespace_is_safe() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    sandbox.owner("", STRANGER, STRANGER);
    directory(&sandbox, "outside", ROOT, 0o755);
    directory(&sandbox, "outside/own", BOB, 0o755);
    let as_root_inside = ["unshare", "--user", "--map-root-user"];
    let inside = |start: Start<'_>| start.user(STRANGER, STRANGER).under(as_root_inside).run();
    if inside(sandbox.start("true")).code() != 0 {
        skip!("needs user namespaces");
    }
    inside(confined.start(["pidfile=@/outside/own/daemon.pid"])).expect_code(0);
    assert_eq!(sandbox.process_in("outside/own/daemon.pid").users(), Ids::all(STRANGER));
}

const BOB: (u32, u32) = (STRANGER, STRANGER);

/// Whoever the daemon becomes, and if it becomes nobody: the owner of a directory could make root
/// write wherever they like.
fn no_pidfile_in_a_directory_of_an_ordinary_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let bobs = directory(&sandbox, "bob", BOB, 0o755);
    let below = directory(&sandbox, "bob/roots", ROOT, 0o755);
    let reason = format!("uid 61234 can write {}", bobs.display());
    for words in [&[][..], &["user=root"], &["user=nobody"], &["mode=foreground"]] {
        assert_no_pidfile(&confined, &bobs, words, &reason);
        assert_no_pidfile(&confined, &below, words, &reason);
    }
}

fn no_pidfile_in_a_directory_that_an_ordinary_group_can_write() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    // The second is `users`, which on some systems everybody is in.
    for group in [61299, 100] {
        let groups = directory(&sandbox, &format!("group-{group}"), (0, group), 0o775);
        let reason = format!("group {group} can write {}", groups.display());
        for words in [&[][..], &["user=nobody"]] {
            assert_no_pidfile(&confined, &groups, words, &reason);
        }
    }
}

/// Where the mode says that a group of root's can write, the list may say that others can, too; see
/// acl(5).
fn no_pidfile_in_a_directory_that_an_access_control_list_opens() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let none = u32::MAX;
    for (index, (tag, number, reason)) in [
        (FOR_USER, STRANGER, "uid 61234 can write"),
        (FOR_GROUP, 61299, "group 61299 can write"),
        (FOR_USER, 0, ""),
        (FOR_GROUP, 4, ""),
    ]
    .into_iter()
    .enumerate()
    {
        let listed = directory(&sandbox, &format!("listed-{index}"), ROOT, 0o755);
        let mut entries =
            [(1, 7, none), (4, 5, none), (tag, 7, number), (0x10, 7, none), (0x20, 5, none)];
        entries.sort_unstable(); // the kernel wants them in the order of their tags
        set_access_control_list(&listed, &entries);
        assert_eq!(fs::metadata(&listed).unwrap().mode() & 0o777, 0o775);
        if reason.is_empty() {
            assert_pidfile(&sandbox, &confined, &listed);
        } else {
            let reason = format!("{reason} {}", listed.display());
            assert_no_pidfile(&confined, &listed, &[], &reason);
            assert_no_pidfile(&confined, &listed, &["user=nobody"], &reason);
        }
    }
}

/// The tags of entries for one user and for one group.
const FOR_USER: u16 = 0x02;
const FOR_GROUP: u16 = 0x08;

/// Each entry is a tag, permissions and a number. Skips the test where there are no such lists.
#[expect(unsafe_code, reason = "setxattr(2) has no safe form")]
fn set_access_control_list(path: &Path, entries: &[(u16, u16, u32)]) {
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, permissions, number) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(permissions.to_le_bytes());
        list.extend(number.to_le_bytes());
    }
    let path = CString::new(path.as_os_str().as_encoded_bytes()).unwrap();
    let name = c"system.posix_acl_access".as_ptr();
    // SAFETY: the call reads two strings, and as many bytes as it is told there are.
    let result =
        unsafe { libc::setxattr(path.as_ptr(), name, list.as_ptr().cast(), list.len(), 0) };
    if Errno::result(result) == Err(Errno::EOPNOTSUPP) {
        skip!("needs a file system with access control lists");
    }
    Errno::result(result).expect("a list");
}

/// Even where only root can write.
fn no_pidfile_behind_a_link_of_an_ordinary_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let roots = directory(&sandbox, "roots", ROOT, 0o755);
    let bobs = directory(&sandbox, "bob", BOB, 0o755);
    symlink(&roots, bobs.join("link")).unwrap();
    let reason = format!("uid 61234 can write {}", bobs.display());
    assert_no_pidfile(&confined, &bobs.join("link"), &[], &reason);
    let link = sandbox.join("link");
    symlink(&roots, &link).unwrap();
    lchown(&link, Some(STRANGER), Some(STRANGER)).unwrap();
    let reason = format!("the link {} belongs to uid 61234", link.display());
    assert_no_pidfile(&confined, &link, &[], &reason);
    assert_no_pidfile(&confined, &link, &["user=nobody"], &reason);
    assert!(names_in(&roots).is_empty());
}

fn no_log_of_roots_in_a_directory_of_an_ordinary_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let bobs = directory(&sandbox, "bob", BOB, 0o755);
    let reason = format!(
        "uid 61234 can write {}: choose a directory that only root can write, or ",
        bobs.display()
    );
    for words in [&[][..], &["user=root"], &["mode=foreground"]] {
        assert_no_log(&confined, &bobs.join("bob.log"), words, &reason);
    }
    // Nor is root's right lent to another user.
    let reason = "Permission denied: ";
    assert_no_log(&confined, &bobs.join("bob.log"), &["user=nobody"], reason);
    assert!(names_in(&bobs).is_empty());
}

/// The log is what the link makes of it: a file in a directory of root's.
fn no_log_of_roots_behind_a_link_of_an_ordinary_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let bobs = directory(&sandbox, "bob", BOB, 0o755);
    let roots = directory(&sandbox, "roots", ROOT, 0o755);
    symlink(&roots, bobs.join("logs")).unwrap();
    let reason = format!("uid 61234 can write {}", bobs.display());
    assert_no_log(&confined, &bobs.join("logs/bob.log"), &[], &reason);
    assert!(names_in(&roots).is_empty());
}

fn no_pidfile_in_a_directory_of_the_users() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let reason = format!("uid 65534 can write {}", users.display());
    assert_no_pidfile(&confined, &users, &["user=nobody"], &reason);
}

/// The owner can give himself the right back.
fn no_pidfile_in_a_directory_that_the_user_made_unwritable() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o555);
    let reason = format!("uid 65534 can write {}", users.display());
    assert_no_pidfile(&confined, &users, &["user=nobody"], &reason);
}

fn no_pidfile_in_a_directory_that_the_users_group_can_write() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let groups = directory(&sandbox, "groups", (0, 61299), 0o775);
    let reason = format!("uid 65534, by its group 61299, can write {}", groups.display());
    assert_no_pidfile(&confined, &groups, &["user=nobody", "gid=61299"], &reason);
}

fn no_pidfile_in_a_directory_that_everybody_can_write() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let open = directory(&sandbox, "open", ROOT, 0o777);
    let reason = format!("everybody can write {}", open.display());
    assert_no_pidfile(&confined, &open, &["user=nobody"], &reason);
}

/// There the user cannot take the file away, but can have put one there before.
fn no_pidfile_in_a_sticky_directory() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let open = directory(&sandbox, "open", ROOT, 0o1777);
    let reason = format!("everybody can write {}", open.display());
    assert_no_pidfile(&confined, &open, &["user=nobody"], &reason);
}

fn no_pidfile_below_a_directory_of_the_users() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let roots = directory(&sandbox, "users/a/b", ROOT, 0o755);
    let reason = format!("uid 65534 can write {}", users.display());
    assert_no_pidfile(&confined, &roots, &["user=nobody"], &reason);
}

/// The owner of a sticky directory may move what is in it.
fn no_pidfile_below_a_sticky_directory_of_the_users() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o1777);
    let roots = directory(&sandbox, "users/roots", ROOT, 0o755);
    let reason = format!("everybody can write {}", users.display());
    assert_no_pidfile(&confined, &roots, &["user=nobody"], &reason);
}

fn no_pidfile_below_a_directory_that_everybody_can_write() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let open = directory(&sandbox, "open", ROOT, 0o777);
    let roots = directory(&sandbox, "open/roots", ROOT, 0o755);
    let reason = format!("everybody can write {}", open.display());
    assert_no_pidfile(&confined, &roots, &["user=nobody"], &reason);
}

/// Such as a directory that the user has made below /tmp, even if root has made one in it.
fn no_pidfile_in_a_directory_of_the_users_in_a_sticky_one() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let sticky = directory(&sandbox, "tmp", ROOT, 0o1777);
    directory(&sandbox, "tmp/users", USER, 0o755);
    let roots = directory(&sandbox, "tmp/users/roots", ROOT, 0o755);
    let reason = format!("everybody can write {}", sticky.display());
    assert_no_pidfile(&confined, &roots, &["user=nobody"], &reason);
}

fn no_pidfile_behind_a_link_of_the_users() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let roots = directory(&sandbox, "roots", ROOT, 0o755);
    let reason = format!("uid 65534 can write {}", users.display());
    for (name, target) in [("absolute", roots.as_path()), ("relative", Path::new("../roots"))] {
        symlink(target, users.join(name)).unwrap();
        assert_no_pidfile(&confined, &users.join(name), &["user=nobody"], &reason);
    }
}

fn no_pidfile_behind_a_link_to_a_directory_of_the_users() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    directory(&sandbox, "users/roots", ROOT, 0o755);
    symlink("users/roots", sandbox.join("link")).unwrap();
    let reason = format!("uid 65534 can write {}", users.display());
    assert_no_pidfile(&confined, &sandbox.join("link"), &["user=nobody"], &reason);
}

/// As /var/run is one to /run.
fn a_link_of_roots_is_followed() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let roots = directory(&sandbox, "roots", ROOT, 0o755);
    for (name, target) in [("absolute", roots.as_path()), ("relative", Path::new("./roots"))] {
        let sub = roots.join(name);
        fs::create_dir(&sub).unwrap();
        symlink(target.join(name), sandbox.join(name)).unwrap();
        assert_pidfile(&sandbox, &confined, &sandbox.join(name));
    }
}

fn no_pidfile_where_everybody_can_write_by_root_who_stays_root() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let open = directory(&sandbox, "open", ROOT, 0o1777);
    let reason = format!("everybody can write {}", open.display());
    assert_no_pidfile(&confined, &open, &[], &reason);
    assert_no_pidfile(&confined, &open, &["user=root"], &reason);
}

fn no_pidfile_in_the_foreground() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let reason = format!("uid 65534 can write {}", users.display());
    assert_no_pidfile(&confined, &users, &["user=nobody", "mode=foreground"], &reason);
}

fn an_old_pidfile_in_a_directory_of_the_users_is_not_touched() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let old = sandbox.file("users/users.pid", 0o644, "4242\n");
    let reason = format!("uid 65534 can write {}", users.display());
    assert_no_pidfile(&confined, &users, &["user=nobody"], &reason);
    assert_eq!(sandbox.read(&old), "4242\n");
    assert_eq!(fs::metadata(old).unwrap().mode() & 0o7777, 0o644);
}

/// Starts a daemon as nobody that writes a line to this log.
#[track_caller]
fn start_with_log(confined: &Confined<'_>, log: &Path) -> Process {
    let stderr = format!("stderr={}", log.display());
    confined.daemon(confined.start(["user=nobody", "umask=077", "say:a line", &stderr]))
}

#[track_caller]
fn assert_file(path: &Path, (user, group): (u32, u32), mode: u32, content: &str) {
    assert_eq!(fs::read_to_string(path).unwrap(), content);
    let metadata = fs::symlink_metadata(path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (user, group));
    assert_eq!(metadata.mode() & 0o7777, mode, "{:o}", metadata.mode());
}

/// The start with this log is refused with this reason.
#[track_caller]
fn assert_no_log(confined: &Confined<'_>, log: &Path, words: &[&str], reason: &str) {
    let start = confined.start(words.iter().copied());
    let said = confined.refusal(start.arg(format!("stderr={}", log.display())), 73);
    let expected = format!("confined: cannot open the log {}: {reason}", log.display());
    assert!(said.starts_with(&expected), "not {expected:?}, but: {said}");
}

fn a_log_in_a_directory_of_roots_belongs_to_the_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let log = directory(&sandbox, "roots", ROOT, 0o755).join("users.log");
    start_with_log(&confined, &log);
    assert_file(&log, USER, 0o600, "a line\n");
}

fn a_log_in_a_directory_of_roots_has_the_mode_that_the_umask_leaves() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let roots = directory(&sandbox, "roots", ROOT, 0o755);
    for (umask, mode) in [("000", 0o666), ("022", 0o644), ("027", 0o640), ("077", 0o600)] {
        for starters in [0, 0o077, 0o177, 0o777] {
            let log = roots.join(format!("{umask}-{starters:o}.log"));
            let stderr = format!("stderr={}", log.display());
            let words = ["user=nobody", &format!("umask={umask}"), "say:a line", &stderr];
            let daemon = confined.daemon(confined.start(words).umask(starters));
            assert_file(&log, USER, mode, "a line\n");
            sandbox.end(&daemon, Signal::SIGTERM);
        }
    }
}

/// As /var/log/journal gives `systemd-journal`, so that its members can read.
fn a_log_keeps_the_group_that_its_directory_gives() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    for group in [4, 0] {
        let name = format!("logs-{group}");
        let log = directory(&sandbox, &name, (0, group), 0o2755).join("users.log");
        let daemon = start_with_log(&confined, &log);
        assert_file(&log, (NOBODY, group), 0o600, "a line\n");
        sandbox.end(&daemon, Signal::SIGTERM);
    }
}

/// As on vfat: what cannot be changed is as it is, and the log is open all the same.
fn a_log_where_files_have_no_modes_and_owners_is_written() {
    for words in [&[][..], &["user=nobody"]] {
        let sandbox = Sandbox::new();
        let confined = by_root(&sandbox);
        let log = directory(&sandbox, "roots", ROOT, 0o755).join("users.log");
        let stderr = format!("stderr={}", log.display());
        let start = confined.start(["umask=022", "say:a line", &stderr]).args(words);
        let start = start.umask(0o077);
        let start = [libc::SYS_fchmod, libc::SYS_fchown]
            .into_iter()
            .fold(start, |start, call| start.fail(call, libc::EPERM));
        confined.daemon(start);
        assert_file(&log, ROOT, 0o600, "a line\n");
    }
}

fn a_log_that_root_may_not_give_away_is_refused_for_that_reason() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let roots = directory(&sandbox, "roots", ROOT, 0o755);
    let stderr = format!("stderr={}", roots.join("users.log").display());
    let start = confined.start(["user=nobody", &stderr]);
    assert_eq!(
        confined.refusal(start.under(["setpriv", "--bounding-set=-chown"]), 77),
        format!(
            "confined: cannot give the log {} to uid 65534: that takes CAP_CHOWN, which root does \
             not have here: Operation not permitted: grant it, for example to the container\n",
            roots.join("users.log").display()
        )
    );
    assert!(names_in(&roots).is_empty());
}

fn a_log_in_a_directory_of_roots_that_is_there_stays_whose_it_is() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    directory(&sandbox, "roots", ROOT, 0o755);
    let log = sandbox.file("roots/users.log", 0o600, "before\n");
    start_with_log(&confined, &log);
    assert_file(&log, ROOT, 0o600, "before\na line\n");
}

fn one_log_for_both_outputs() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let roots = directory(&sandbox, "roots", ROOT, 0o755).join("both.log");
    let users = directory(&sandbox, "users", USER, 0o755).join("both.log");
    for log in [roots, users] {
        let outputs = ["stdout", "stderr"].map(|output| format!("{output}={}", log.display()));
        let start = confined.start(outputs).args(["user=nobody", "umask=077", "say:a line"]);
        let daemon = confined.daemon(start);
        assert_file(&log, USER, 0o600, "a line\n");
        sandbox.end(&daemon, Signal::SIGTERM);
    }
}

fn a_log_in_a_directory_of_the_users_is_made_by_the_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let log = directory(&sandbox, "users", USER, 0o700).join("users.log");
    let daemon = start_with_log(&confined, &log);
    assert_file(&log, USER, 0o600, "a line\n");
    // And yet all is gone that root had.
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    assert_eq!(daemon.supplementary_groups(), [NOBODY]);
}

fn a_log_in_a_sticky_directory_is_made_by_the_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let log = directory(&sandbox, "open", ROOT, 0o1777).join("users.log");
    start_with_log(&confined, &log);
    assert_file(&log, USER, 0o600, "a line\n");
}

fn a_log_behind_a_link_of_the_users_is_made_by_the_user() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let roots = directory(&sandbox, "roots", ROOT, 0o755);
    symlink(&roots, users.join("link")).unwrap();
    assert_no_log(
        &confined,
        &users.join("link/users.log"),
        &["user=nobody"],
        "Permission denied: choose a place that uid 65534 may write",
    );
    assert!(names_in(&roots).is_empty());
}

/// Root does not lend its rights where the user has none.
fn a_log_where_the_user_may_not_write_is_refused() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    directory(&sandbox, "users", USER, 0o755);
    let log = directory(&sandbox, "users/roots", ROOT, 0o755).join("users.log");
    let reason = "Permission denied: choose a place that uid 65534 may write";
    assert_no_log(&confined, &log, &["user=nobody"], reason);
    assert!(!log.exists());
}

fn a_link_that_the_user_put_in_place_of_the_log_is_not_followed() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let victim = sandbox.file("victim", 0o666, "root's\n");
    let new = sandbox.join("new");
    for (name, target) in [("to-victim", &victim), ("to-new", &new)] {
        let log = users.join(name);
        symlink(target, &log).unwrap();
        let reason = in_the_systems_words("{ELOOP}: ");
        assert_no_log(&confined, &log, &["user=nobody"], &reason);
    }
    assert_file(&victim, ROOT, 0o666, "root's\n");
    assert!(!new.exists());
}

fn a_file_of_roots_in_place_of_the_log_is_not_written() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    directory(&sandbox, "users", USER, 0o755);
    let victim = sandbox.file("users/users.log", 0o600, "root's\n");
    assert_no_log(&confined, &victim, &["user=nobody"], "Permission denied: ");
    assert_file(&victim, ROOT, 0o600, "root's\n");
    // Nor by a second name, where that can be made.
    let users = sandbox.join("users");
    fs::hard_link(&victim, users.join("second.log")).unwrap();
    assert_no_log(&confined, &users.join("second.log"), &["user=nobody"], "Permission denied: ");
    assert_file(&victim, ROOT, 0o600, "root's\n");
}

/// With this secure bit, seteuid(2) alone leaves root's right to write every file; see
/// capabilities(7).
fn a_file_of_roots_is_not_written_with_capabilities_that_survive_seteuid() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    directory(&sandbox, "users", USER, 0o755);
    let victim = sandbox.file("users/users.log", 0o600, "root's\n");
    let stderr = format!("stderr={}", victim.display());
    let start = confined.start(["user=nobody", "say:a line", &stderr]);
    let start = start.under(["setpriv", "--securebits=+no_setuid_fixup"]);
    let said = confined.refusal(start, 73);
    assert!(said.contains(": Permission denied: it belongs to uid 0: remove it"), "{said}");
    assert_file(&victim, ROOT, 0o600, "root's\n");
}

fn no_log_where_everybody_can_write_by_root_who_stays_root() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    for (name, mode) in [("open", 0o777), ("sticky", 0o1777)] {
        let open = directory(&sandbox, name, ROOT, mode);
        let reason = format!(
            "everybody can write {}: choose a directory that only root can write, or",
            open.display()
        );
        for (words, instead) in [
            (&[][..], "set `user`"),
            (&["user=root"], "another `user`"),
            (&["mode=foreground"], "set `user`"),
        ] {
            let reason = format!("{reason} {instead}\n");
            assert_no_log(&confined, &open.join("roots.log"), words, &reason);
        }
        assert!(names_in(&open).is_empty());
    }
}

fn a_start_that_is_refused_leaves_no_log() {
    let sandbox = Sandbox::new();
    let confined = by_root(&sandbox);
    let users = directory(&sandbox, "users", USER, 0o755);
    let stdout = format!("stdout={}", users.join("first.log").display());
    let second = users.join("missing/second.log");
    let reason = "No such file or directory: create ";
    assert_no_log(&confined, &second, &["user=nobody", &stdout], reason);
    assert!(names_in(&users).is_empty());
}
