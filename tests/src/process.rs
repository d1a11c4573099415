//! A process, seen from the outside through `/proc`.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt, fs, io,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
    time::Duration,
};

use nix::sys::signal::Signal;

pub use crate::descriptor::Descriptor;
use crate::{SignalSet, deadline, pidfd::Pidfd};

/// A process, held by a descriptor: this one and never a later one with the same number.
///
/// What is read is read anew each time. Reading something of a dead process panics, and a
/// zombie is dead. It may be read, signalled and waited for from any thread.
pub struct Process {
    pid: i32,
    pidfd: Pidfd,
    deadline: Duration,
}

/// User or group ids, as credentials(7) names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Ids {
    pub real: u32,
    pub effective: u32,
    pub saved: u32,
    pub filesystem: u32,
}

impl Ids {
    /// All four the same.
    pub fn all(id: u32) -> Self {
        Self { real: id, effective: id, saved: id, filesystem: id }
    }
}

/// The capability sets, as capabilities(7) names them: bit N is capability N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Capabilities {
    pub inheritable: u64,
    pub permitted: u64,
    pub effective: u64,
    pub bounding: u64,
    pub ambient: u64,
}

/// A resource limit; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Limit {
    pub soft: Option<u64>,
    pub hard: Option<u64>,
}

impl Process {
    /// The live process with this number, if there is one.
    pub fn find(pid: i32) -> Option<Self> {
        let process = Self { pid, pidfd: Pidfd::open(pid).ok()?, deadline: deadline::DEFAULT };
        process.is_alive().then_some(process)
    }

    pub(crate) fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Its number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Whether it runs; a zombie does not.
    pub fn is_alive(&self) -> bool {
        self.pidfd.is_alive()
    }

