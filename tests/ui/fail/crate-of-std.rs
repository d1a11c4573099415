#[daemon::main(crate = std)]
fn main(ready: daemon::Ready) {
    ready.notify();
}
