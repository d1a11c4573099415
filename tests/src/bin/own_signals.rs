//! Ignores SIGUSR1, handles SIGUSR2 and SIGHUP and blocks SIGWINCH in `configure`.
#![expect(unsafe_code, reason = "sigaction(2) has no safe form")]

use std::io;

use fixture::{Told, live_on};
use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

#[daemon::main(configure = configure)]
fn main(ready: daemon::Ready, _told: Told) {
    ready.notify();
    live_on()
}

fn configure(config: &mut daemon::Config) -> io::Result<Told> {
    let told = Told::read(config);
    // SAFETY: to ignore is no function of ours.
    unsafe { signal(Signal::SIGUSR1, SigHandler::SigIgn) }?;
    // SAFETY: the handler does nothing.
    unsafe { signal(Signal::SIGUSR2, SigHandler::Handler(handle)) }?;
    // SAFETY: as above.
    unsafe { signal(Signal::SIGHUP, SigHandler::Handler(handle)) }?;
    SigSet::from(Signal::SIGWINCH).thread_block()?;
    Ok(told)
}

extern "C" fn handle(_: i32) {}
