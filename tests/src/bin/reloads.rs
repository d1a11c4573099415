//! A program that asks for its stop and its events, and takes steps. With `hold=FILE`, `configure`
//! waits for that file.
//!
//! - `notify`: says that it is ready; `notify:MESSAGE`: with a message
//! - `drop`: drops `Ready`
//! - `starting:TEXT`: says how far the start is
//! - `status:TEXT`: says what it is doing
//! - `say:TEXT`: prints a line to standard error
//! - `output`: prints who reads standard error
//! - `wait:FILE`: waits for a file
//! - `hold:NAME`: holds up the stop
//! - `release:FILE`: from a thread, each time that there is the next of FILE1, FILE2…, lets go of the
//!   next hold
//! - `events:ANSWERS`: takes the events in a thread, prints each, and answers the requests to reload
//!   with the next of `done`, `refused`, `drop`, `panic`, `status`, `wait`, `later`, and the last one
//!   again and again; `wait` waits for the file `answer` first, `later` does so in a thread of its own
//! - `events-end`: takes the events until there are no more, and exits at once
//! - `events-again`: prints why the events cannot be taken twice
//! - `event-in-time`: prints whether there is an event within 10 ms
//! - `events-dropped:FILE`: takes a request to reload, waits for that file, lets go of the events, and
//!   then answers
//! - `verdict:TEXT`: waits until the last answer to a request to reload is this, and prints it
//! - `program`: starts sleep(1)
//! - `fork`: forks a child, which waits for the file `child`, then for its own stop, and says so;
//!   `fork:NAME`: and then it holds up its stop for ever
//! - `note:FILE`: makes a file
//! - `check`: prints what a start would do, as a library's call tells it
//! - `forks:N`: forks so many children, one after the other, each of which asks for its own stop and
//!   ends; meanwhile other threads take holds and let go of them
//! - `fork-quietly`: forks a child that prints nothing: it sends itself SIGHUP and SIGTERM, and makes the
//!   file `seen` when it sees its stop
//! - `alone`: makes the file `two` unless it is the only process that takes this step at a time
//! - `clone`: makes a child by clone(2), without the C library's knowledge, which lives on
//! - `swap:NAME,FILE`: gives the descriptor of the file of that name another file, as a program does
//!   that closes what is not its own
//! - `reuse:FILE`: closes every descriptor from 3 on, and opens the file with some forty numbers;
//!   `reuse-socket`: makes a pair of sockets so, and writes through it; `see-socket`: waits for the stop, and
//!   says whether that is all that it carries
//! - `request:WHY`: requests the stop
//! - `request-by:MEANS`: sends itself SIGTERM by a `timer`, by sigqueue(3) as `queue`, or to one of its
//!   threads as `thread`
//! - `lock`: another thread locks standard error for ever
//! - `numbers`: prints numbered lines from two threads, as fast as it can and each in pieces, until it is
//!   to stop; `numbers:N`: so many of each, and each at once
//! - `exhaust:FILE`: opens so many files that it has no descriptor left, until there is this file
//! - `alive`: gives signs of life to the watchdog in a thread, until it is drained
//! - `reopen:FILE`: at this file, opens the logs anew, and prints what came of it
//! - `hang-at-exit`: has exit(3) wait for ever
//! - `poll`: waits for the stop by poll(2), and prints whether its descriptor stays readable
//! - `block-on`: waits for each stage of the stop in an executor of its own, and prints it
//! - `return`: returns from `main`
//! - `stop`: waits for the stop, and says so

use std::fmt::Arguments;
use std::fs::File;
use std::io::{Read, Write, stderr};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;
use std::{panic, thread};