    /// Sends it a signal; panics if it is dead or may not be signalled.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        if let Err(error) = self.pidfd.signal(signal) {
            panic!("cannot send {signal} to {self:?}: {error}");
        }
    }

    /// Kills it, if it is still there.
    pub(crate) fn kill(&self) {
        // Dead already is just as well, and so is a zombie.
        _ = self.pidfd.signal(Signal::SIGKILL);
    }

    /// Waits until it is dead.
    #[track_caller]
    pub fn wait_for_death(&self) {
        self.wait_until("is dead", |process| !process.is_alive());
    }

    /// Waits until it is stopped, by ^Z for example.
    #[track_caller]
    pub fn wait_until_stopped(&self) {
        self.wait_until("is stopped", |process| process.state() == 'T');
    }

    /// Waits until this is true of it.
    #[track_caller]
    pub fn wait_until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let waited = deadline::poll(self.deadline, || condition(self).then_some(()));
        assert!(waited.is_some(), "waited {:?} until it {what}: {self:?}", self.deadline);
    }

    /// The letter of its state: `R` runs, `S` and `D` sleep, `T` is stopped.
    #[track_caller]
    pub fn state(&self) -> char {
        self.stat(3).chars().next().expect("a state")
    }

    /// Its parent's number.
    #[track_caller]
    pub fn ppid(&self) -> i32 {
        self.stat_number(4)
    }

    /// Its process group.
    #[track_caller]
    pub fn pgid(&self) -> i32 {
        self.stat_number(5)
    }

    /// Its session.
    #[track_caller]
    pub fn sid(&self) -> i32 {
        self.stat_number(6)
    }

    /// Whether it leads its session, and so could get a terminal by opening one.
    #[track_caller]
    pub fn is_session_leader(&self) -> bool {
        self.sid() == self.pid
    }

    /// The device number of its controlling terminal; 0 is none.
    #[track_caller]
    pub fn tty_nr(&self) -> i32 {
        self.stat_number(7)
    }

    /// When it started, in clock ticks since the machine did.
    #[track_caller]
    pub fn start_time(&self) -> u64 {
        self.stat_number(22)
    }

    /// Its short name, of at most 15 bytes.
    #[track_caller]
    pub fn comm(&self) -> String {
        self.text("comm").trim_end_matches('\n').to_owned()
    }

    /// Whether this is its short name. One that is dead has none.
    pub fn is_called(&self, name: &str) -> bool {
        let comm = fs::read_to_string(format!("/proc/{}/comm", self.pid));
        comm.is_ok_and(|comm| comm.trim_end_matches('\n') == name)
    }

    /// Its command line.
    #[track_caller]
    pub fn command_line(&self) -> Vec<OsString> {
        self.zero_terminated("cmdline")
    }

    /// The environment it was started with; what it has changed since is not seen.
    #[track_caller]
    pub fn environment(&self) -> BTreeMap<OsString, OsString> {
        self.zero_terminated("environ").into_iter().map(split_variable).collect()
    }

    /// Its working directory.
    #[track_caller]
    pub fn cwd(&self) -> PathBuf {
        self.read("cwd", fs::read_link)
    }

    /// Its root directory.
    #[track_caller]
    pub fn root(&self) -> PathBuf {
        self.read("root", fs::read_link)
    }

    /// The program it runs.
    #[track_caller]
    pub fn exe(&self) -> PathBuf {
        self.read("exe", fs::read_link)
    }

    /// Its file mode creation mask.
    #[track_caller]
    pub fn umask(&self) -> u32 {
        u32::from_str_radix(&self.status("Umask"), 8).expect("an octal umask")
    }

    /// How many threads it has.
    #[track_caller]
    pub fn threads(&self) -> usize {
        self.status("Threads").parse().expect("a number of threads")
    }

    /// The signals it ignores.
    #[track_caller]
    pub fn ignored(&self) -> SignalSet {
        SignalSet::parse(&self.status("SigIgn"))
    }

    /// The signals its main thread blocks.
    #[track_caller]
    pub fn blocked(&self) -> SignalSet {
        SignalSet::parse(&self.status("SigBlk"))
    }

    /// The signals it handles.
    #[track_caller]
    pub fn caught(&self) -> SignalSet {
        SignalSet::parse(&self.status("SigCgt"))
    }

    /// Its user ids.
    #[track_caller]
    pub fn users(&self) -> Ids {
        self.ids("Uid")
    }

    /// Its group ids.
    #[track_caller]
    pub fn groups(&self) -> Ids {
        self.ids("Gid")
    }

    /// Its supplementary groups.
    #[track_caller]
    pub fn supplementary_groups(&self) -> Vec<u32> {
        numbers(&self.status("Groups"))
    }

    /// Its capability sets.
    #[track_caller]
    pub fn capabilities(&self) -> Capabilities {
        let status = self.text("status");
        let set = |key| u64::from_str_radix(field(&status, key), 16).expect("a set in hexadecimal");
        Capabilities {
            inheritable: set("CapInh"),
            permitted: set("CapPrm"),
            effective: set("CapEff"),
            bounding: set("CapBnd"),
            ambient: set("CapAmb"),
        }
    }

    /// Whether exec can give it no more privileges.
    #[track_caller]
    pub fn no_new_privs(&self) -> bool {
        self.status("NoNewPrivs") == "1"
    }

    /// A line of `proc_pid_status(5)`, by its key.
    #[track_caller]
    pub fn status(&self, key: &str) -> String {
        field(&self.text("status"), key).to_owned()
    }

    /// A limit, by its name in `proc_pid_limits(5)`: `Max open files`, `Max core file size`, …
    #[track_caller]
    pub fn limit(&self, name: &str) -> Limit {
        let limits = self.text("limits");
        let line = limits.lines().find_map(|line| line.strip_prefix(name));
        let mut values = line.unwrap_or_else(|| panic!("no limit {name:?}")).split_whitespace();
        let mut next = || match values.next().expect("a soft and a hard limit") {
            "unlimited" => None,
            number => Some(number.parse().expect("a limit")),
        };
        Limit { soft: next(), hard: next() }
    }

    /// Its open descriptors, by number. One that it closes meanwhile is left out.
    #[track_caller]
    pub fn descriptors(&self) -> BTreeMap<i32, Descriptor> {
        self.read("fd", descriptors)
    }

    /// Whether it holds the exclusive flock(2) of the file that is at this path, as it sees it; of
    /// a dead process this is false.
    pub fn holds_flock_of(&self, path: &Path) -> bool {
        let descriptors = descriptors(format!("/proc/{}/fd", self.pid).into()).unwrap_or_default();
        let holds = descriptors.values().any(|it| it.target == path && it.holds_flock());
        holds && self.is_alive()
    }

    /// Its live children.
    #[track_caller]
    pub fn children(&self) -> Vec<Self> {
        let tasks = self.read("task", |path| fs::read_dir(path)?.collect::<io::Result<Vec<_>>>());
        tasks
            .iter()
            .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
            .flat_map(|children| numbers::<i32>(&children))
            .filter_map(Self::find)
            .map(|child| child.with_deadline(self.deadline))
            .collect()
    }

    /// Its one live child.
    #[track_caller]
    pub fn only_child(&self) -> Self {
        only(self.children())
    }

    /// Its number in the innermost namespace that it is in, as it knows itself.
    #[track_caller]
    pub fn number_inside(&self) -> String {
        let numbers = self.status("NSpid");
        numbers.split_whitespace().last().expect("a number").to_owned()
    }

    #[track_caller]
    fn ids(&self, key: &str) -> Ids {
        match numbers(&self.status(key))[..] {
            [real, effective, saved, filesystem] => Ids { real, effective, saved, filesystem },
            ref other => panic!("{key} has {other:?}"),
        }
    }

    /// The field of `/proc/PID/stat` that `proc_pid_stat(5)` numbers so.
    #[track_caller]
    fn stat(&self, number: usize) -> String {
        let stat = self.text("stat");
        // The second field is the name in parentheses, and may hold both spaces and parentheses.
        let (_, rest) = stat.rsplit_once(") ").expect("a name in parentheses");
        rest.split_whitespace().nth(number - 3).expect("a field of stat").to_owned()
    }

    #[track_caller]
    fn stat_number<T: std::str::FromStr<Err: fmt::Debug>>(&self, number: usize) -> T {
        self.stat(number).parse().expect("a number in stat")
    }

    #[track_caller]
    fn text(&self, name: &str) -> String {
        self.read(name, |path| Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned()))
    }

    #[track_caller]
    fn zero_terminated(&self, name: &str) -> Vec<OsString> {
        let bytes = self.read(name, fs::read);
        let words = bytes.split_inclusive(|&byte| byte == 0);
        words
            .map(|word| OsString::from_vec(word.strip_suffix(b"\0").unwrap_or(word).to_vec()))
            .collect()
    }

    /// Reads below `/proc/PID`, and only then asks whether that was still this process.
    #[track_caller]
    fn read<T>(&self, name: &str, read: impl FnOnce(PathBuf) -> io::Result<T>) -> T {
        let path = PathBuf::from(format!("/proc/{}/{name}", self.pid));
        let result = read(path.clone());
        assert!(self.is_alive(), "process {} is dead, so it has no {name}", self.pid);
        result.unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
    }

    /// One line for messages; it must do without panicking, whatever happens to the process.
    fn describe(&self) -> Option<String> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).ok()?;
        let (name, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<_> = rest.split_whitespace().collect();
        let [state, ppid, pgid, sid, tty, ..] = fields[..] else { return None };
        let name = name.split_once('(')?.1;
        Some(format!("{name}, state {state}, ppid {ppid}, pgid {pgid}, sid {sid}, tty {tty}"))
    }
}

