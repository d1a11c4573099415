//! A daemon that asks for what its arguments say, `option=value` each, and gets ready at once.

use std::{env, sync::mpsc, thread};

use daemon::{Config, Output, Pidfile};

#[daemon::main(name = "echod", configure = asked_for, privileged = open)]
fn main(ready: daemon::Ready) {
    ready.notify();
    loop {
        thread::park();
    }
}

fn asked_for(config: &mut Config) -> Result<(), String> {
    for argument in env::args().skip(1) {
        match argument.split_once('=').expect("option=value") {
            ("name", name) => config.name(name),
            ("pidfile", "usual") => config.pidfile(Pidfile::Usual),
            ("pidfile", path) => config.pidfile(path),
            ("chdir", path) => config.chdir(path),
            ("umask", mask) => config.umask(u32::from_str_radix(mask, 8).expect("octal digits")),
            ("stdout", path) => config.stdout(path),
            ("stderr", "usual") => config.stderr(Output::Usual),
            ("stderr", path) => config.stderr(path),
            ("threads", names) => {
                names.split(',').for_each(spawn);
                continue;
            }
            ("configure", error) => return Err(error.to_owned()),
            // That is for `open`.
            ("privileged", _) => continue,
            _ => panic!("no option {argument}"),
        };
    }
    Ok(())
}

fn open() -> Result<(), String> {
    let error = env::args().find_map(|argument| Some(argument.strip_prefix("privileged=")?.into()));
    error.map_or(Ok(()), Err)
}

/// Starts a thread, and waits until it has its name, which it gives to itself.
fn spawn(name: &str) {
    let (started, has_started) = mpsc::channel();
    let live = move || {
        started.send(()).expect("somebody waits");
        thread::park();
    };
    thread::Builder::new().name(name.into()).spawn(live).expect("a thread");
    has_started.recv().expect("a started thread");
}
