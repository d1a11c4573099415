//! A program that handles its signals with tokio as well: `before` the library does, or `after`.
//! What each of them sees is printed. At SIGUSR1, the events are cancelled in the middle a thousand
//! times, and then taken.

use std::time::Duration;

use daemon::Event;
use fixture::Told;
use tokio::signal::unix::{Signal, SignalKind, signal};

#[daemon::main(configure = Told::read)]
#[tokio::main(flavor = "current_thread")]
async fn main(ready: daemon::Ready, told: Told) -> std::io::Result<()> {
    let (mut events, [mut hang_ups, mut terminations]) = match told.only_step() {
        ("before", _) => {
            let signals = signals()?;
            (daemon::events().expect("the events"), signals)
        }
        ("after", _) => {
            let events = daemon::events().expect("the events");
            (events, signals()?)
        }
        step => panic!("no step {step:?}"),
    };
    let stopped = daemon::stopped();
    ready.notify_with("waits");
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = hang_ups.recv() => eprintln!("tokio: SIGHUP"),
                _ = terminations.recv() => eprintln!("tokio: SIGTERM"),
            }
        }
    });
    tokio::spawn(async move {
        loop {
            for _ in 0..1000 {
                tokio::select! {
                    biased;
                    () = std::future::ready(()) => {}
                    _ = events.recv() => unreachable!("the other is ready first"),
                }
            }
            match events.recv().await {
                Some(Event::Reload(reload)) => {
                    eprintln!("daemon: reload");
                    reload.done("");
                }
                Some(Event::User1) => eprintln!("daemon: user 1"),
                Some(_) => {}
                None => return,
            }
        }
    });
    stopped.await;
    // For the other's words.
    tokio::time::sleep(Duration::from_millis(50)).await;
    eprintln!("daemon: stopped");
    Ok(())
}

fn signals() -> std::io::Result<[Signal; 2]> {
    Ok([signal(SignalKind::hangup())?, signal(SignalKind::terminate())?])
}
