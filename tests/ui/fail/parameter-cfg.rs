#[daemon::main]
fn main(#[cfg(unix)] ready: daemon::Ready) {
    ready.notify();
}
