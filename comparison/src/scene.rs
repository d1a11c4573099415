//! One peer's surroundings: a sandbox, a port, and the files that its program is told of.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use daemon_tests::{Finished, NOBODY, Process, Running, Sandbox, Start};

use nix::sys::prctl;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use crate::outcome::Outcome;
use crate::peers::{Peer, Pidfile};

/// How long a command may take, and how long its daemon to answer: far longer than any needs.
pub const LONG_ENOUGH: Duration = Duration::from_secs(5);

/// How long is looked for something that may never come.
pub const A_MOMENT: Duration = Duration::from_millis(1500);

/// Whom a peer becomes that drops root's rights.
pub const USER: &str = "nobody";

/// One peer's surroundings.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The peer.
    pub peer: &'a Peer,
    /// Its processes and files.
    pub sandbox: Sandbox,
    /// The port of the loopback address where it serves.
    pub port: u16,
    /// Where its pidfile is to be.
    pub pidfile: PathBuf,
    /// Where its log is to be.
    pub log: PathBuf,
    /// Whom it is to become.
    pub user: Option<&'static str>,
}

impl<'a> Scene<'a> {
    /// Nothing is started yet.
    pub fn new(peer: &'a Peer) -> Self {
        // Not every process 1 waits for what it inherits, and a zombie looks alive to kill(2).
        prctl::set_child_subreaper(true).expect("PR_SET_CHILD_SUBREAPER");
        let sandbox = Sandbox::new().with_deadline(Duration::from_secs(15));
        let (pidfile, log) = (sandbox.join("server.pid"), sandbox.join("server.log"));
        Scene { peer, sandbox, port: free_port(), pidfile, log, user: None }
    }

    /// It is to become another user, whose log it is; and so is the directory of the pidfile, if it
    /// writes that when it is that user already.
    pub fn as_user(&mut self) {
        self.user = Some(USER);
        self.sandbox.file("server.log", 0o640, "");
        self.sandbox.owner("server.log", NOBODY, NOBODY);
        if self.peer.offers.pidfile == Pidfile::AsUser {
            self.sandbox.directory("of-user", 0o755);
            self.sandbox.owner("of-user", NOBODY, NOBODY);
            self.pidfile = self.sandbox.join("of-user/server.pid");
        }
    }

    /// The settings of its program.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("SERVER_PORT", self.port.to_string()),
            ("SERVER_PIDFILE", self.pidfile.display().to_string()),
            ("SERVER_LOG", self.log.display().to_string()),
            ("SERVER_CONFIGURATION", self.sandbox.join("configuration").display().to_string()),
        ];
        environment.extend(self.user.map(|user| ("SERVER_USER", user.to_owned())));
        environment
    }

    /// Its start, with these words.
    pub fn command(&self, words: Vec<OsString>) -> Start<'_> {
        let mut words = words.into_iter();
        let program = words.next().expect("a program");
        let start = self.sandbox.start(program).args(words);
        self.environment().into_iter().fold(start, |start, (name, value)| start.env(name, value))
    }

    /// Its start.
    pub fn start(&self) -> Start<'_> {
        self.command((self.peer.start)(self))
    }

    /// What its command did, which must end.
    pub fn end_of(&self, command: &mut Running<'_>) -> Result<Finished, Outcome> {
        if self.within(LONG_ENOUGH, || command.has_ended()) {
            Ok(command.wait())
        } else {
            Err(Outcome::of(false, "the command does not return"))
        }
    }

    /// Starts it, and gives what serves.
    pub fn running(&self) -> Result<Process, Outcome> {
        self.running_after(self.start())
    }

    /// Starts it so, and gives what serves.
    pub fn running_after(&self, start: Start<'_>) -> Result<Process, Outcome> {
        let finished = self.end_of(&mut start.spawn())?;
        if finished.code() != 0 {
            let text = first_line(&format!("{}{}", finished.stderr, finished.terminal));
            return Err(Outcome::of(
                false,
                format!("the start fails: status {}{text}", finished.code()),
            ));
        }
        self.serving().ok_or_else(|| Outcome::of(false, "the command returns 0, and nobody serves"))
    }

    /// What serves at the port, once something does.
    pub fn serving(&self) -> Option<Process> {
        let mut found = None;
        self.within(2 * A_MOMENT, || {
            let pid = self.ask("pid").ok().and_then(|pid| pid.trim().parse().ok());
            found = pid.and_then(Process::find);
            found.is_some()
        });
        found
    }

    /// Asks it, and reads all that it says.
    pub fn ask(&self, request: &str) -> io::Result<String> {
        ask(self.port, request)
    }

    /// Asks for what takes its time, and gives the connection once that has begun.
    pub fn ask_for_something_slow(&self) -> io::Result<BufReader<TcpStream>> {
        let mut stream = connect(self.port)?;
        stream.write_all(b"slow\n")?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line)?;
        Ok(stream)
    }

    /// Kills all processes there, and waits until their numbers are free.
    pub fn kill_all(&self) {
        let killed = self.sandbox.processes();
        self.sandbox.kill_all();
        for process in killed {
            let pid = Pid::from_raw(process.pid());
            self.sandbox.wait_until("a killed process is gone", || {
                // Those whose parent is gone too are this process's.
                _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
                !Path::new(&format!("/proc/{pid}")).exists()
            });
        }
    }

    /// The number in its pidfile.
    pub fn pid_in_pidfile(&self) -> Option<i32> {
        fs::read_to_string(&self.pidfile).ok()?.trim().parse().ok()
    }

    /// The process of its pidfile, which is what one signals; if there is none, this one.
    pub fn to_be_signalled(&self, serving: &Process) -> Process {
        let named = self.pid_in_pidfile().and_then(Process::find);
        named.or_else(|| Process::find(serving.pid())).expect("it runs")
    }

    /// The processes that run its program.
    pub fn servers(&self) -> Vec<Process> {
        let server = self.peer.server.canonicalize().unwrap_or_else(|_| self.peer.server.clone());
        let mut servers = self.sandbox.processes();
        servers.retain(|it| {
            fs::read_link(format!("/proc/{}/exe", it.pid())).is_ok_and(|exe| exe == server)
        });
        servers
    }

    /// Waits for this, but no longer; says whether it has come.
    pub fn within(&self, limit: Duration, condition: impl FnMut() -> bool) -> bool {
        self.sandbox.is_true_within(limit, condition)
    }

    /// The text of its log, if it has one.
    pub fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// Asks who serves at this port, and reads all that it says.
pub fn ask(port: u16, request: &str) -> io::Result<String> {
    let mut stream = connect(port)?;
    stream.write_all(format!("{request}\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(LONG_ENOUGH))?;
    Ok(stream)
}

/// A port that nobody listens at, below those that the kernel gives to clients.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// The first line of what was said, for a cell.
pub fn first_line(text: &str) -> String {
    match text.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => format!(", \"{line}\""),
        None => String::new(),
    }
}
