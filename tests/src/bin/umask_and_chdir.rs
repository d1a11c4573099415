//! Has another umask and working directory than the default; its pidfile is the first argument.

#[daemon::main(umask = 0o077, chdir = "/usr", configure = pidfile)]
fn main(ready: daemon::Ready) {
    ready.notify();
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
