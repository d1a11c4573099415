#[daemon::main]
fn main(ready: daemon::Ready) -> std::io::Result<()> {
    ready.notify();
    7
}
