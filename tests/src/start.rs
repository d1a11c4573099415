//! A command and the surroundings it shall be started in.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs::OpenOptions,
    os::{
        fd::{AsRawFd, OwnedFd, RawFd},
        unix::fs::OpenOptionsExt,
    },
    path::PathBuf,
    time::Instant,
};

use libc::{c_int, c_long};
use nix::{
    fcntl::OFlag,
    sys::{
        resource::{Resource, getrlimit, rlim_t},
        signal::{SigSet, Signal},
        stat::Mode,
    },
    unistd::{Gid, Uid, pipe2},
};

use crate::{
    Finished, Job, PIDFILE, Process, Running, Sandbox,
    captured::Captured,
    exec::{Place, Prepared, Strings, c_string},
    is_root, marked, program,
    running::Ends,
    seccomp::{self, Failing, Traps},
    skip,
    starter::Starter,
    terminal::Terminal,
};

/// What a command has as its stdin, stdout or stderr.
#[derive(Debug)]
pub enum Standard {
    /// `/dev/null`.
    Null,
    /// A pipe: what comes out is in [`Finished`], what goes in is [`Running::write_stdin`].
    Pipe,
    /// The terminal of [`Start::terminal`].
    Terminal,
    /// Nothing at all, as after `>&-`.
    Closed,
    /// A file: stdin reads it, stdout and stderr are appended to it.
    File(PathBuf),
    /// Whatever this is: a socket, say.
    Descriptor(OwnedFd),
}

/// A command and the surroundings it shall be started in.
///
/// What is not chosen is always the same, whatever the test runner itself was started in:
///
/// - environment: `PATH`, `HOME` (private), the harness's mark `DAEMON_TESTS_ID`, and `TERM`
///   with a terminal; nothing else
/// - stdin `/dev/null`, stdout and stderr pipes, no other descriptor
/// - working directory: the sandbox's; umask 022
/// - a session and process group without a terminal, as under cron
/// - no signal ignored or blocked
/// - soft limits of 1024 open files and no core file; all else as the test runner has it
/// - the test runner's user, and all system calls work
#[must_use = "this only describes a start: call `run` or `spawn`"]
#[derive(Debug)]
pub struct Start<'a> {
    sandbox: &'a Sandbox,
    /// The program and its arguments.
    words: Vec<OsString>,
    environment: BTreeMap<OsString, OsString>,
    directory: PathBuf,
    umask: u32,
    terminal: Option<Job>,
    standard: [Standard; 3],
    descriptors: BTreeMap<RawFd, OwnedFd>,
    /// The other ends of leaked pipes.
    ends: Vec<OwnedFd>,
    ignored: Vec<Signal>,
    blocked: Vec<Signal>,
    limits: Vec<(Resource, rlim_t, rlim_t)>,
    user: Option<(Uid, Gid)>,
    groups: Option<Vec<Gid>>,
    failing: Vec<Failing>,
}

