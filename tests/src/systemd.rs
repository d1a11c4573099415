//! A machine whose process 1 is systemd, in namespaces of its own.

use std::{
    ffi::OsString,
    fs::{self, File},
    io, iter,
    net::TcpStream,
    path::{Path, PathBuf},
    thread,
};

use nix::sched::{CloneFlags, setns};

use crate::{
    Finished, NotifySocket, Process, Running, Sandbox, Standard, Start, deadline, is_root, skip,
};

/// Where distributions have it; the first for most.
const SYSTEMD: [&str; 2] = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];

/// Next to it there is `root.sh`, which it runs inside.
const BOOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/systemd/boot.sh");

/// The exit status by which `boot.sh` says that something is missing here.
const MISSING: i32 = 77;

/// A machine whose process 1 is systemd, in namespaces of its own:
///
/// ```text
/// let machine = Systemd::boot(&sandbox);
/// machine.unit("echod.service", "[Service]\nType=notify\nExecStart=…");
/// machine.systemctl(["start", "echod"]).expect_code(0);
/// assert_eq!(machine.show("echod.service", "ActiveState"), "active");
/// ```
///
/// It sees the host's files, the sandbox and cargo's directory of programs at their own paths.
/// It can write to the sandbox; all else that it writes is gone with it. Its network has a
/// loopback interface only, which is not the host's. It boots in well under a second, so a test
/// may have one of its own; a sandbox has room for one.
///
/// Dropping it switches it off, as pulling the plug does; the end of the test process does too.
#[must_use = "dropping this switches the machine off"]
#[derive(Debug)]
pub struct Systemd<'a> {
    sandbox: &'a Sandbox,
    /// Its processes' cgroup, as the host sees it.
    cgroup: PathBuf,
    power: Running<'a>,
}

impl<'a> Systemd<'a> {
    /// Boots one. Skips the test where that cannot be done.
    #[track_caller]
    pub fn boot(sandbox: &'a Sandbox) -> Self {
        if !is_root() {
            skip!("needs root: boots systemd in namespaces");
        }
        let Some(systemd) = SYSTEMD.into_iter().find(|path| Path::new(path).exists()) else {
            skip!("needs systemd: boots it in namespaces");
        };
        let Some(hierarchy) = cgroup2() else {
            skip!("needs a cgroup2 hierarchy: boots systemd in namespaces");
        };
        let cgroup = hierarchy.join(sandbox.path().file_name().expect("a directory with a name"));
        // systemd tells its own supervisor too when it is ready: systemd(1), sd_notify(3).
        let booted = NotifySocket::bind(sandbox);
        sandbox.directory("machine", 0o755);
        let power = sandbox
            .start("/bin/sh")
            .args([Path::new(BOOT), &cgroup, sandbox.path(), &programs(), systemd.as_ref()])
            .stdin(Standard::Pipe)
            .spawn();
        let mut machine = Self { sandbox, cgroup, power };
        machine
            .power
            .wait_until("has booted systemd", |power| says_ready(&booted) || power.has_ended());
        if machine.power.has_ended() {
            let finished = machine.power.wait();
            if finished.code() == MISSING {
                skip!("boots systemd in namespaces, and needs {}", finished.stderr.trim_end());
            }
            panic!("systemd does not boot: {finished:?}");
        }
        machine
    }

    /// Writes a unit file. systemd reads it when it first hears of the unit, and again after
    /// `daemon-reload`.
    #[track_caller]
    pub fn unit(&self, name: &str, text: &str) {
        let path = self.path("/etc/systemd/system").join(name);
        fs::write(path, text).expect("a unit file");
    }

