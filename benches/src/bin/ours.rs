//! The library as it is meant to be used: the attribute, the pidfile from the command line.

use std::thread;

use daemon_benches::resident_memory;

#[daemon::main(configure = place)]
fn main(ready: daemon::Ready) {
    ready.notify();
    loop {
        thread::park();
    }
}

fn place(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("usage: ours PIDFILE [MIB]"));
    resident_memory::touch_as_asked();
}
