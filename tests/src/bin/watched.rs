//! Gives signs of life to its supervisor's watchdog, in the way that its first argument says, until
//! there is a file `stuck` in the directory of the start; then it goes on without.

use std::env::{args, current_dir};
use std::io;
use std::path::PathBuf;
use std::thread::{park, sleep};
use std::time::Duration;

use daemon::{Config, Mode, Ready, Watchdog};

#[daemon::main(configure = arguments, stderr = inherit)]
fn main(ready: Ready, (how, stuck): (String, PathBuf)) -> io::Result<()> {
    ready.notify();
    let Some(watchdog) = daemon::watchdog() else {
        eprintln!("nobody watches");
        return Ok(());
    };
    eprintln!("watched every {:?}", watchdog.interval());
    match &*how {
        "loop" => {
            while !stuck.exists() {
                watchdog.alive();
                sleep(Duration::from_millis(1));
            }
        }
        "heartbeat" => heartbeat(watchdog, stuck)?,
        _ => {}
    }
    eprintln!("stuck");
    loop {
        park();
    }
}

/// An executor whose other task blocks it.
#[tokio::main(flavor = "current_thread")]
async fn heartbeat(watchdog: Watchdog, stuck: PathBuf) -> io::Result<()> {
    tokio::spawn(watchdog.heartbeat()?);
    let block = async || {
        while !stuck.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        eprintln!("stuck");
        loop {
            park();
        }
    };
    block().await
}

fn arguments(config: &mut Config) -> (String, PathBuf) {
    if args().nth(2).is_some() {
        config.mode(Mode::Background);
    }
    let stuck = current_dir().expect("a working directory").join("stuck");
    (args().nth(1).expect("how"), stuck)
}
