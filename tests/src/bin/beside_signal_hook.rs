//! A program that handles its signals with signal-hook as well: `before` the library does, or `after`.
//! What each of them sees is printed.

use std::thread;

use daemon::Event;
use fixture::Told;
use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::iterator::Signals;

#[daemon::main(configure = Told::read)]
fn main(ready: daemon::Ready, told: Told) -> std::io::Result<()> {
    let (events, mut signals) = match told.only_step() {
        ("before", _) => {
            let signals = Signals::new([SIGHUP, SIGTERM])?;
            (daemon::events().expect("the events"), signals)
        }
        ("after", _) => {
            let events = daemon::events().expect("the events");
            (events, Signals::new([SIGHUP, SIGTERM])?)
        }
        step => panic!("no step {step:?}"),
    };
    ready.notify_with("waits");
    let other = thread::spawn(move || {
        for signal in &mut signals {
            match signal {
                SIGHUP => eprintln!("signal-hook: SIGHUP"),
                _ => return eprintln!("signal-hook: SIGTERM"),
            }
        }
    });
    for event in events {
        match event {
            Event::Reload(reload) => {
                eprintln!("daemon: reload");
                reload.done("");
            }
            Event::User1 => eprintln!("daemon: user 1"),
            _ => {}
        }
    }
    other.join().expect("it has seen the stop");
    eprintln!("daemon: stopped");
    Ok(())
}
