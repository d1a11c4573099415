//! The steps.

use std::{
    error::Error,
    fs::{self, File},
    io::{self, Write},
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt,
    panic,
    process::{self, Child, Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

use daemon::{Ready, Watchdog};
use fixture::{Told, duration, live_on, parse, wait_for};
use nix::{
    sys::{
        signal::{SigHandler, Signal, kill, raise, signal},
        wait::{WaitPidFlag, waitpid},
    },
    unistd::{Pid, dup2_stderr},
};

use crate::{children, early, endings};

pub(crate) struct Daemon<'a> {
    ready: Option<Ready>,
    told: &'a Told,
    children: Vec<Child>,
    /// Only held.
    files: Vec<File>,
    /// Only held.
    listeners: Vec<TcpListener>,
}

impl<'a> Daemon<'a> {
    pub(crate) fn new(ready: Ready, told: &'a Told) -> Self {
        Self {
            ready: Some(ready),
            told,
            children: Vec::new(),
            files: Vec::new(),
            listeners: Vec::new(),
        }
    }

    /// Takes a step. If `main` is to end with it, gives its exit status.
    pub(crate) fn take(
        &mut self,
        verb: &str,
        object: &str,
    ) -> Result<Option<ExitCode>, Box<dyn Error>> {
        match verb {
            // How far the start is, and that it is over.
            "status" => self.ready().status(object),
            "statuses" => {
                for number in 0..parse(object) {
                    self.ready().status(format_args!("step {number}"));
                }
            }
            "statuses-for" => says_for(self.ready(), duration(object)),
            "notify" if object.is_empty() => self.hand_over().notify(),
            "notify" => self.hand_over().notify_with(object),
            "notify-on-a-thread" => {
                let ready = self.hand_over();
                thread::spawn(|| ready.notify()).join().expect("no panic");
            }
            "notify-by-a-detached-one" => Ready::detached().notify(),
            "drop" => drop(self.hand_over()),
            "drop-on-a-thread" => {
                let ready = self.hand_over();
                thread::spawn(|| drop(ready)).join().expect("no panic");
            }
            "keep-on-a-thread" => {
                let ready = self.hand_over();
                thread::spawn(|| {
                    let _kept = ready;
                    live_on()
                });
            }

            // Things to see from the outside.
            "say" => daemon::status(object),
            // Not `eprintln!`, which panics where nothing can be written.
            "print" => _ = writeln!(io::stderr(), "{object}"),
            "print-out" => _ = writeln!(io::stdout(), "{object}"),
            "print-file" => {
                let bytes = fs::read(self.told.file(object)).expect("a file");
                io::stderr().write_all(&bytes).expect("stderr");
            }
            "mode" => eprintln!("{}", daemon::mode()),
            "sigchld" => eprintln!("SIGCHLD: {}", early::action_for_sigchld()),
            "note" => fs::write(self.told.file(object), "").expect("a file"),
            "environment" => {
                let file = File::create(self.told.file(object)).expect("a file");
                let env = Command::new("env").stdout(file).status().expect("env");
                assert!(env.success());
            }
            "wait" => wait_for(&self.told.file(object)),

            // Its own signals and descriptors.
            "ignore-term" => ignore_term(),
            "stop" => raise(Signal::SIGSTOP).expect("a signal"),
            "open" => {
                // Without O_NOCTTY: a session leader that has no terminal gets this one, if it is
                // one; see open(2).
                let path = self.told.file(object);
                self.files.push(File::options().read(true).write(true).open(path)?);
            }
            "close-descriptors" => close_descriptors(),
            "redirect" => {
                let file = File::create(self.told.file(object)).expect("a file");
                dup2_stderr(file).expect("stderr");
            }
            "listen" => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                let port = listener.local_addr()?.port();
                fs::write(self.told.file(object), port.to_string())?;
                self.listeners.push(listener);
            }
            "answer" => answer(object),

            // Children.
            "command" => {
                let mut words = object.split(' ');
                let program = words.next().expect("a program");
                self.children.push(Command::new(program).args(words).spawn().expect("a child"));
            }
            "stop-command" => stop(self.children.last().expect("a command")),
            "see-exit-status" => {
                let line = format!("exit {object}");
                let status = Command::new("/bin/sh").args(["-c", &line]).status()?;
                assert_eq!(status.code(), Some(parse(object)));
            }
            "child-that-drops-and-exits" => {
                children::that_exits_after(|| drop(self.ready.take()));
            }
            "child-that-notifies-and-exits" => {
                let ready = &mut self.ready;
                children::that_exits_after(|| ready.take().expect("a copy").notify());
            }
            "child-that-says-and-exits" => {
                children::that_exits_after(|| self.ready().status(object));
            }
            "process-1-that-notifies-and-exits" => {
                let ready = &mut self.ready;
                children::that_is_process_1(|| ready.take().expect("a copy").notify());
            }
            "process-1-by-clone-that-notifies-and-exits" => {
                let ready = &mut self.ready;
                children::that_clone_makes_process_1(|| ready.take().expect("a copy").notify());
            }
            "child-that-exits" => children::that_exits_after(|| ()),
            "child-that-forks" => children::that_forks(),
            "child-that-lives-on" => children::that_lives_on(),

            // Signs of life.
            "watchdog" => match daemon::watchdog() {
                Some(watchdog) => eprintln!("watched every {:?}", watchdog.interval()),
                None => {
                    eprintln!("nobody watches");
                    return Ok(Some(ExitCode::SUCCESS));
                }
            },
            "alive-for" => {
                let start = Instant::now();
                let limit = watchdog().interval() * parse(object);
                alive_while(|| start.elapsed() < limit);
            }
            "alive-until" => {
                let file = self.told.file(object);
                alive_while(|| !file.exists());
            }

            // Ends.
            "return" => return Ok(Some(ExitCode::from(parse::<u8>(object)))),
            "error" => return Err(object.into()),
            "exit" => process::exit(parse(object)),
            "exit-on-a-thread" => {
                let status = parse(object);
                thread::spawn(move || process::exit(status)).join().expect("no return");
            }
            "exec" => return Err(Command::new(object).arg("1000").exec().into()),
            "panic" => panic!("{object}"),
            "panic-on-a-thread" => {
                let message = object.to_owned();
                _ = thread::spawn(move || panic!("{message}")).join();
            }
            "panic-hook" => {
                let message = object.to_owned();
                panic::set_hook(Box::new(move |_| eprintln!("{message}")));
            }
            "abort" => process::abort(),
            "signal" => endings::by_signal(parse(object)),
            "read-at-address-8" => endings::by_reading_at_address_8(),
            "overflow-the-stack" => endings::by_overflow(),
            "fail-an-assertion-in-c" => endings::by_an_assertion_in_c(),
            _ => panic!("no step {verb}"),
        }
        Ok(None)
    }

    fn ready(&self) -> &Ready {
        self.ready.as_ref().expect("`Ready` is still there")
    }

    fn hand_over(&mut self) -> Ready {
        self.ready.take().expect("`Ready` is still there")
    }
}

