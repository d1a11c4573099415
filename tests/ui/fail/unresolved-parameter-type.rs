#[daemon::main]
fn main(ready: daemon::Raedy) {
    ready.notify();
}
