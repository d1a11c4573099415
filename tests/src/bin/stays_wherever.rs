//! Is ready at once and stays, in the background or wherever it should be. Its pidfile is the
//! first argument.

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) {
    ready.notify_with("at your service");
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
