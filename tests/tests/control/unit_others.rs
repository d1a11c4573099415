//! Promise 38: what `unit` prints runs as it is printed: under other real supervisors, and by the real
//! logrotate.

use std::{ffi::OsString, fs, os::unix::fs::MetadataExt};

use daemon_tests::{Process, Running, Sandbox, Signal, require_program};

use crate::{
    printed::{Machine, WWW_DATA, arguments, assert_is_confined},
    unit_systemd::WORDS,
};

daemon_tests::tests![
    supervisord_runs_it,
    runit_runs_it,
    s6_runs_it_and_learns_of_its_readiness,
    openrc_runs_it,
    logrotate_turns_its_log,
    logrotate_turns_the_log_of_a_user,
    logrotate_takes_a_log_of_any_name,
    logrotate_copies_the_log_of_one_in_a_jail,
];

/// The one process of `step_for_root`, which this supervisor has started, with these arguments.
#[track_caller]
fn supervised(machine: &Machine<'_>, supervisor: &str, words: &[OsString]) -> Process {
    let of_fixture = |process: &Process| process.is_called("step_for_root");
    let process = machine.sandbox.wait_for("it has become its user", || {
        let mut processes = machine.sandbox.processes();
        processes.retain(of_fixture);
        let [process] = <[Process; 1]>::try_from(processes).ok()?;
        (process.users().effective == WWW_DATA).then_some(process)
    });
    let parent = Process::find(process.ppid()).expect("a parent");
    assert_eq!(parent.comm(), supervisor);
    machine
        .sandbox
        .wait_until("it has given up all rights", || process.capabilities().permitted == 0);
    assert_is_confined(&process, WWW_DATA, 0);
    assert_eq!(arguments(&process), words);
    process
}

/// The supervisor has been told to end, and does so.
#[track_caller]
fn end(machine: Machine<'_>, mut supervisor: Running<'_>) {
    supervisor.wait();
    drop(supervisor);
    machine.off();
}

fn words() -> Vec<OsString> {
    WORDS.map(OsString::from).to_vec()
}

fn supervisord_runs_it() {
    require_program("supervisord", "supervisor");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("rm -f /etc/supervisor/conf.d/*");
    let text = machine.step_for_root("supervisord", &words());
    machine.write("/etc/supervisor/conf.d/step_for_root.conf", &text);
    let configuration = "/etc/supervisor/supervisord.conf";
    let start = machine.systemd.start("supervisord").args(["-n", "-c", configuration]);
    let mut supervisord = start.spawn();
    supervisord.wait_for_text("success: step_for_root entered RUNNING state");
    let process = supervised(&machine, "supervisord", &words());
    machine.shell("supervisorctl stop step_for_root");
    assert!(!process.is_alive());
    let log = supervisord.stdout();
    assert!(log.contains("stopped: step_for_root (exit status 0)"), "{log}");
    machine.shell("supervisorctl shutdown");
    end(machine, supervisord);
}

fn runit_runs_it() {
    require_program("runsvdir", "runit");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("mkdir -p /etc/service && rm -rf /etc/service/*");
    let text = machine.step_for_root("runit", &words());
    machine.write("/etc/sv/step_for_root/run", &text);
    machine.shell("ln -s /etc/sv/step_for_root /etc/service/");
    let runsvdir = machine.systemd.start("runsvdir").arg("/etc/service").spawn();
    let process = supervised(&machine, "runsv", &words());
    machine.shell("sv -w 15 stop step_for_root");
    assert!(!process.is_alive());
    machine.shell("sv exit step_for_root");
    let runs = |process: &Process| process.is_called("runsvdir");
    let process = sandbox.processes().into_iter().find(runs).expect("runsvdir");
    process.signal(Signal::SIGHUP);
    end(machine, runsvdir);
}

fn s6_runs_it_and_learns_of_its_readiness() {
    require_program("s6-svscan", "s6");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let text = machine.step_for_root("s6", &words());
    for is_told in [false, true] {
        machine.shell("rm -rf /run/service");
        machine.write("/run/service/step_for_root/run", &text);
        if is_told {
            machine.shell("echo 3 > /run/service/step_for_root/notification-fd");
        }
        let mut svscan = machine.systemd.start("s6-svscan").arg("/run/service").spawn();
        let process = supervised(&machine, "s6-supervise", &words());
        if is_told {
            machine.shell("s6-svwait -U -t 15000 /run/service/step_for_root");
            let status = machine.shell("s6-svstat /run/service/step_for_root").stdout;
            assert!(status.starts_with("up ") && status.contains(" ready "), "{status}");
        }
        machine.shell("s6-svc -wD -d /run/service/step_for_root");
        assert!(!process.is_alive());
        machine.shell("s6-svscanctl -t /run/service");
        svscan.wait();
    }
    machine.off();
}

fn openrc_runs_it() {
    require_program("openrc-run", "openrc");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    // As openrc(8) leaves it behind when it has booted.
    let states = "daemons exclusive failed hotplugged inactive options scheduled started starting stopping \
                  tmp wasinactive";
    machine.shell(&format!(
        "mkdir -p /run/openrc && cd /run/openrc && mkdir {states} && touch softlevel deptree"
    ));
    // It lets no other variable through, such as the mark of the sandbox.
    machine.shell("echo 'rc_env_allow=\"DAEMON_TESTS_ID\"' >> /etc/rc.conf");
    let text = machine.step_for_root("openrc", &words());
    machine.write("/etc/init.d/step_for_root", &text);
    machine.shell("/etc/init.d/step_for_root --nodeps start");
    let process = supervised(&machine, "supervise-daemo", &words());
    machine.shell("/etc/init.d/step_for_root --nodeps status");
    machine.shell("/etc/init.d/step_for_root --nodeps stop");
    assert!(!process.is_alive());
    machine.off();
}

