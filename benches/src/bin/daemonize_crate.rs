//! The crate `daemonize`, which has no readiness.

use std::thread;

use daemon_benches::resident_memory;

fn main() {
    let pidfile = std::env::args().nth(1).expect("usage: daemonize_crate PIDFILE [MIB]");
    resident_memory::touch_as_asked();
    daemonize::Daemonize::new()
        .pid_file(pidfile)
        .umask(0o027)
        .working_directory("/")
        .start()
        .expect("cannot daemonize");
    loop {
        thread::park();
    }
}
