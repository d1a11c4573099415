//! Promise 38: what `unit` prints runs as it is printed: the service and the socket under the real
//! systemd, which has nothing to say against them.

use std::{ffi::OsString, io::Read, os::unix::ffi::OsStringExt, os::unix::net::UnixStream};

use daemon_tests::{Process, STRANGER, Sandbox};

use crate::printed::{Machine, WWW_DATA, arguments, assert_is_confined};

daemon_tests::tests![
    it_runs_as_its_user_from_the_start,
    it_has_its_groups,
    a_number_without_an_entry_is_a_user_too,
    it_keeps_its_capabilities,
    it_has_its_limits_and_its_log,
    a_program_in_a_home_and_a_log_in_tmp_are_no_obstacle,
    without_a_user_root_stays,
    for_a_step_of_roots_root_stays,
    for_chroot_root_stays,
    for_a_pidfile_of_roots_root_stays,
    in_the_background_it_is_known_too,
    its_arguments_stay_as_they_are,
    its_first_client_starts_it,
];

const RELOADS: &str = "reloads.service";
const STEP: &str = "step_for_root.service";

/// Of 100, what `systemd-analyze security` may find in a unit.
const WITH_USER: u32 = 20;
const WITH_ROOT: u32 = 25;

/// Installs the unit, which systemd must find nothing wrong with, and starts it.
#[track_caller]
fn start(machine: &Machine<'_>, unit: &str, text: &str, exposure: u32) -> Process {
    machine.systemd.unit(unit, text);
    let file = format!("/etc/systemd/system/{unit}");
    let verified = machine.shell(&format!("systemd-analyze verify {file}"));
    assert_eq!((&*verified.stdout, &*verified.stderr), ("", ""), "{text}");
    machine.shell(&format!("systemd-analyze security --offline=yes --threshold={exposure} {file}"));
    machine.systemd.systemctl(["daemon-reload"]).expect_code(0);
    let started = machine.systemd.systemctl(["start", unit]);
    assert_eq!(started.code(), 0, "{text}\n{}", machine.systemd.report(unit));
    machine.systemd.only_process_of(unit)
}

#[track_caller]
fn stop(machine: &Machine<'_>, unit: &str, process: &Process) {
    machine.systemd.systemctl(["stop", unit]).expect_code(0);
    let report = || machine.systemd.report(unit);
    assert_eq!(machine.systemd.show(unit, "ActiveState"), "inactive", "{}", report());
    assert_eq!(machine.systemd.show(unit, "Result"), "success", "{}", report());
    assert!(!process.is_alive());
}

/// Both answers arrive: `done`, then `refused`.
#[track_caller]
fn assert_reloads(machine: &Machine<'_>, unit: &str) {
    for status in [0, 1] {
        let reloaded = machine.systemd.systemctl(["reload", unit]);
        assert_eq!(reloaded.code(), status, "{}", machine.systemd.report(unit));
    }
    let said = machine.systemd.journal(unit);
    assert!(said.contains("the reload was refused: line 3 is wrong"), "{said}");
    assert_eq!(machine.systemd.show(unit, "ActiveState"), "active");
}

/// The steps of `reloads`.
const STEPS: [&str; 3] = ["notify", "events:done,refused", "stop"];

#[track_caller]
fn reloads(machine: &Machine<'_>, options: &[&str]) -> String {
    machine.reloads("systemd", &[options, &STEPS].concat())
}

