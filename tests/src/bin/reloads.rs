//! A program that asks for its stop and its events, and takes steps.
//!
//! - `notify`: says that it is ready
//! - `say:TEXT`: prints a line to standard error
//! - `output`: prints who reads standard error
//! - `wait:FILE`: waits for a file
//! - `hold:NAME`: holds up the stop
//! - `release:FILE`: from a thread, each time that there is the next of FILE1, FILE2…, lets go of the
//!   next hold
//! - `events:ANSWERS`: takes the events in a thread, prints each, and answers the requests to reload
//!   with the next of `done`, `refused`, `drop`, `panic`, `status`, `wait`, `later`, and the last one
//!   again and again; `wait` waits for the file `answer` first, `later` does so in a thread of its own
//! - `events-again`: prints why the events cannot be taken twice
//! - `event-in-time`: prints whether there is an event within 10 ms
//! - `program`: starts sleep(1)
//! - `fork`: forks a child, which waits for the file `child`, then for its own stop, and says so;
//!   `fork:NAME`: and then it holds up its stop for ever
//! - `forks:N`: forks so many children, one after the other, each of which asks for its own stop and
//!   ends; meanwhile other threads take holds and let go of them
//! - `alone`: makes the file `two` unless it is the only process that takes this step at a time
//! - `clone`: makes a child by clone(2), without the C library's knowledge, which lives on
//! - `request:WHY`: requests the stop
//! - `lock`: another thread locks standard error for ever
//! - `numbers`: prints numbered lines from two threads, as fast as it can, until it is to stop
//! - `reopen:FILE`: at this file, opens the logs anew, and prints what came of it
//! - `hang-at-exit`: has exit(3) wait for ever
//! - `stop`: waits for the stop, and says so

use std::fs::File;
use std::io::{Write, stderr};
use std::os::fd::IntoRawFd;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{panic, thread};

use daemon::{Event, Hold, Reload};
use fixture::{Told, live_on, parse, wait_for};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{self, ForkResult};

#[daemon::main(control = "daemon", configure = Told::read)]
fn main(ready: daemon::Ready, told: Told) {
    let mut ready = Some(ready);
    let mut holds = Vec::new();
    let stop = daemon::stop();
    for (verb, object) in told.steps() {
        match verb {
            "notify" => ready.take().expect("once").notify(),
            "say" => eprintln!("{object}"),
            "output" => eprintln!("{:?}", daemon::output()),
            "wait" => wait_for(&told.file(object)),
            "hold" => holds.push(stop.hold(object)),
            "release" => release(&told, object, std::mem::take(&mut holds)),
            "events" => take_events(&told, object),
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
            "program" => drop(Command::new("sleep").arg("1000").spawn().expect("sleep")),
            "fork" => fork(&told.file("child"), object),
            "forks" => fork_often(parse(object)),
            "alone" => alone(&told),
            "clone" => clone(),
            "hang-at-exit" => hang_at_exit(),
            "request" => stop.request(object),
            "lock" => lock(),
            "numbers" => print_numbers(),
            "reopen" => {
                wait_for(&told.file(object));
                match daemon::reopen_logs() {
                    Ok(()) => eprintln!("reopened"),
                    Err(error) => eprintln!("not reopened: {error}"),
                }
            }
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

fn alone(told: &Told) {
    let file = File::create(told.file("alone")).expect("a file");
    // One that has just died may hold it for a moment.
    let is_alone = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(1));
        file.try_lock().is_ok()
    });
    if !is_alone {
        std::fs::write(told.file("two"), "").expect("a file");
    }
    let _locked_until_the_end = file.into_raw_fd();
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

/// Each line in several pieces, as a formatted one is written to standard error.
fn print_numbers() {
    for thread in ["a", "b"] {
        thread::spawn(move || {
            for number in 0_u64.. {
                if daemon::stop().is_requested() {
                    return;
                }
                eprintln!("{thread} {number} and the rest of the line {number}.");
            }
        });
    }
}
