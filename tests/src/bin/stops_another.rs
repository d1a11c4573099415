//! A program that stops the daemon of a pidfile, by the library. With `handled` it handles SIGTERM,
//! and says so.

use std::path::PathBuf;
use std::{env, thread};

use daemon::control::{self, Stop};
use daemon::{Config, Mode};
use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;

fn main() {
    let words: Vec<_> = env::args().skip(1).collect();
    let [pidfile, signals] = &words[..] else { panic!("the pidfile, and what is done at SIGTERM") };
    if signals == "handled" {
        let mut signals = Signals::new([SIGTERM]).expect("a handler");
        thread::spawn(move || signals.forever().for_each(|_| println!("signalled")));
    }
    let mut config = Config::new("stops_another");
    config.pidfile(PathBuf::from(pidfile)).mode(Mode::Background);
    let stopped = control::stop(&config, &Stop::new());
    println!("stopped: {}", stopped.expect("an answer"));
}