use daemon::{Event, Hold, Reload, Stop};
use fixture::{Told, live_on, parse, wait_for};
use nix::fcntl::{FcntlArg, Flock, FlockArg, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{self, ForkResult};

#[daemon::main(control = "daemon", configure = configure)]
fn main(ready: daemon::Ready, told: Told) {
    let mut ready = Some(ready);
    let mut holds = Vec::new();
    let mut sockets = None;
    let stop = daemon::stop();
    for (verb, object) in told.steps() {
        match verb {
            "notify" if object.is_empty() => ready.take().expect("once").notify(),
            "notify" => ready.take().expect("once").notify_with(object),
            "drop" => drop(ready.take()),
            "starting" => ready.as_ref().expect("not ready yet").status(object),
            "status" => daemon::status(object),
            "say" => eprintln!("{object}"),
            "output" => eprintln!("{:?}", daemon::output()),
            "wait" => wait_for(&told.file(object)),
            "hold" => holds.push(stop.hold(object)),
            "release" => release(&told, object, std::mem::take(&mut holds)),
            "events" => take_events(&told, object),
            "events-end" => {
                for event in daemon::events().expect("the events") {
                    if let Event::Reload(reload) = event {
                        reload.done("read anew");
                    }
                }
                std::process::exit(0);
            }
            "events-again" => {
                let _events = daemon::events().expect("the events");
                eprintln!("{}", daemon::events().expect_err("they are taken"));
            }
            "event-in-time" => {
                let limit = Duration::from_millis(10);
                match daemon::events().expect("the events").wait_timeout(limit) {
                    Ok(event) => eprintln!("{event:?}"),
                    Err(error) => eprintln!("{error}"),
                }
            }
            "events-dropped" => drop_events(&told.file(object)),
            "verdict" => {
                while daemon::last_reload().is_none_or(|verdict| verdict.text != object) {
                    thread::sleep(Duration::from_millis(5));
                }
                eprintln!("{object}");
            }
            "program" => drop(Command::new("sleep").arg("1000").spawn().expect("sleep")),
            "fork" => fork(&told.file("child"), object),
            "fork-quietly" => fork_quietly(&told.file("seen")),
            "note" => drop(File::create(told.file(object)).expect("a file")),
            "check" => {
                let checked = daemon::control::check(
                    daemon::Config::new("reloads")
                        .pidfile(told.file("daemon.pid"))
                        .mode(daemon::Mode::Background),
                );
                eprintln!("{checked}");
            }
            "forks" => fork_often(parse(object)),
            "alone" => alone(&told),
            "clone" => clone(),
            "swap" => swap(&told, object),
            "hang-at-exit" => hang_at_exit(),
            "reuse" => reuse(&told.file(object)),
            "reuse-socket" => sockets = Some(reuse_by_socket()),
            "see-socket" => {
                stop.wait();
                see(sockets.take().expect("a socket"));
            }
            "request" => stop.request(object),
            "request-by" => request_by(object),
            "lock" => lock(),
            "numbers" if object.is_empty() => print_numbers(u64::MAX, |line| eprint!("{line}")),
            "numbers" => print_numbers(parse(object), |line| {
                // What cannot be written is missed by the test.
                let _ = stderr().write_all(line.to_string().as_bytes());
            }),
            "exhaust" => exhaust(told.file(object)),
            "alive" => give_signs_of_life(),
            "reopen" => {
                wait_for(&told.file(object));
                match daemon::reopen_logs() {
                    Ok(()) => eprintln!("reopened"),
                    Err(error) => eprintln!("not reopened: {error}"),
                }
            }
            "poll" => poll_for_the_stop(&stop),
            "block-on" => {
                block_on(stop.requested());
                eprintln!("requested");
                block_on(stop.stopped());
                eprintln!("stopped");
                block_on(stop.drained());
                eprintln!("drained");
            }
            "return" => return,
            "stop" => {
                stop.wait();
                let _ = writeln!(stderr(), "stopped: {}", stop.reason().expect("a reason"));
                stop.wait_drained();
                return;
            }
            _ => panic!("no step {verb}"),
        }
    }
    live_on()
}

fn configure(config: &mut daemon::Config) -> Told {
    Told::read_with(config, |option, value| {
        let is_hold = option == "hold";
        if is_hold {
            wait_for(Path::new(value));
        }
        is_hold
    })
}

fn alone(told: &Told) {
    let mut file = File::create(told.file("alone")).expect("a file");
    // One that has just died may hold it for a moment.
    for _ in 0..200 {
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(locked) => return std::mem::forget(locked),
            Err((not_locked, _)) => file = not_locked,
        }
        thread::sleep(Duration::from_millis(1));
    }
    std::fs::write(told.file("two"), "").expect("a file");
}

