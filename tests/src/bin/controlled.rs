//! The shortest daemon with verbs, which waits for its stop.

#[daemon::main(pidfile, control)]
fn main(ready: daemon::Ready) {
    let stop = daemon::stop();
    ready.notify();
    stop.wait_drained();
}