/// For messages: number, name, state and family.
impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.describe().filter(|_| self.is_alive()) {
            Some(description) => write!(f, "process {} ({description})", self.pid),
            None => write!(f, "process {} (dead)", self.pid),
        }
    }
}

/// The descriptors of which this is the directory, `/proc/PID/fd`.
fn descriptors(directory: PathBuf) -> io::Result<BTreeMap<i32, Descriptor>> {
    let process = directory.parent().expect("/proc/PID");
    let mut descriptors = BTreeMap::new();
    for entry in fs::read_dir(&directory)? {
        let number = entry?.file_name().to_string_lossy().parse().expect("a descriptor");
        if let Ok(descriptor) = Descriptor::read(process, number) {
            descriptors.insert(number, descriptor);
        }
    }
    Ok(descriptors)
}

/// The one process of a list.
#[track_caller]
pub(crate) fn only(processes: Vec<Process>) -> Process {
    let only: Result<[Process; 1], _> = processes.try_into();
    only.map_or_else(|all| panic!("one process, not {all:?}"), |[process]| process)
}

fn field<'a>(status: &'a str, key: &str) -> &'a str {
    status
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
        .unwrap_or_else(|| panic!("no {key} in /proc/PID/status"))
        .trim()
}

fn numbers<T: std::str::FromStr<Err: fmt::Debug>>(text: &str) -> Vec<T> {
    text.split_whitespace().map(|number| number.parse().expect("a number")).collect()
}

fn split_variable(variable: OsString) -> (OsString, OsString) {
    let mut name = variable.into_vec();
    let value = match name.iter().position(|&byte| byte == b'=') {
        Some(equals) => name.split_off(equals)[1..].to_vec(),
        None => Vec::new(),
    };
    (OsString::from_vec(name), OsString::from_vec(value))
}