/// Again and again for this long.
fn says_for(ready: &Ready, time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        ready.status(format_args!("getting ready for {:?}", start.elapsed()));
        // Often enough for a supervisor that gives a second more with each, and no flood.
        thread::sleep(Duration::from_millis(100));
    }
}

fn watchdog() -> Watchdog {
    daemon::watchdog().expect("a watchdog")
}

fn alive_while(condition: impl Fn() -> bool) {
    let watchdog = watchdog();
    while condition() {
        watchdog.alive();
        // More often than any interval, without taking a whole processor.
        thread::sleep(Duration::from_millis(1));
    }
}

/// Answers every connection to the socket that was passed with this name.
fn answer(name: &str) {
    let socket = daemon::sockets().named(name).expect("a socket of this name");
    let socket = socket.into_unix_listener().expect("a Unix socket that listens");
    for connection in socket.incoming() {
        let said: io::Result<()> = connection.and_then(|mut it| it.write_all(b"come in\n"));
        said.expect("somebody who listens");
    }
}

fn stop(child: &Child) {
    let pid = Pid::from_raw(child.id() as i32);
    kill(pid, Signal::SIGSTOP).expect("a signal");
    waitpid(pid, Some(WaitPidFlag::WUNTRACED)).expect("a stopped child");
}

#[expect(unsafe_code, reason = "a program that closes what is not its own is the subject")]
fn close_descriptors() {
    // SAFETY: what owns them is never used nor dropped, because the daemon lives on.
    let result = unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0) };
    assert_eq!(result, 0, "close_range");
}

#[expect(unsafe_code, reason = "nix has no safe way to set a signal's action")]
fn ignore_term() {
    // SAFETY: to ignore a signal runs no code.
    unsafe { signal(Signal::SIGTERM, SigHandler::SigIgn) }.expect("SIGTERM ignored");
}