fn it_runs_as_its_user_from_the_start() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let text = reloads(&machine, &["pidfile=usual", "user=www-data", "stop_timeout=7"]);
    assert!(text.contains("\nUser=www-data\n") && text.contains("\nTimeoutStopSec=12\n"), "{text}");
    let process = start(&machine, RELOADS, &text, WITH_USER);
    assert_is_confined(&process, WWW_DATA, 0);
    assert_eq!(process.capabilities().bounding, 0);
    let pidfile = machine.shell("cat /run/reloads/reloads.pid").stdout;
    assert_eq!(pidfile, format!("{}\n", process.number_inside()));
    assert_reloads(&machine, RELOADS);
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn it_has_its_groups() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("sed -i '/^adm:/s/$/www-data/' /etc/group && id www-data | grep -q adm");
    let process =
        start(&machine, RELOADS, &reloads(&machine, &["user=www-data", "pidfile=none"]), WITH_USER);
    assert_eq!(process.supplementary_groups(), [4, WWW_DATA]);
    stop(&machine, RELOADS, &process);

    let text = reloads(&machine, &["user=www-data", "group=daemon", "pidfile=none"]);
    let process = start(&machine, RELOADS, &text, WITH_USER);
    assert_eq!((process.groups().effective, process.users().effective), (1, WWW_DATA));
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn a_number_without_an_entry_is_a_user_too() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let uid = format!("uid={STRANGER}");
    let process = start(&machine, RELOADS, &reloads(&machine, &["pidfile=usual", &uid]), WITH_ROOT);
    assert_is_confined(&process, STRANGER, 0);
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn it_keeps_its_capabilities() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let options = ["pidfile=usual", "user=www-data", "capability=net_bind_service"];
    let process = start(&machine, RELOADS, &reloads(&machine, &options), WITH_USER);
    assert_is_confined(&process, WWW_DATA, 1 << 10);
    assert_eq!(process.capabilities().bounding, 1 << 10);
    assert_reloads(&machine, RELOADS);
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn it_has_its_limits_and_its_log() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let options = [
        "pidfile=/run/of-reloads/pid",
        "user=www-data",
        "nofile=5000,6000",
        "stderr=usual",
        "core=unlimited",
    ];
    let process = start(&machine, RELOADS, &reloads(&machine, &options), WITH_USER);
    assert_is_confined(&process, WWW_DATA, 0);
    let limit = process.limit("Max open files");
    assert_eq!((limit.soft, limit.hard), (Some(5000), Some(6000)));
    assert_eq!(process.limit("Max core file size").soft, None);
    assert_reloads(&machine, RELOADS);
    let log = machine.shell("cat /var/log/reloads/reloads.log").stdout;
    assert!(
        log.starts_with(
            "reload
answered done
reload
answered refused
"
        ),
        "{log}"
    );
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn a_program_in_a_home_and_a_log_in_tmp_are_no_obstacle() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell(
        "install -D /usr/local/bin/reloads /home/somebody/reloads &&
         install -d -owww-data /srv/own /var/tmp/own",
    );
    let options = ["pidfile=/srv/own/pid", "stderr=/var/tmp/own/log", "user=www-data"];
    let printed =
        machine.systemd.start("/home/somebody/reloads").args(["daemon", "unit", "systemd"]);
    let text = printed.args(options).args(STEPS).run().expect_code(0).stdout;
    let process = start(&machine, RELOADS, &text, WITH_ROOT);
    assert_is_confined(&process, WWW_DATA, 0);
    assert_reloads(&machine, RELOADS);
    let log = machine.shell("cat /var/tmp/own/log").stdout;
    assert!(log.starts_with("reload\n"), "{log}");
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn without_a_user_root_stays() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let text = reloads(&machine, &["pidfile=usual"]);
    assert!(text.contains("\n# - It has no option `user`, so it stays root.\n"), "{text}");
    let process = start(&machine, RELOADS, &text, WITH_ROOT);
    assert_eq!(process.users().effective, 0);
    assert_reloads(&machine, RELOADS);
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn for_a_step_of_roots_root_stays() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let text = machine.step_for_root::<&str>("systemd", &[]);
    assert!(text.contains("\n# - Its step `privileged` is for root.\n"), "{text}");
    assert!(!text.contains("\nUser="), "{text}");
    let process = start(&machine, STEP, &text, WITH_ROOT);
    assert_is_confined(&process, WWW_DATA, 0);
    machine.systemd.systemctl(["reload", STEP]).expect_code(0);
    stop(&machine, STEP, &process);
    machine.off();
}

fn for_chroot_root_stays() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("mkdir -m755 /srv/jail");
    let options = [
        "chroot=/srv/jail",
        "user=www-data",
        "capability=net_bind_service",
        "stderr=/var/log/jailed.log",
        "pidfile=/run/jailed.pid",
    ];
    let text = reloads(&machine, &options);
    assert!(
        text.contains("\n# - Only root can make \"/srv/jail\" its root directory.\n"),
        "{text}"
    );
    let process = start(&machine, RELOADS, &text, WITH_ROOT);
    assert_is_confined(&process, WWW_DATA, 1 << 10);
    assert!(process.root().ends_with("srv/jail"), "{process:?}");
    assert_reloads(&machine, RELOADS);
    let log = machine.shell("cat /var/log/jailed.log").stdout;
    assert!(
        log.contains(
            "
reload
answered refused
"
        ),
        "{log}"
    );
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn for_a_pidfile_of_roots_root_stays() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let text = reloads(&machine, &["pidfile=/run/roots.pid", "user=www-data", "nofile=5000"]);
    assert!(
        text.contains("\n# - Only root can make \"/run/roots.pid\", which `pidfile` names.\n"),
        "{text}"
    );
    let process = start(&machine, RELOADS, &text, WITH_ROOT);
    assert_is_confined(&process, WWW_DATA, 0);
    assert_reloads(&machine, RELOADS);
    stop(&machine, RELOADS, &process);
    machine.off();
}