fn release(told: &Told, name: &str, holds: Vec<Hold>) {
    let files: Vec<_> = (1..=holds.len()).map(|it| told.file(&format!("{name}{it}"))).collect();
    thread::spawn(move || {
        for (file, hold) in files.into_iter().zip(holds) {
            wait_for(&file);
            drop(hold);
        }
    });
}

fn take_events(told: &Told, answers: &str) {
    let mut answers: Vec<_> = answers.split(',').map(str::to_owned).collect();
    answers.reverse();
    let file = told.file("answer");
    // The signals are handled from here on, and not only when the thread runs.
    let events = daemon::events().expect("the events");
    thread::spawn(move || {
        for event in events {
            match event {
                Event::Reload(reload) => {
                    eprintln!("reload");
                    let answer = match answers.len() {
                        1 => answers[0].clone(),
                        _ => answers.pop().expect("an answer"),
                    };
                    if answer == "later" {
                        let file = file.clone();
                        thread::spawn(move || {
                            wait_for(&file);
                            reload.done("read anew");
                        });
                        continue;
                    }
                    if answer == "wait" {
                        wait_for(&file);
                    }
                    self::answer(reload, &answer);
                    eprintln!("answered {answer}");
                }
                Event::User1 => eprintln!("user 1"),
                Event::User2 => eprintln!("user 2"),
                _ => eprintln!("another event"),
            }
        }
        let _ = writeln!(stderr(), "no more events");
    });
}

fn drop_events(file: &Path) {
    let mut events = daemon::events().expect("the events");
    let Some(Event::Reload(reload)) = events.wait() else { panic!("no request to reload") };
    eprintln!("reload");
    wait_for(file);
    drop(events);
    reload.done("read anew");
}

fn answer(reload: Reload, answer: &str) {
    match answer {
        "done" | "wait" => reload.done("read anew"),
        "refused" => reload.refused("line 3 is wrong"),
        "drop" => drop(reload),
        "panic" => {
            let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| {
                let _reload = reload;
                panic!("in the middle of a reload");
            }));
        }
        "status" => {
            reload.status("half of it is read");
            reload.done("read anew");
        }
        _ => panic!("no answer {answer}"),
    }
}

#[expect(unsafe_code, reason = "a program may fork")]
fn fork(file: &Path, holds: &str) {
    // SAFETY: the child does what the child of a server that forks its workers does.
    if unsafe { unistd::fork() }.expect("a child").is_child() {
        wait_for(file);
        let stop = daemon::stop();
        let _hold = (!holds.is_empty()).then(|| stop.hold(holds));
        eprintln!("the child asks");
        stop.wait();
        let _ = writeln!(stderr(), "the child stops: {}", stop.reason().expect("a reason"));
        stop.wait_drained();
        std::process::exit(7);
    }
}

#[expect(unsafe_code, reason = "a program may fork")]
fn fork_quietly(file: &Path) {
    // SAFETY: the child does what the child of a server that forks its workers does.
    if unsafe { unistd::fork() }.expect("a child").is_child() {
        let stop = daemon::stop();
        for signal in [Signal::SIGHUP, Signal::SIGTERM] {
            kill(unistd::getpid(), signal).expect("a signal");
        }
        if stop.wait_timeout(Duration::from_secs(5)) {
            std::fs::write(file, "").expect("a file");
        }
        // SAFETY: _exit(2) ends the process, and nothing else.
        unsafe { libc::_exit(0) }
    }
}

