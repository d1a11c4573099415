//! Ignores SIGUSR1, handles SIGUSR2 and SIGHUP and blocks SIGWINCH in `configure`. Its pidfile is the first
//! argument.
#![expect(unsafe_code, reason = "sigaction(2) has no safe form")]

use std::io;

use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

#[daemon::main(configure = configure)]
fn main(ready: daemon::Ready) {
    ready.notify();
    loop {
        std::thread::park();
    }
}

fn configure(config: &mut daemon::Config) -> io::Result<()> {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
    // SAFETY: to ignore is no function of ours.
    unsafe { signal(Signal::SIGUSR1, SigHandler::SigIgn) }?;
    // SAFETY: the handler does nothing.
    unsafe { signal(Signal::SIGUSR2, SigHandler::Handler(handle)) }?;
    // SAFETY: as above.
    unsafe { signal(Signal::SIGHUP, SigHandler::Handler(handle)) }?;
    SigSet::from(Signal::SIGWINCH).thread_block()?;
    Ok(())
}

extern "C" fn handle(_: i32) {}
