//! A daemon that takes the steps its arguments name, one after the other, and then lives on.
//!
//! `does_as_told status:opening wait:go notify` shows a status, waits for a file `go`, and is
//! ready. All files are in the directory of the start, the pidfile `daemon.pid` among them.
//! Arguments before the steps that have a `=` in them are options of the launch.

use std::{
    env, fs,
    fs::File,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{self, Child, Command},
    thread,
    time::Duration,
};

use daemon::{Config, Mode, Output, Pidfile, Ready};
use nix::{
    sys::{
        signal::{SigHandler, Signal, raise, signal},
        wait::waitpid,
    },
    unistd::{ForkResult, dup2_stderr, fork},
};

struct Told {
    here: PathBuf,
    steps: Vec<String>,
}

#[daemon::main(configure = told)]
fn main(ready: Ready, told: Told) -> Result<(), String> {
    let mut daemon = Daemon { ready: Some(ready), here: told.here, children: Vec::new() };
    for step in &told.steps {
        daemon.take(step)?;
    }
    live_on()
}

fn told(config: &mut Config) -> Told {
    let here = env::current_dir().expect("a working directory");
    config.pidfile(here.join("daemon.pid"));
    let mut steps = env::args().skip(1).peekable();
    while let Some(option) = steps.next_if(|argument| argument.contains('=')) {
        match option.split_once('=').expect("found above") {
            ("start_timeout", "never") => config.start_timeout(None),
            ("start_timeout", seconds) => {
                let seconds = seconds.parse().expect("seconds");
                config.start_timeout(Duration::from_secs_f64(seconds))
            }
            ("mode", "foreground") => config.mode(Mode::Foreground),
            ("mode", "background") => config.mode(Mode::Background),
            ("notification_fd", number) => {
                config.notification_fd(number.parse().expect("a number"))
            }
            ("pidfile", "none") => config.pidfile(Pidfile::None),
            ("pidfile", "usual") => config.pidfile(Pidfile::Usual),
            ("pidfile", file) => config.pidfile(here.join(file)),
            ("chdir", directory) => config.chdir(directory),
            ("chroot", directory) => config.chroot(directory),
            ("user", id) => config.user(id.parse::<u32>().expect("a number")),
            ("hold", file) => {
                wait_for(&here.join(file));
                continue;
            }
            ("stderr", "usual") => config.stderr(Output::Usual),
            ("stderr", "inherit") => config.stderr(Output::Inherit),
            ("stderr", file) => config.stderr(here.join(file)),
            ("stdout", file) => config.stdout(here.join(file)),
            _ => panic!("no option {option}"),
        };
    }
    Told { here, steps: steps.collect() }
}

struct Daemon {
    ready: Option<Ready>,
    here: PathBuf,
    children: Vec<Child>,
}

impl Daemon {
    fn take(&mut self, step: &str) -> Result<(), String> {
        let (verb, object) = step.split_once(':').unwrap_or((step, ""));
        match verb {
            "status" => self.ready().status(object),
            "statuses" => {
                for number in 0..object.parse().expect("a number") {
                    self.ready().status(format_args!("step {number}"));
                }
            }
            "print" => eprintln!("{object}"),
            "mode" => eprintln!("{}", daemon::mode()),
            "say" => daemon::status(object),
            "environment" => {
                let file = File::create(self.here.join(object)).expect("a file");
                let env = Command::new("env").stdout(file).status().expect("env");
                assert!(env.success());
            }
            "print-file" => {
                let bytes = fs::read(self.here.join(object)).expect("a file");
                std::io::Write::write_all(&mut std::io::stderr(), &bytes).expect("stderr");
            }
            "note" => fs::write(self.here.join(object), "").expect("a file"),
            "wait" => wait_for(&self.here.join(object)),
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
            "child-that-drops-and-exits" => in_a_child(Until::ItsEnd, || {
                drop(self.ready.take());
                process::exit(0)
            }),
            "child-that-lives-on" => in_a_child(Until::ItsBirth, || live_on()),
            "command" => {
                let mut words = object.split(' ');
                let program = words.next().expect("a program");
                self.children.push(Command::new(program).args(words).spawn().expect("a child"));
            }
            "exec" => {
                let error = Command::new(object).arg("1000").exec();
                return Err(error.to_string());
            }
            "close-descriptors" => close_descriptors(),
            "redirect" => {
                let file = File::create(self.here.join(object)).expect("a file");
                dup2_stderr(file).expect("stderr");
            }
            "ignore-term" => ignore_term(),
            "stop" => raise(Signal::SIGSTOP).expect("a signal"),
            "error" => return Err(object.to_owned()),
            "exit" => process::exit(object.parse().expect("a status")),
            _ => panic!("no step {step}"),
        }
        Ok(())
    }

    fn ready(&self) -> &Ready {
        self.ready.as_ref().expect("`Ready` is still there")
    }

    fn hand_over(&mut self) -> Ready {
        self.ready.take().expect("`Ready` is still there")
    }
}

fn wait_for(file: &Path) {
    while !file.exists() {
        thread::sleep(Duration::from_millis(5));
    }
}

fn live_on() -> ! {
    loop {
        thread::park();
    }
}

/// How long the daemon waits for its child.
#[derive(PartialEq)]
enum Until {
    ItsBirth,
    ItsEnd,
}

#[expect(unsafe_code, reason = "fork is the subject")]
fn in_a_child(until: Until, life: impl FnOnce()) {
    // SAFETY: this process has one thread, so its child may do what it likes.
    match unsafe { fork() }.expect("a child") {
        ForkResult::Child => life(),
        ForkResult::Parent { child } if until == Until::ItsEnd => {
            waitpid(child, None).expect("its end");
        }
        ForkResult::Parent { .. } => {}
    }
}

#[expect(unsafe_code, reason = "a program that closes what is not its own is the subject")]
fn close_descriptors() {
    // SAFETY: what owns them is never used nor dropped, because the daemon lives on.
    let result = unsafe { libc::close_range(3, u32::MAX, 0) };
    assert_eq!(result, 0, "close_range");
}

#[expect(unsafe_code, reason = "nix has no safe way to set a signal's action")]
fn ignore_term() {
    // SAFETY: to ignore a signal runs no code.
    unsafe { signal(Signal::SIGTERM, SigHandler::SigIgn) }.expect("SIGTERM ignored");
}
