//! The library, with its attribute.

use std::io;
use std::net::TcpListener;
use std::thread;

#[path = "../../peers/server.rs"]
mod server;

#[daemon::main(pidfile, stderr, control, configure = settings)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let listener = server::start_up()?;
    let stop = daemon::stop();
    let events = daemon::events()?;
    ready.notify();

    let holds = stop.clone();
    thread::spawn(move || serve(&listener, &holds));
    for event in events {
        if let daemon::Event::Reload(reload) = event {
            match configuration() {
                Ok(()) => reload.done("the configuration is good"),
                Err(error) => reload.refused(error),
            }
        }
    }
    stop.wait_drained();
    Ok(())
}

fn settings(config: &mut daemon::Config) {
    config.pidfile(server::path("SERVER_PIDFILE")).stderr(server::path("SERVER_LOG"));
    config.user(server::setting("SERVER_USER"));
}

/// A stop waits for each client.
fn serve(listener: &TcpListener, stop: &daemon::Stop) {
    for stream in listener.incoming().flatten() {
        let hold = stop.hold("a client");
        thread::spawn(move || {
            let _hold = hold;
            server::answer(stream)
        });
    }
}

fn configuration() -> Result<(), String> {
    let path = server::path("SERVER_CONFIGURATION");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if text.starts_with("good") { Ok(()) } else { Err("the configuration is not good".into()) }
}
