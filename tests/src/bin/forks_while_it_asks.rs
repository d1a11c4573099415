//! A program that asks for the stop for the first time, while another thread forks a child each time
//! that this allocates something: at so many moments. Each child asks for its own stop, requests it by
//! SIGTERM, and sees it.
#![expect(unsafe_code, reason = "a program may fork, and have an allocator of its own")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use std::{hint, process, thread};

use fixture::Told;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork, getpid, gettid};

/// Whether the main thread is to wait for a child at each allocation.
static ASKS: AtomicBool = AtomicBool::new(false);

/// How many children the main thread has waited for, or does.
static WANTED: AtomicU32 = AtomicU32::new(0);

/// How many have come and gone.
static ENDED: AtomicU32 = AtomicU32::new(0);

struct Forks;

// SAFETY: memory is the system's allocator's business.
unsafe impl GlobalAlloc for Forks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if ASKS.load(Ordering::SeqCst) && gettid() == getpid() {
            let number = WANTED.fetch_add(1, Ordering::SeqCst) + 1;
            while ENDED.load(Ordering::SeqCst) < number {
                hint::spin_loop();
            }
        }
        // SAFETY: the caller's arguments.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's arguments.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static FORKS: Forks = Forks;

#[daemon::main(configure = Told::read)]
fn main(ready: daemon::Ready, _told: Told) {
    ready.notify();
    thread::spawn(|| {
        loop {
            while ENDED.load(Ordering::SeqCst) == WANTED.load(Ordering::SeqCst) {
                hint::spin_loop();
            }
            see_a_child_stop();
            ENDED.fetch_add(1, Ordering::SeqCst);
        }
    });
    ASKS.store(true, Ordering::SeqCst);
    daemon::stop();
    ASKS.store(false, Ordering::SeqCst);
    println!("{} children", ENDED.load(Ordering::SeqCst));
}

fn see_a_child_stop() {
    // SAFETY: the child does what the child of a server that forks its workers does.
    match unsafe { fork() }.expect("a child") {
        ForkResult::Parent { child } => {
            let ended = waitpid(child, None).expect("the child has ended");
            assert_eq!(ended, WaitStatus::Exited(child, 7));
        }
        ForkResult::Child => {
            ASKS.store(false, Ordering::SeqCst);
            let stop = daemon::stop();
            kill(getpid(), Signal::SIGTERM).expect("SIGTERM");
            let status = if stop.wait_timeout(Duration::from_secs(10)) { 7 } else { 8 };
            process::exit(status);
        }
    }
}