    /// Where the host finds this path of the machine's.
    #[track_caller]
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.init().pid()));
        root.join(path.as_ref().strip_prefix("/").expect("an absolute path"))
    }

    /// A program to be started in the machine, but by nobody there: it is not in a unit.
    #[track_caller]
    pub fn start(&self, program: impl Into<OsString>) -> Start<'a> {
        let init = self.init().pid().to_string();
        self.sandbox.start(program).under(["nsenter", "--all", "--target", &init])
    }

    /// A connection to an address of the machine's own, `127.0.0.1:80`.
    pub fn connect(&self, address: &str) -> io::Result<TcpStream> {
        let network = File::open(format!("/proc/{}/ns/net", self.init().pid()))?;
        // A socket stays where it was made. The thread that enters does not come back.
        let connect = || {
            setns(network, CloneFlags::CLONE_NEWNET)?;
            let stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(self.sandbox.deadline()))?;
            Ok(stream)
        };
        thread::scope(|scope| scope.spawn(connect).join().expect("a connection or an error"))
    }

    /// Runs systemctl: `machine.systemctl(["start", "echod"])`.
    #[track_caller]
    pub fn systemctl(&self, words: impl IntoIterator<Item = impl Into<OsString>>) -> Finished {
        self.start("systemctl").args(words).run()
    }

    /// A property of a unit, as `systemctl show` has it: `Result`, `StatusText`, …
    #[track_caller]
    pub fn show(&self, unit: &str, property: &str) -> String {
        let words = ["show", "--value", "--property", property, unit];
        self.systemctl(words).expect_code(0).stdout.trim_end().to_owned()
    }

    /// Waits until a property of a unit has this value.
    #[track_caller]
    pub fn wait_until_shows(&self, unit: &str, property: &str, value: &str) {
        let mut shown = String::new();
        let waited = deadline::poll(self.sandbox.deadline(), || {
            shown = self.show(unit, property);
            (shown == value).then_some(())
        });
        if waited.is_none() {
            panic!("{property} of {unit} is {shown:?}, not {value:?}\n{}", self.report(unit));
        }
    }

    /// The live processes of a unit in `system.slice`.
    pub fn processes_of(&self, unit: &str) -> Vec<Process> {
        self.processes_in(&format!("system.slice/{unit}"))
    }

    /// The one process of a unit, which must be what systemd takes for its main process.
    #[track_caller]
    pub fn only_process_of(&self, unit: &str) -> Process {
        let main = self.show(unit, "MainPID");
        // A command in the background may be about to end.
        let one = deadline::poll(self.sandbox.deadline(), || {
            let mut processes = self.processes_of(unit);
            processes.retain(Process::is_alive);
            (processes.len() == 1).then_some(processes)
        });
        let mut processes = one.unwrap_or_else(|| self.processes_of(unit));
        match processes.pop() {
            Some(process) if processes.is_empty() && process.number_inside() == main => process,
            last => panic!(
                "process {main} alone, not {processes:?} and {last:?}\n{}",
                self.report(unit)
            ),
        }
    }

    /// What the processes of a unit have written, and systemd about them, as far as it has
    /// arrived.
    #[track_caller]
    pub fn journal(&self, unit: &str) -> String {
        self.start("journalctl").args(["--no-pager", "-o", "cat", "-u", unit]).run().stdout
    }

    /// Everything known of a unit, for messages.
    #[track_caller]
    pub fn report(&self, unit: &str) -> String {
        let status = self.systemctl(["status", "--no-pager", "--full", unit]);
        format!("{}{}", status.stdout, self.journal(unit))
    }

    #[track_caller]
    fn init(&self) -> Process {
        // Those that it makes for a unit are there too, for a moment, and may be gone by now.
        let is_process_1 = |process: &Process| {
            let status = fs::read_to_string(format!("/proc/{}/status", process.pid()));
            let is_it = |line: &str| line.starts_with("NSpid:") && line.ends_with("\t1");
            status.is_ok_and(|status| status.lines().any(is_it))
        };
        let mut processes = self.processes_in("init.scope").into_iter();
        processes.find(is_process_1).expect("the machine is on")
    }

    fn processes_in(&self, cgroup: &str) -> Vec<Process> {
        // Without processes there is no such cgroup.
        let members = fs::read_to_string(self.cgroup.join(cgroup).join("cgroup.procs"));
        let numbers = members.unwrap_or_default();
        numbers.lines().filter_map(|pid| Process::find(pid.parse().expect("a number"))).collect()
    }
}

impl Drop for Systemd<'_> {
    fn drop(&mut self) {
        // Not by a signal: it has something to clear away.
        self.power.close_stdin();
        let limit = self.sandbox.deadline();
        let off = deadline::poll(limit, || self.power.has_ended().then_some(()));
        if off.is_none() && !thread::panicking() {
            panic!("the machine is not off after {limit:?}: {:?}", self.power);
        }
    }
}

/// Where the unified hierarchy is mounted, alone or beside version 1: cgroups(7).
fn cgroup2() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").expect("/proc");
    mounts.lines().find_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
        [_, directory, "cgroup2", ..] => Some(directory.into()),
        _ => None,
    })
}

/// Cargo's directory of programs: it has the tests in `deps`.
fn programs() -> PathBuf {
    let test = std::env::current_exe().expect("a path of the test's own");
    let deps = test.parent().expect("a directory");
    deps.parent().expect("a directory above").into()
}

fn says_ready(booted: &NotifySocket) -> bool {
    let mut messages = iter::from_fn(|| booted.receive_now());
    messages.any(|message| message.text.lines().any(|line| line == "READY=1"))
}