// logrotate(8)

/// Starts `reloads` in the background, as root, with these options.
#[track_caller]
fn in_the_background(machine: &Machine<'_>, options: &[&str]) -> Process {
    let words = ["notify", "events:done", "stop"];
    machine.start("reloads").args(options.iter().chain(&words)).run().expect_code(0);
    let of_fixture = |process: &Process| process.is_called("reloads");
    machine.sandbox.wait_for("there is one daemon", || {
        let mut processes = machine.sandbox.processes();
        processes.retain(of_fixture);
        <[Process; 1]>::try_from(processes).ok().map(|[process]| process)
    })
}

/// Has logrotate turn what the file that is printed for these options says: then the daemon writes to
/// a new log. Gives the mode, the owner and the group of that.
#[track_caller]
fn turn(machine: &Machine<'_>, options: &[&str], daemon: &Process, log: &str) -> (u32, u32, u32) {
    let before = inode_of_stderr(daemon);
    install_for_logrotate(machine, options);
    let turned = machine.shell(LOGROTATE);
    assert_eq!(turned.stderr, "");
    assert!(turned.stdout.starts_with("reloads: reloaded"), "{turned:?}");
    let now = inode_of_stderr(daemon);
    let made = machine.systemd.path(log).metadata().expect("a new log");
    assert!(now != before && now == made.ino(), "it was {before}, and is {now}, not {made:?}");
    (made.mode() & 0o7777, made.uid(), made.gid())
}

const LOGROTATE: &str = "logrotate --force --state /run/logrotate.state /etc/logrotate.d/reloads";

#[track_caller]
fn install_for_logrotate(machine: &Machine<'_>, options: &[&str]) {
    let text = machine.reloads("logrotate", options);
    machine.write("/etc/logrotate.d/reloads", &text);
    machine.shell("chmod 644 /etc/logrotate.d/reloads");
}

fn inode_of_stderr(daemon: &Process) -> u64 {
    fs::metadata(format!("/proc/{}/fd/2", daemon.pid())).expect("standard error").ino()
}

#[track_caller]
fn end_daemon(machine: Machine<'_>, daemon: &Process) {
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    machine.off();
}

fn logrotate_turns_its_log() {
    require_program("logrotate", "logrotate");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let options = ["pidfile=usual", "stderr=usual", "mode=background"];
    let daemon = in_the_background(&machine, &options);
    let log = "/var/log/reloads.log";
    machine.shell(&format!("echo old >> {log}"));
    assert_eq!(turn(&machine, &options, &daemon, log), (0o640, 0, 0));
    let said = machine.shell(&format!("cat {log}")).stdout;
    assert!(!said.contains("old"), "{said}");
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();

    // It does not run, and that is no error.
    machine.shell(&format!("echo more >> {log} && rm /run/logrotate.state"));
    machine.shell(LOGROTATE);
    assert!(machine.shell(&format!("zcat {log}.1.gz")).stdout.ends_with("more\n"));
    machine.off();
}

/// Who could not make a log in that directory.
fn logrotate_turns_the_log_of_a_user() {
    require_program("logrotate", "logrotate");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let options =
        ["pidfile=usual", "stderr=usual", "user=www-data", "mode=background", "umask=077"];
    let daemon = in_the_background(&machine, &options);
    let log = "/var/log/reloads.log";
    machine.shell(&format!("echo old >> {log} && chown root: {log}"));
    assert_eq!(turn(&machine, &options, &daemon, log), (0o600, WWW_DATA, WWW_DATA));
    end_daemon(machine, &daemon);
}

fn logrotate_takes_a_log_of_any_name() {
    require_program("logrotate", "logrotate");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let log = "/var/log/a \"b\" [c]*? it's\\d,$e.log";
    let option = format!("stderr={log}");
    let options = ["pidfile=usual", &option, "mode=background"];
    let daemon = in_the_background(&machine, &options);
    fs::write(machine.systemd.path(log), "old\n").expect("a log");
    turn(&machine, &options, &daemon, log);
    end_daemon(machine, &daemon);
}

fn logrotate_copies_the_log_of_one_in_a_jail() {
    require_program("logrotate", "logrotate");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("mkdir -m755 /srv/jail");
    let log = "/var/log/jailed.log";
    let options =
        ["pidfile=usual", "stderr=/var/log/jailed.log", "chroot=/srv/jail", "mode=background"];
    let daemon = in_the_background(&machine, &options);
    machine.shell(&format!("echo old >> {log}"));
    install_for_logrotate(&machine, &options);
    machine.shell(LOGROTATE);
    assert_eq!(machine.shell(&format!("zcat {log}.1.gz")).stdout.lines().last(), Some("old"));
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("it writes to the log", || {
        machine.shell(&format!("cat {log}")).stdout.contains("reload\n")
    });
    end_daemon(machine, &daemon);
}