impl<'a> Start<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox, program: OsString) -> Self {
        let start = Self {
            sandbox,
            words: vec![program],
            environment: BTreeMap::new(),
            directory: sandbox.path().into(),
            umask: 0o022,
            terminal: None,
            standard: [Standard::Null, Standard::Pipe, Standard::Pipe],
            descriptors: BTreeMap::new(),
            ends: Vec::new(),
            ignored: Vec::new(),
            blocked: Vec::new(),
            limits: vec![
                soft_limit(Resource::RLIMIT_NOFILE, 1024),
                soft_limit(Resource::RLIMIT_CORE, 0),
            ],
            user: None,
            groups: None,
            failing: Vec::new(),
        };
        start.env("PATH", program::PATH).env("HOME", sandbox.home())
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.words.push(argument.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.words.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Starts it by another command, put before it: `under(["nohup"])`, `under(["nice", "-n5"])`.
    pub fn under(mut self, prefix: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.words.splice(0..0, prefix.into_iter().map(Into::into));
        self
    }

    /// As process 1 of namespaces of its own, as a container's is; the command itself is the one
    /// that made them, and ends as the program does. Skips the test where there are none.
    #[track_caller]
    pub fn as_process_1(self) -> Self {
        let prefix = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
        if !self.sandbox.start("true").under(prefix).run().status.success() {
            skip!("needs root and process namespaces: starts a program as process 1");
        }
        self.under(prefix)
    }

    /// In a mount namespace of its own, after this line of shell has mounted what it likes. Skips
    /// the test where there are none.
    #[track_caller]
    pub fn where_mounted(self, line: &str) -> Self {
        let unshare = ["unshare", "--mount"];
        if !is_root() || !self.sandbox.start("true").under(unshare).run().status.success() {
            skip!("needs root and mount namespaces: mounts something");
        }
        let script = format!("{line} && exec \"$@\"");
        self.under(["sh", "-c", &script, "sh"]).under(unshare)
    }

    /// With a connection as standard input and output, as an inetd(8) starts it.
    pub fn connection(self, connection: impl Into<OwnedFd>) -> Self {
        let connection = connection.into();
        let copy = connection.try_clone().expect("a descriptor");
        self.stdin(Standard::Descriptor(connection)).stdout(Standard::Descriptor(copy))
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Removes an environment variable, `HOME` for example.
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.environment.remove(name.as_ref());
        self
    }

    /// Sets an environment variable to the number of the process that becomes the program, as
    /// systemd does to `SYSTEMD_EXEC_PID`.
    pub fn env_own_pid(self, name: &str) -> Self {
        let script = format!("export {name}=$$; exec \"$0\" \"$@\"");
        self.under(["/bin/sh", "-c", &script])
    }

    /// Sets the working directory.
    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// Sets the umask.
    pub fn umask(mut self, umask: u32) -> Self {
        self.umask = umask;
        self
    }

    /// At a terminal, as typed at a shell's prompt: a foreground job, and stdin, stdout and
    /// stderr are the terminal.
    pub fn terminal(self) -> Self {
        self.terminal_as(Job::Foreground)
    }

    /// At a terminal, with this standing.
    pub fn terminal_as(mut self, job: Job) -> Self {
        self.terminal = Some(job);
        self.standard = [Standard::Terminal, Standard::Terminal, Standard::Terminal];
        self.env("TERM", "xterm")
    }

    /// Chooses stdin; after [`terminal`](Self::terminal), which sets all three.
    pub fn stdin(mut self, stdin: Standard) -> Self {
        self.standard[0] = stdin;
        self
    }

    /// Chooses stdout; after [`terminal`](Self::terminal), which sets all three.
    pub fn stdout(mut self, stdout: Standard) -> Self {
        self.standard[1] = stdout;
        self
    }

    /// Chooses stderr; after [`terminal`](Self::terminal), which sets all three.
    pub fn stderr(mut self, stderr: Standard) -> Self {
        self.standard[2] = stderr;
        self
    }

    /// Leaks a plain file, without close-on-exec, at this number above 2.
    pub fn leak(self, number: RawFd) -> Self {
        let file = tempfile::tempfile().expect("a temporary file");
        self.descriptor(number, file)
    }

    /// Leaks the writing end of a pipe, without close-on-exec, at this number above 2. The
    /// other end stays open as long as the [`Running`].
    pub fn leak_pipe(mut self, number: RawFd) -> Self {
        let (reading, writing) = pipe();
        self.ends.push(reading);
        self.descriptor(number, writing)
    }

    /// Passes this descriptor on at this number above 2, without close-on-exec.
    #[track_caller]
    pub fn descriptor(mut self, number: RawFd, fd: impl Into<OwnedFd>) -> Self {
        assert!(number > 2, "{number} is chosen with `stdin`, `stdout` or `stderr`");
        let previous = self.descriptors.insert(number, fd.into());
        assert!(previous.is_none(), "descriptor {number} is chosen twice");
        self
    }

    /// Ignores a signal, as nohup does SIGHUP.
    pub fn ignore(mut self, signal: Signal) -> Self {
        self.ignored.push(signal);
        self
    }

    /// Blocks a signal.
    pub fn block(mut self, signal: Signal) -> Self {
        self.blocked.push(signal);
        self
    }

    /// Sets a limit; `libc::RLIM_INFINITY` is none. It may be below a leaked descriptor's number.
    pub fn limit(mut self, resource: Resource, soft: rlim_t, hard: rlim_t) -> Self {
        self.limits.push((resource, soft, hard));
        self
    }

    /// Runs it as this user and group without supplementary groups, and with a `HOME` of that
    /// user's own. Skips the test unless it is root that runs it.
    pub fn user(mut self, user: u32, group: u32) -> Self {
        if !is_root() {
            skip!("needs root: runs a command as user {user}");
        }
        self.user = Some((Uid::from_raw(user), Gid::from_raw(group)));
        self.groups.get_or_insert_default();
        let home = self.sandbox.home_of(user, group);
        self.env("HOME", home)
    }

    /// Sets the supplementary groups. Skips the test unless it is root that runs it.
    pub fn supplementary_groups(mut self, groups: impl IntoIterator<Item = u32>) -> Self {
        if !is_root() {
            skip!("needs root: sets supplementary groups");
        }
        self.groups = Some(groups.into_iter().map(Gid::from_raw).collect());
        self
    }

    /// Makes this system call fail, in the command and in everything it starts:
    /// `fail(libc::SYS_setsid, libc::EPERM)`. Unless it runs as root, the command and its
    /// children then have `no_new_privs`.
    #[track_caller]
    pub fn fail(self, call: c_long, errno: c_int) -> Self {
        self.fail_given(call, [], errno)
    }

    /// As [`fail`](Self::fail), but only where these of its arguments, counted from 0, have these
    /// values: `fail_given(libc::SYS_fcntl, [(1, libc::F_SETFL)], libc::EPERM)`.
    #[track_caller]
    pub fn fail_given<const N: usize>(
        mut self,
        call: c_long,
        given: [(usize, c_int); N],
        errno: c_int,
    ) -> Self {
        assert!(call != libc::SYS_execve, "execve is what starts the command");
        let given = given.map(|(argument, value)| (argument, value as u32)).to_vec();
        self.failing.push(Failing { call, given, errno });
        self
    }

    /// Starts it and waits for its end; then its terminal is closed.
    #[track_caller]
    pub fn run(self) -> Finished {
        self.spawn().wait()
    }

    /// Starts it, which must succeed, and gives the daemon, which has its pidfile where a fixture
    /// has it.
    #[track_caller]
    pub fn daemon(self) -> Process {
        let sandbox = self.sandbox;
        self.run().expect_code(0);
        sandbox.process_in(PIDFILE)
    }

    /// Starts it.
    #[track_caller]
    pub fn spawn(self) -> Running<'a> {
        self.spawn_trapped(None, |_| ())
    }

    pub(crate) fn sandbox(&self) -> &'a Sandbox {
        self.sandbox
    }

    /// Starts it, for a tracer that seizes it before it becomes the program, and at which it stops
    /// at these calls.
    #[track_caller]
    pub(crate) fn spawn_trapped(
        mut self,
        traps: Option<&Traps>,
        seize: impl FnOnce(i32),
    ) -> Running<'a> {
        let program = program::find(&self.words[0]);
        let (terminal, slave) = self.terminal.map(|_| Terminal::open()).unzip();
        let mut ends = Ends { terminal, _leaked: self.ends, ..Ends::default() };
        let mut closed = Vec::new();
        let mut descriptors = std::mem::take(&mut self.descriptors);
        for (number, standard) in self.standard.into_iter().enumerate() {
            let fd = match standard {
                Standard::Null => open(number, "/dev/null".into()),
                Standard::File(path) => open(number, path),
                Standard::Descriptor(fd) => fd,
                Standard::Closed => {
                    closed.push(number as RawFd);
                    continue;
                }
                Standard::Terminal => {
                    let slave = slave.as_ref().expect("Standard::Terminal comes with `terminal`");
                    slave.try_clone().expect("a descriptor")
                }
                Standard::Pipe => {
                    let (reading, writing) = pipe();
                    match number {
                        0 => {
                            ends.stdin = Some(writing.into());
                            descriptors.insert(0, reading);
                            continue;
                        }
                        1 => ends.stdout = Some(Captured::new(reading)),
                        _ => ends.stderr = Some(Captured::new(reading)),
                    }
                    writing
                }
            };
            descriptors.insert(number as RawFd, fd);
        }
        // Whatever the test did to the environment, the mark stays.
        self.environment.insert(marked::VARIABLE.into(), self.sandbox.mark().into());

        let name = self.words.join(OsStr::new(" "));
        let prepared = Prepared {
            program: c_string(program),
            arguments: Strings::new(self.words),
            environment: Strings::new(self.environment.into_iter().map(|(mut name, value)| {
                name.push("=");
                name.push(value);
                name
            })),
            directory: c_string(self.directory),
            umask: Mode::from_bits_truncate(self.umask),
            terminal: slave.as_ref().map(|slave| slave.as_raw_fd()).zip(self.terminal),
            descriptors: descriptors
                .iter()
                .map(|(&target, fd)| Place { source: fd.as_raw_fd(), target })
                .collect(),
            closed,
            ignored: self.ignored,
            blocked: SigSet::from_iter(self.blocked),
            limits: self.limits,
            groups: self.groups,
            user: self.user,
            filter: seccomp::filter(&self.failing, traps),
        };
        let started = Instant::now();
        // Our copies of what the command gets end with this function: its pipes must end too.
        let processes = Starter::start(prepared, self.sandbox.deadline(), seize);
        Running::new(self.sandbox, name, ends, started, processes)
    }
}

fn soft_limit(resource: Resource, soft: rlim_t) -> (Resource, rlim_t, rlim_t) {
    let (_, hard) = getrlimit(resource).expect("a limit");
    (resource, soft.min(hard), hard)
}

fn pipe() -> (OwnedFd, OwnedFd) {
    pipe2(OFlag::O_CLOEXEC).expect("a pipe")
}

#[track_caller]
fn open(number: usize, path: PathBuf) -> OwnedFd {
    let mut options = OpenOptions::new();
    let options = match number {
        0 => options.read(true),
        _ => options.append(true).create(true).mode(0o644),
    };
    match options.open(&path) {
        Ok(file) => file.into(),
        Err(error) => panic!("cannot open {} as descriptor {number}: {error}", path.display()),
    }
}
