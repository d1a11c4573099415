//! Promise 13: `chroot` is followed by `chdir` inside it; names are looked up and logs are opened
//! before it; no descriptor of an outside directory survives it.

use std::{
    fs::{self, File},
    path::Path,
};

use daemon_tests::{
    Confined, Ids, KERNEL_ERRORS, NOBODY, STRANGER, Sandbox, Signal, Start, is_root, skip,
};
use libc::EPERM;

daemon_tests::tests![
    root_and_working_directory_are_inside,
    the_working_directory_can_be_chosen_inside,
    a_working_directory_outside_is_not_one_inside,
    a_link_inside_leads_inside,
    in_the_foreground,
    by_root_who_stays_root,
    there_is_no_way_out,
    an_inherited_directory_does_not_survive,
    an_inherited_directory_is_refused_in_the_foreground,
    a_directory_that_configure_left_open_is_refused,
    a_directory_that_privileged_left_open_is_refused,
    names_are_looked_up_outside,
    a_log_outside_is_written,
    a_log_is_not_made_inside,
    the_pidfile_outside_stays_and_is_no_obstacle,
    a_start_that_fails_inside_leaves_no_pidfile,
    a_missing_directory_is_refused,
    what_is_no_directory_is_refused,
    a_relative_path_inside_is_refused,
    root_without_the_capability_is_refused,
    a_plain_user_with_the_capability_can,
    a_plain_user_is_refused,
    chroot_fails,
    chdir_fails,
];

/// A sandbox with a jail that holds nothing but `jail/inside`, and the fixture.
#[track_caller]
fn with_jail(sandbox: &Sandbox) -> Confined<'_> {
    if !is_root() {
        skip!("needs root: changes the root directory");
    }
    sandbox.directory("jail/inside", 0o755);
    sandbox.mode("jail", 0o755);
    Confined::new(sandbox)
}

fn jailed<'a>(sandbox: &Sandbox, confined: &Confined<'a>, words: &[&str]) -> Start<'a> {
    let chroot = format!("chroot={}", sandbox.join("jail").display());
    confined.start(words.iter().copied()).arg(chroot)
}

fn root_and_working_directory_are_inside() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let start = jailed(&sandbox, &confined, &["user=nobody", "read:/inside"]);
    let daemon = confined.daemon(start);
    assert_eq!(daemon.root(), sandbox.join("jail"));
    assert_eq!(daemon.cwd(), sandbox.join("jail"));
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    assert_eq!(confined.result("read:/inside"), "ok");
}

fn the_working_directory_can_be_chosen_inside() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let daemon = confined.daemon(jailed(&sandbox, &confined, &["user=nobody", "chdir=/inside"]));
    assert_eq!(daemon.root(), sandbox.join("jail"));
    assert_eq!(daemon.cwd(), sandbox.join("jail/inside"));
}

fn a_working_directory_outside_is_not_one_inside() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let said = confined.refusal(jailed(&sandbox, &confined, &["user=nobody", "chdir=/etc"]), 78);
    assert_eq!(
        said,
        format!(
            "confined: cannot change to the directory /etc inside {}: No such file or directory: \
             create it, or choose another directory\n",
            sandbox.join("jail").display()
        )
    );
}

fn a_link_inside_leads_inside() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    sandbox.directory("jail/etc", 0o755);
    std::os::unix::fs::symlink("/etc", sandbox.join("jail/link")).unwrap();
    let start = jailed(&sandbox, &confined, &["user=nobody", "chdir=/link", "read:passwd"]);
    let daemon = confined.daemon(start);
    assert_eq!(daemon.cwd(), sandbox.join("jail/etc"));
    assert_eq!(confined.result("read:passwd"), "ENOENT");
}

fn in_the_foreground() {
    for (chdir, cwd) in [(None, "jail"), (Some("chdir=/inside"), "jail/inside")] {
        let sandbox = Sandbox::new();
        let confined = with_jail(&sandbox);
        let start = jailed(&sandbox, &confined, &["user=nobody", "leave"]);
        let running = confined.in_foreground(start.args(chdir));
        assert_eq!(running.process().root(), sandbox.join("jail"));
        assert_eq!(running.process().cwd(), sandbox.join(cwd));
        assert_eq!(confined.result("leave"), "no way");
    }
}

