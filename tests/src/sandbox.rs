//! A private directory, and a mark on all that is started in it.

use std::{
    ffi::OsString,
    fs::{self, File, Permissions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use nix::{
    fcntl::OFlag,
    sys::{signal::Signal, stat::Mode},
    unistd::{Gid, Uid, chown, mkfifo},
};
use tempfile::TempDir;

use crate::{Process, Start, deadline, marked, process::only, skip};

/// The user and group `nobody`, whom every Linux has: for tests as another user.
pub const NOBODY: u32 = 65534;

/// The command that becomes [`NOBODY`], and then what follows it: for [`Start::under`], where root does
/// something before that.
pub const AS_NOBODY: [&str; 5] =
    ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

/// A user and group that no database knows, and who owns nothing.
pub const STRANGER: u32 = 61234;

/// Whether the tests run as root.
pub fn is_root() -> bool {
    Uid::effective().is_root()
}

/// A private directory that every user may enter, and a mark that all processes inherit that
/// are started in it.
///
/// Dropping it kills all those processes, daemons in sessions of their own too, and removes the
/// directory; also while a failed test unwinds.
#[derive(Debug)]
pub struct Sandbox {
    directory: TempDir,
    deadline: Duration,
}

impl Sandbox {
    /// An empty one, with a deadline of 20 seconds for each wait.
    #[expect(clippy::new_without_default, reason = "what makes a directory says so")]
    #[track_caller]
    pub fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("daemon-tests-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()
            .expect("a temporary directory");
        let sandbox = Self { directory, deadline: deadline::DEFAULT };
        sandbox.mode("", 0o755);
        sandbox.directory("home", 0o755);
        sandbox
    }

    /// Chooses how long each wait may take before the test fails.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The path of something in it.
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    /// The `HOME` of every start.
    pub fn home(&self) -> PathBuf {
        self.join("home")
    }

    /// The `HOME` of a start as another user.
    pub fn home_of(&self, user: u32, group: u32) -> PathBuf {
        let name = format!("home-{user}");
        if !self.join(&name).exists() {
            self.directory(&name, 0o755);
            self.owner(&name, user, group);
        }
        self.join(name)
    }

    /// Makes a directory, and those above it, with this mode whatever the umask.
    #[track_caller]
    pub fn directory(&self, name: impl AsRef<Path>, mode: u32) -> PathBuf {
        let path = self.join(&name);
        done("make", &path, fs::create_dir_all(&path));
        self.mode(name, mode)
    }

    /// Writes a file with this mode whatever the umask.
    #[track_caller]
    pub fn file(&self, name: impl AsRef<Path>, mode: u32, content: &str) -> PathBuf {
        let path = self.join(&name);
        done("write", &path, fs::write(&path, content));
        self.mode(name, mode)
    }

    /// Makes a FIFO: who opens it to read it waits there until [`release`](Self::release).
    #[track_caller]
    pub fn fifo(&self, name: impl AsRef<Path>) -> PathBuf {
        let path = self.join(name);
        done("make", &path, mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR));
        path
    }

    /// Lets who waits at this FIFO go on, once there is somebody; what is read is empty.
    #[track_caller]
    pub fn release(&self, name: impl AsRef<Path>) {
        let path = self.join(name);
        // Without O_NONBLOCK we would wait for a reader that may never come; see fifo(7).
        let mut writing = File::options();
        writing.write(true).custom_flags(OFlag::O_NONBLOCK.bits());
        self.wait_until(&format!("somebody waits at {}", path.display()), || {
            writing.open(&path).is_ok()
        });
    }

    /// Changes a mode.
    #[track_caller]
    pub fn mode(&self, name: impl AsRef<Path>, mode: u32) -> PathBuf {
        let path = self.join(name);
        done("change the mode of", &path, fs::set_permissions(&path, Permissions::from_mode(mode)));
        path
    }

    /// Changes an owner. Skips the test unless it is root that runs it.
    #[track_caller]
    pub fn owner(&self, name: impl AsRef<Path>, user: u32, group: u32) -> PathBuf {
        let path = self.join(name);
        if !is_root() {
            skip!("needs root: gives a file to user {user}");
        }
        let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
        done("change the owner of", &path, chown(&path, Some(user), Some(group)));
        path
    }

    /// Copies a program here, for a user who cannot reach the build directory.
    #[track_caller]
    pub fn install(&self, program: impl AsRef<Path>) -> PathBuf {
        let path = self.join(program.as_ref().file_name().expect("a program has a name"));
        // Not by this process: another test's start, forked meanwhile, would hold the file open
        // for writing, and such a file cannot be executed (ETXTBSY).
        let copy = self.start("cp").arg(program.as_ref()).arg(&path);
        copy.run().expect_code(0);
        self.mode(path, 0o755)
    }

    /// Writes a file that can be executed.
    #[track_caller]
    pub fn script(&self, name: &str, content: &str) -> PathBuf {
        let path = self.join(name);
        let draft = self.file(format!("{name}.draft"), 0o644, content);
        // As in `install`.
        self.start("install").arg("-m755").arg(draft).arg(&path).run().expect_code(0);
        path
    }

    /// Reads a file.
    #[track_caller]
    pub fn read(&self, name: impl AsRef<Path>) -> String {
        let path = self.join(name);
        done("read", &path, fs::read_to_string(&path))
    }

    /// A program and its surroundings: a path, such as `fixture!("hello")`, or a name to be
    /// found as a shell does.
    pub fn start(&self, program: impl Into<OsString>) -> Start<'_> {
        Start::new(self, program.into())
    }

    /// A line for `/bin/sh`.
    pub fn shell(&self, line: impl Into<OsString>) -> Start<'_> {
        self.start("/bin/sh").arg("-c").arg(line)
    }

    /// All live processes that were started here, and their children and children's children.
    pub fn processes(&self) -> Vec<Process> {
        let processes = marked::find(self.mark());
        processes.into_iter().map(|it| it.with_deadline(self.deadline)).collect()
    }

    /// The live process whose number this file holds, once it does. It must be one of ours: a
    /// number that a broken pidfile happens to hold is nobody's business.
    #[track_caller]
    pub fn process_in(&self, pidfile: impl AsRef<Path>) -> Process {
        let path = self.join(pidfile);
        self.wait_for(&format!("{} holds the number of a process of ours", path.display()), || {
            let pid = fs::read_to_string(&path).ok()?.trim().parse().ok()?;
            self.processes().into_iter().find(|process| process.pid() == pid)
        })
    }

    /// Waits until this is true.
    #[track_caller]
    pub fn wait_until(&self, what: &str, mut condition: impl FnMut() -> bool) {
        self.wait_for(what, || condition().then_some(()));
    }

    /// Waits until this is true, but no longer than this; says whether it has become true.
    pub fn is_true_within(&self, limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
        deadline::poll(limit, || condition().then_some(())).is_some()
    }

    /// Waits until there is something.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, look: impl FnMut() -> Option<T>) -> T {
        match deadline::poll(self.deadline, look) {
            Some(found) => found,
            None => panic!("waited {:?} until {what}\n{}", self.deadline, self.report()),
        }
    }

    /// Waits until no process of ours is left.
    #[track_caller]
    pub fn assert_nothing_left(&self) {
        self.wait_until("no process is left", || self.processes().is_empty());
    }

    /// The numbers of those processes of ours that hold the lock of the file at this path.
    pub fn holders_of(&self, path: &Path) -> Vec<i32> {
        let holders = self.processes().into_iter().filter(|it| it.holds_flock_of(path));
        holders.map(|it| it.pid()).collect()
    }

    /// The one live process of ours.
    #[track_caller]
    pub fn only_process(&self) -> Process {
        only(self.processes())
    }

    /// Ends this daemon by a signal, and waits until no process of ours is left.
    #[track_caller]
    pub fn end(&self, daemon: &Process, signal: Signal) {
        daemon.signal(signal);
        daemon.wait_for_death();
        self.assert_nothing_left();
    }

    /// Kills all processes of ours, and waits until none is left.
    #[track_caller]
    pub fn kill_all(&self) {
        let left = marked::kill(self.mark(), self.deadline);
        assert!(left.is_empty(), "these would not die: {left:?}");
    }

    /// The directory's name is nobody else's as long as the directory is there, so it serves as
    /// the mark too.
    pub(crate) fn mark(&self) -> &str {
        self.path().to_str().expect("a temporary directory with a plain name")
    }

    /// The variable that is this mark, for a program that is not started by [`start`](Self::start).
    pub fn mark_variable(&self) -> (&'static str, &str) {
        (marked::VARIABLE, self.mark())
    }

    /// Everything known, for the message of a wait that came to nothing.
    pub(crate) fn report(&self) -> String {
        let mut report = String::new();
        for process in self.processes() {
            report += &format!("{process:?}\n");
        }
        add_tails(self.path(), &mut report);
        report
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let left = marked::kill(self.mark(), deadline::DEFAULT);
        if !left.is_empty() {
            // To standard error while unwinding: a second panic would hide the first.
            let message = format!("these would not die: {left:?}");
            if thread::panicking() {
                eprintln!("{message}");
            } else {
                panic!("{message}");
            }
        }
    }
}

#[track_caller]
fn done<T, E: std::fmt::Display>(what: &str, path: &Path, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("cannot {what} {}: {error}", path.display()))
}

/// The last lines of each file below this directory.
fn add_tails(directory: &Path, report: &mut String) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => add_tails(&path, report),
            Ok(kind) if kind.is_file() => match tail(&path) {
                Ok(text) => *report += &format!("--- {}\n{text}\n", path.display()),
                Err(error) => *report += &format!("--- {}: {error}\n", path.display()),
            },
            _ => {}
        }
    }
}

fn tail(path: &Path) -> io::Result<String> {
    const LENGTH: u64 = 2048;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LENGTH)))?;
    let mut bytes = Vec::new();
    file.take(LENGTH).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
