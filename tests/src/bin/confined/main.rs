//! A daemon that is confined as its arguments say, tries what they say, and reports how each
//! attempt went. See `options` and `attempts` for the words that it knows.

mod attempts;
mod options;

use std::fs::File;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use options::{Options, Root};

#[daemon::main(configure = options::read, privileged = as_root)]
fn main(ready: daemon::Ready, (mut options, held): (Options, Held)) -> io::Result<()> {
    writeln!(options.report, "the body runs")?;
    for attempt in &options.attempts {
        let result = attempts::make(attempt)?;
        writeln!(options.report, "{attempt} -> {result}")?;
    }
    writeln!(options.report, "all tried")?;
    if let Held::Listener(listener) = &held {
        ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
    } else {
        ready.notify();
    }
    if options.ends {
        return Ok(());
    }
    loop {
        thread::park();
    }
}

/// What `privileged` hands on, to be held for the daemon's life.
enum Held {
    Nothing,
    Listener(TcpListener),
    Directory(#[expect(dead_code, reason = "only to be open")] File),
}

fn as_root(options: Options) -> io::Result<(Options, Held)> {
    let held = match &options.as_root {
        None => Held::Nothing,
        Some(Root::Listens(port)) => {
            Held::Listener(TcpListener::bind((Ipv4Addr::LOCALHOST, *port))?)
        }
        Some(Root::OpensDirectory(path)) => Held::Directory(File::open(path)?),
        Some(Root::StartsThread) => {
            thread::spawn(|| {
                loop {
                    thread::park();
                }
            });
            Held::Nothing
        }
    };
    Ok((options, held))
}