#[expect(unsafe_code, reason = "a program may fork")]
fn fork_often(count: usize) {
    for _ in 0..2 {
        thread::spawn(|| {
            loop {
                drop(daemon::stop().hold("something short"));
            }
        });
    }
    for _ in 0..count {
        // SAFETY: the child does what the child of a server that forks its workers does.
        match unsafe { unistd::fork() }.expect("a child") {
            ForkResult::Parent { child } => {
                let ended = waitpid(child, None).expect("the child has ended");
                assert_eq!(ended, WaitStatus::Exited(child, 7));
            }
            ForkResult::Child => {
                let stop = daemon::stop();
                let _hold = stop.hold("the child");
                // SAFETY: _exit(2) ends the process, and nothing else.
                unsafe { libc::_exit(if stop.is_requested() { 8 } else { 7 }) }
            }
        }
    }
    eprintln!("{count} children have ended");
}

#[expect(unsafe_code, reason = "clone(2) is the subject")]
fn clone() {
    // SAFETY: without a stack of its own it is a fork, and the child sleeps.
    let child = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) };
    if child == 0 {
        loop {
            // SAFETY: pause(2) takes nothing.
            unsafe { libc::pause() };
        }
    }
}

#[expect(unsafe_code, reason = "these calls have no safe form")]
fn request_by(means: &str) {
    let own = unistd::getpid().as_raw();
    match means {
        "timer" => {
            // SAFETY: zeroes are a valid event; its fields are set below.
            let mut event: libc::sigevent = unsafe { std::mem::zeroed() };
            event.sigev_notify = libc::SIGEV_SIGNAL;
            event.sigev_signo = libc::SIGTERM;
            let mut timer = std::ptr::null_mut();
            // The number of the second one is not zero.
            for _ in 0..2 {
                // SAFETY: both live during the call.
                let made = unsafe {
                    libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer)
                };
                assert_eq!(made, 0);
            }
            // SAFETY: zeroes are a valid time.
            let mut soon: libc::itimerspec = unsafe { std::mem::zeroed() };
            soon.it_value.tv_nsec = 1;
            // SAFETY: the timer was made above, and the time lives during the call.
            let set =
                unsafe { libc::timer_settime(timer, 0, &raw const soon, std::ptr::null_mut()) };
            assert_eq!(set, 0);
        }
        "queue" => {
            let value = libc::sigval { sival_ptr: std::ptr::null_mut() };
            // SAFETY: sigqueue(3) takes numbers, and a value that nobody looks at.
            assert_eq!(unsafe { libc::sigqueue(own, libc::SIGTERM, value) }, 0);
        }
        // SAFETY: raise(3) takes a number.
        "thread" => assert_eq!(unsafe { libc::raise(libc::SIGTERM) }, 0),
        _ => panic!("no means {means}"),
    }
}

fn poll_for_the_stop(stop: &Stop) {
    let is_readable = |timeout: PollTimeout| {
        let mut fds = [PollFd::new(stop.as_fd(), PollFlags::POLLIN)];
        // The signal itself may end the wait first.
        poll(&mut fds, timeout) == Ok(1)
    };
    while !is_readable(PollTimeout::NONE) {}
    let stays = (0..1000).all(|_| {
        let _ = unistd::read(stop, &mut [0; 8]);
        is_readable(PollTimeout::ZERO)
    });
    eprintln!("readable, and stays so: {stays}");
}