fn in_the_background_it_is_known_too() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let text =
        reloads(&machine, &["mode=background", "stderr=inherit", "pidfile=usual", "user=www-data"]);
    let process = start(&machine, RELOADS, &text, WITH_USER);
    assert!(!process.is_session_leader(), "{process:?}");
    assert_is_confined(&process, WWW_DATA, 0);
    assert_reloads(&machine, RELOADS);
    stop(&machine, RELOADS, &process);
    machine.off();
}

/// Words that mean something to some reader of a file.
pub(crate) const WORDS: [&str; 16] = [
    "a b",
    "",
    "50%",
    "%n",
    "$HOME",
    "${HOME}",
    "$$",
    "it's",
    "\"quoted\"",
    "back\\slash\\n",
    " ;",
    "#",
    "ü€",
    "<&>",
    "*?[x]",
    "status",
];

fn its_arguments_stay_as_they_are() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let mut words: Vec<OsString> = WORDS.map(OsString::from).to_vec();
    words.extend(["two\nlines", "tab\tbell\u{7}", "\\", ";"].map(OsString::from));
    // As the first one, too, it is no verb.
    words.insert(0, "stop".into());
    let process = start(&machine, STEP, &machine.step_for_root("systemd", &words), WITH_ROOT);
    let mut told = arguments(&process);
    assert_eq!(told.remove(0), "start");
    assert_eq!(told, words);
    stop(&machine, STEP, &process);

    // It runs, although `systemctl show` has no form for such a word.
    let word = OsString::from_vec(b"not\xffUTF-8\xfe".to_vec());
    machine.systemd.unit(STEP, &machine.step_for_root("systemd", &[&word]));
    machine.systemd.systemctl(["daemon-reload"]).expect_code(0);
    machine.systemd.systemctl(["start", STEP]).expect_code(0);
    let mut processes = machine.systemd.processes_of(STEP);
    let process = processes.pop().expect("a process");
    assert_eq!(arguments(&process), [word]);
    machine.systemd.systemctl(["stop", STEP]).expect_code(0);
    assert!(!process.is_alive());

    // The path is not a word like others.
    let path = "/usr/local/bin/of $HOME, 5% & more";
    machine.shell(&format!("cp /usr/local/bin/step_for_root '{path}'"));
    let printed =
        machine.systemd.start(path).args(["unit", "systemd", "$HOME"]).run().expect_code(0);
    let process = start(&machine, STEP, &printed.stdout, WITH_ROOT);
    assert_eq!(process.command_line(), [path, "$HOME"]);
    machine.systemd.systemctl(["reload", STEP]).expect_code(0);
    stop(&machine, STEP, &process);
    machine.off();
}

fn its_first_client_starts_it() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let socket = "step_for_root.socket";
    let [text, service] = ["socket", "systemd"].map(|it| machine.step_for_root::<&str>(it, &[]));
    machine.systemd.unit(socket, &text);
    machine.systemd.unit(STEP, &service);
    let verified = machine.shell(&format!("systemd-analyze verify /etc/systemd/system/{socket}"));
    assert_eq!((&*verified.stdout, &*verified.stderr), ("", ""), "{text}");
    machine.systemd.systemctl(["start", socket]).expect_code(0);
    assert_eq!(machine.systemd.show(STEP, "ActiveState"), "inactive");

    let path = machine.systemd.path("/run/step_for_root.sock");
    let mut connection = UnixStream::connect(path).expect("somebody listens");
    let limit = std::time::Duration::from_secs(20);
    connection.set_read_timeout(Some(limit)).expect("a timeout");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    assert_eq!(answer, "come in\n", "{}", machine.systemd.report(STEP));
    let process = machine.systemd.only_process_of(STEP);
    assert_is_confined(&process, WWW_DATA, 0);
    machine.systemd.systemctl(["stop", socket]).expect_code(0);
    stop(&machine, STEP, &process);
    machine.off();
}
