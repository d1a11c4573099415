//! Says a status and is never ready; its pidfile is the first argument.

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) {
    ready.status("warming up");
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
