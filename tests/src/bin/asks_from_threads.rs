//! A program of which several threads ask for the stop at once, each a little later than the one
//! before, and request it by SIGTERM as soon as they have asked.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fixture::Told;
use nix::sys::signal::{Signal, kill};
use nix::unistd::getpid;

const THREADS: u32 = 4;

#[daemon::main(configure = Told::read)]
fn main(ready: daemon::Ready, _told: Told) {
    ready.notify();
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    let threads = (0..THREADS).map(|number| {
        thread::spawn(move || {
            BEGUN.fetch_add(1, Ordering::SeqCst);
            while BEGUN.load(Ordering::SeqCst) < THREADS {}
            let moment = Instant::now() + Duration::from_micros(25) * number;
            while Instant::now() < moment {}
            let stop = daemon::stop();
            kill(getpid(), Signal::SIGTERM).expect("SIGTERM");
            stop.wait();
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().for_each(|thread| thread.join().expect("it has seen the stop"));
}
