//! A daemon that is confined as its options say, makes the attempts that its steps name, and
//! writes to the file `report` how each went.
//!
//! The steps are in `attempts`, and one more: with `end` the body ends when it is ready. The
//! options of the launch are those of `fixture::Told`, and these:
//!
//! - `configure=open:DIRECTORY`: opened by `configure`, and never closed
//! - `privileged=listen:PORT`, `privileged=open:DIRECTORY`, `privileged=thread`: what that function
//!   does, and what the daemon holds from then on

mod attempts;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use daemon::Config;
use fixture::{Told, live_on, parse};

struct Asked {
    told: Told,
    report: File,
    /// What `privileged` does.
    privileged: Option<String>,
}

#[daemon::main(configure = configure, privileged = as_root)]
fn main(ready: daemon::Ready, (mut asked, held): (Asked, Held)) -> io::Result<()> {
    writeln!(asked.report, "the body runs")?;
    let mut ends = false;
    for (what, with) in asked.told.steps() {
        if what == "end" {
            ends = true;
            continue;
        }
        let result = attempts::make(what, with)?;
        let colon = if with.is_empty() { "" } else { ":" };
        writeln!(asked.report, "{what}{colon}{with} -> {result}")?;
    }
    writeln!(asked.report, "all tried")?;
    if let Held::Listener(listener) = &held {
        ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
    } else {
        ready.notify();
    }
    if ends { Ok(()) } else { live_on() }
}

fn configure(config: &mut Config) -> io::Result<Asked> {
    let (mut early, mut privileged) = (None, None);
    let told = Told::read_with(config, |option, value| {
        match option {
            "configure" => {
                let directory = value.strip_prefix("open:").expect("open:DIRECTORY");
                early = Some(File::open(directory));
            }
            "privileged" => privileged = Some(value.to_owned()),
            _ => return false,
        }
        true
    });
    std::mem::forget(early.transpose()?);
    let report = OpenOptions::new().append(true).create(true).open(told.file("report"))?;
    Ok(Asked { told, report, privileged })
}

/// What `privileged` hands on, to be held for the daemon's life.
enum Held {
    Nothing,
    Listener(TcpListener),
    Directory(#[expect(dead_code, reason = "only to be open")] File),
}

fn as_root(asked: Asked) -> io::Result<(Asked, Held)> {
    let what = asked.privileged.as_deref().unwrap_or_default();
    let held = match what.split_once(':').unwrap_or((what, "")) {
        ("", _) => Held::Nothing,
        ("listen", port) => Held::Listener(TcpListener::bind((Ipv4Addr::LOCALHOST, parse(port)))?),
        ("open", directory) => Held::Directory(File::open(directory)?),
        ("thread", _) => {
            thread::spawn(|| live_on());
            Held::Nothing
        }
        _ => panic!("privileged cannot {what}"),
    };
    Ok((asked, held))
}
