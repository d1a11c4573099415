#[daemon::main]
fn main(ready: daemon::Ready) {
    ready.notify();
    std::fs::read("/etc/hostname")?;
}