/// The least that runs a future.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unparks(Thread);

    impl Wake for Unparks {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unparks(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

fn swap(told: &Told, names: &str) {
    let (name, file) = names.split_once(',').expect("two names");
    let path = told.file(name);
    let open = std::fs::read_dir("/proc/self/fd").expect("the descriptors");
    let is_it =
        |link: &std::fs::DirEntry| std::fs::read_link(link.path()).is_ok_and(|it| it == path);
    let link = open.flatten().find(is_it).expect("a descriptor of it");
    let number: i32 = parse(link.file_name().to_str().expect("a number"));
    let mut options = File::options();
    let file = options.read(true).write(true).open(told.file(file)).expect("the other file");
    give(file, number);
}

#[expect(unsafe_code, reason = "the number of a descriptor is the subject")]
fn give(file: File, number: i32) {
    use std::os::fd::AsRawFd;

    // SAFETY: nothing that Rust knows of owns the number.
    assert_eq!(unsafe { libc::dup2(file.as_raw_fd(), number) }, number);
}

/// As some programs do, by closefrom(3) for example, though others own them.
#[expect(unsafe_code, reason = "a program that closes what is not its own is the subject")]
fn close_descriptors() {
    // SAFETY: what owns them here is never used nor dropped.
    let result = unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0) };
    assert_eq!(result, 0, "close_range");
}

/// The last number that is taken again.
const LAST: i32 = 40;

/// Gives this file all numbers up to the last one.
fn fill(file: impl AsFd) {
    while fcntl(&file, FcntlArg::F_DUPFD(3)).expect("another number") < LAST {}
}

fn reuse(file: &Path) {
    close_descriptors();
    let file = File::options().read(true).append(true).open(file).expect("the file");
    fill(&file);
    std::mem::forget(file);
}

const SENT: &[u8] = b"sixteen bytes...";

fn reuse_by_socket() -> [UnixStream; 2] {
    close_descriptors();
    let (near, far) = UnixStream::pair().expect("sockets");
    let far_away = fcntl(&far, FcntlArg::F_DUPFD(LAST + 1)).expect("another number");
    drop(far);
    fill(&near);
    let mut far = own(far_away);
    far.write_all(SENT).expect("room");
    [near, far]
}

#[expect(unsafe_code, reason = "the number of a descriptor is the subject")]
fn own(number: i32) -> UnixStream {
    use std::os::fd::FromRawFd;

    // SAFETY: it was just made, and nobody else owns it.
    unsafe { UnixStream::from_raw_fd(number) }
}

fn see(sockets: [UnixStream; 2]) {
    let carried = sockets.map(|mut socket| {
        socket.set_nonblocking(true).expect("a socket");
        let mut bytes = [0; 1000];
        match socket.read(&mut bytes) {
            Ok(length) => bytes[..length].to_vec(),
            Err(_) => Vec::new(),
        }
    });
    match carried {
        [near, far] if near == SENT && far.is_empty() => eprintln!("the sockets are as they were"),
        other => eprintln!("the sockets carried {other:?}"),
    }
}

#[expect(unsafe_code, reason = "atexit(3) has no safe form")]
fn hang_at_exit() {
    extern "C" fn hang() {
        live_on()
    }
    // SAFETY: the function waits, and does nothing else.
    let registered = unsafe { libc::atexit(hang) };
    assert_eq!(registered, 0);
}

fn lock() {
    thread::spawn(|| {
        let _locked = stderr().lock();
        live_on()
    });
}

/// A formatted line is written to standard error in several pieces.
fn print_numbers(count: u64, print: fn(Arguments<'_>)) {
    for thread in ["a", "b"] {
        thread::spawn(move || {
            for number in 0..count {
                if daemon::stop().is_requested() {
                    return;
                }
                print(format_args!("{thread} {number} and the rest of the line {number}.\n"));
            }
        });
    }
}

fn exhaust(until: std::path::PathBuf) {
    let mut files = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        files.push(file);
    }
    thread::spawn(move || {
        while !until.exists() {
            thread::sleep(Duration::from_millis(5));
        }
        drop(files);
    });
}

fn give_signs_of_life() {
    let watchdog = daemon::watchdog().expect("a watchdog");
    thread::spawn(move || {
        let stop = daemon::stop();
        while !(stop.is_stopped() && stop.holds().is_empty()) {
            watchdog.alive();
            thread::sleep(watchdog.interval() / 8);
        }
    });
}