fn by_root_who_stays_root() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let daemon = confined.daemon(jailed(&sandbox, &confined, &["leave"]));
    assert_eq!(daemon.root(), sandbox.join("jail"));
    assert_eq!(daemon.cwd(), sandbox.join("jail"));
    assert_eq!(daemon.users(), Ids::all(0));
    assert_eq!(confined.result("leave"), "no way");
}

fn there_is_no_way_out() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let log = sandbox.join("daemon.log");
    let words =
        ["user=nobody", "chdir=/inside", "leave", "read:/etc/passwd", "privileged=listen:0"];
    let start = jailed(&sandbox, &confined, &words).arg(format!("stderr={}", log.display()));
    let daemon = confined.daemon(start);
    assert_eq!(confined.result("leave"), "no way");
    assert_eq!(confined.result("read:/etc/passwd"), "ENOENT");
    let directories: Vec<_> = daemon
        .descriptors()
        .into_values()
        .filter(|descriptor| descriptor.target.is_dir())
        .collect();
    assert!(directories.is_empty(), "{directories:?}");
}

fn an_inherited_directory_does_not_survive() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let start = jailed(&sandbox, &confined, &["user=nobody", "leave"]);
    let daemon = confined.daemon(start.descriptor(9, File::open("/").unwrap()));
    assert!(!daemon.descriptors().contains_key(&9));
    assert_eq!(confined.result("leave"), "no way");
}

/// There the descriptors are the supervisor's business, and are left alone.
fn an_inherited_directory_is_refused_in_the_foreground() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let start = jailed(&sandbox, &confined, &["user=nobody", "mode=foreground"]);
    let said = confined.refusal(start.descriptor(9, File::open("/").unwrap()), 70);
    assert_refuses_descriptor(&said, Path::new("/"));
    assert!(said.contains(" descriptor 9 "), "{said}");
}

#[track_caller]
fn assert_refuses_descriptor(said: &str, directory: &Path) {
    let start = "confined: cannot change the root directory: descriptor ";
    let end = format!(
        " is a directory ({}), and so a way out: close it before the launch\n",
        directory.display()
    );
    assert!(said.starts_with(start) && said.ends_with(&end), "{said}");
}

fn a_directory_that_configure_left_open_is_refused() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let said =
        confined.refusal(jailed(&sandbox, &confined, &["user=nobody", "configure=open:/usr"]), 70);
    assert_refuses_descriptor(&said, Path::new("/usr"));
}

fn a_directory_that_privileged_left_open_is_refused() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let said =
        confined.refusal(jailed(&sandbox, &confined, &["user=nobody", "privileged=open:/usr"]), 70);
    assert_refuses_descriptor(&said, Path::new("/usr"));
}

fn names_are_looked_up_outside() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    assert!(!sandbox.join("jail/etc").exists());
    let words = ["user=nobody", "group=daemon", "variable:USER"];
    let daemon = confined.daemon(jailed(&sandbox, &confined, &words));
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    assert_eq!(daemon.groups(), Ids::all(1));
    assert_eq!(confined.result("variable:USER"), "nobody");
}

fn a_log_outside_is_written() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let stderr = format!("stderr={}", sandbox.join("daemon.log").display());
    let start = jailed(&sandbox, &confined, &["user=nobody", "say:from inside", &stderr]);
    confined.daemon(start);
    // The daemon says, once, that it cannot open this log anew.
    let log = sandbox.read("daemon.log");
    let (of_program, of_library) = log.split_once('\n').expect("two lines");
    assert_eq!(of_program, "from inside");
    assert!(of_library.contains("SIGHUP cannot reopen it"), "{log}");
    assert_eq!(of_library.lines().count(), 1, "{log}");
}

fn a_log_is_not_made_inside() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    sandbox.directory("logs", 0o755);
    let same_name_inside =
        sandbox.join("jail").join(sandbox.join("logs").strip_prefix("/").unwrap());
    fs::create_dir_all(&same_name_inside).unwrap();
    let stderr = format!("stderr={}", sandbox.join("logs/daemon.log").display());
    confined.daemon(jailed(&sandbox, &confined, &["user=nobody", &stderr]));
    assert!(sandbox.join("logs/daemon.log").exists());
    assert_eq!(fs::read_dir(same_name_inside).unwrap().count(), 0);
}

