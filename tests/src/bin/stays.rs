//! Is ready at once and stays; its pidfile is the first argument.

#[daemon::main(mode = background, configure = pidfile)]
fn main(ready: daemon::Ready) {
    ready.notify();
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
