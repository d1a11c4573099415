//! A program that takes its events before the end of the launch: in `configure`, or in `privileged`. It
//! writes each into the file `events`, and a line when there are no more.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use daemon::{Config, Event, Events, Ready};
use fixture::Told;

#[daemon::main(configure = configure, privileged = privileged)]
fn main(ready: Ready, (told, events): (Told, Events)) -> io::Result<()> {
    let mut file: File = OpenOptions::new().create(true).append(true).open(told.file("events"))?;
    ready.notify();
    writeln!(file, "ready")?;
    for event in events {
        match event {
            Event::Reload(reload) => {
                writeln!(file, "reload")?;
                reload.done("read anew");
            }
            _ => writeln!(file, "another")?,
        }
    }
    writeln!(file, "no more")
}

fn configure(config: &mut Config) -> Result<(Told, Option<Events>), daemon::Error> {
    let told = Told::read(config);
    let events = if told.only_step().0 == "configure" { Some(daemon::events()?) } else { None };
    Ok((told, events))
}

fn privileged((told, events): (Told, Option<Events>)) -> Result<(Told, Events), daemon::Error> {
    let events = match events {
        Some(events) => events,
        None => daemon::events()?,
    };
    Ok((told, events))
}