fn the_pidfile_outside_stays_and_is_no_obstacle() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    // The name is another file's inside.
    let inside = sandbox.join("jail").join(confined.pidfile().strip_prefix("/").unwrap());
    fs::create_dir_all(inside.parent().unwrap()).unwrap();
    fs::write(&inside, "not a pidfile").unwrap();

    jailed(&sandbox, &confined, &["end"]).run().expect_code(0);
    sandbox.assert_nothing_left();
    assert!(confined.pidfile().exists());
    assert_eq!(fs::read_to_string(inside).unwrap(), "not a pidfile");
    let daemon = confined.daemon(jailed(&sandbox, &confined, &["user=nobody"]));
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// The command, which is outside, removes it.
fn a_start_that_fails_inside_leaves_no_pidfile() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let start = jailed(&sandbox, &confined, &["user=nobody"]).fail(libc::SYS_setresuid, EPERM);
    let said = confined.refusal(start, 77);
    assert!(said.starts_with("confined: cannot become user nobody: setresuid: "), "{said}");
}

/// What is said of a root directory that cannot be had.
#[track_caller]
fn refused(confined: &Confined<'_>, directory: &Path, code: i32) -> String {
    let chroot = format!("chroot={}", directory.display());
    let said = confined.refusal(confined.start([chroot, "user=nobody".to_owned()]), code);
    let start = format!("confined: cannot change the root directory to {}: ", directory.display());
    said.strip_prefix(&start).unwrap_or_else(|| panic!("{said}")).to_owned()
}

fn a_missing_directory_is_refused() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let said = refused(&confined, &sandbox.join("missing"), 78);
    assert_eq!(said, "No such file or directory: create it, or choose another directory\n");
}

fn what_is_no_directory_is_refused() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let said = refused(&confined, &sandbox.file("file", 0o644, ""), 78);
    assert_eq!(said, "it is not a directory: choose another directory\n");
}

fn a_relative_path_inside_is_refused() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let said = confined.refusal(confined.start(["chroot=jail", "chdir=srv", "user=nobody"]), 78);
    let words = "confined: `chdir` is \"srv\": it must be absolute, because a daemon runs in `/`\n";
    assert_eq!(said, words);
}

/// In a container that lacks it, say: it is refused before anything changes.
fn root_without_the_capability_is_refused() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let start = jailed(&sandbox, &confined, &[]).fail(libc::SYS_clone, EPERM);
    assert_eq!(
        confined.refusal(start.under(["setpriv", "--bounding-set=-sys_chroot"]), 77),
        format!(
            "confined: cannot change the root directory to {}: that takes CAP_SYS_CHROOT, which \
             root does not have here: grant it, for example to the container\n",
            sandbox.join("jail").display()
        )
    );
}

/// The kernel asks for the capability, which systemd can give to a plain user.
fn a_plain_user_with_the_capability_can() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    sandbox.owner("", STRANGER, STRANGER);
    let start = jailed(&sandbox, &confined, &[]).under([
        "setpriv",
        "--reuid=61234",
        "--regid=61234",
        "--clear-groups",
        "--inh-caps=+sys_chroot",
        "--ambient-caps=+sys_chroot",
    ]);
    let daemon = confined.daemon(start);
    assert_eq!(daemon.root(), sandbox.join("jail"));
    assert_eq!(daemon.users(), Ids::all(STRANGER));
}

fn a_plain_user_is_refused() {
    let sandbox = Sandbox::new();
    let confined = with_jail(&sandbox);
    let start = jailed(&sandbox, &confined, &[]).user(STRANGER, STRANGER);
    assert_eq!(
        confined.refusal(start, 77),
        format!(
            "confined: cannot change the root directory to {}: only root can, and this is uid \
             61234: start it as root\n",
            sandbox.join("jail").display()
        )
    );
}

/// Each of these errors ends the start with 77 if it is one of permission and with 71 otherwise.
#[track_caller]
fn assert_fails(call: libc::c_long) {
    for (errno, reason, code) in KERNEL_ERRORS {
        let sandbox = Sandbox::new();
        let confined = with_jail(&sandbox);
        for mode in [&[][..], &["mode=foreground"]] {
            let start = jailed(&sandbox, &confined, &["user=nobody"]).args(mode).fail(call, errno);
            let said = confined.failure(start, code);
            let jail = sandbox.join("jail");
            let whole = format!(
                "confined: cannot change the root directory to {}: {reason}\n",
                jail.display()
            );
            assert_eq!(said, whole);
        }
    }
}

fn chroot_fails() {
    assert_fails(libc::SYS_chroot);
}

fn chdir_fails() {
    assert_fails(libc::SYS_chdir);
}
