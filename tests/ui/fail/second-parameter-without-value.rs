#[daemon::main]
fn main(ready: daemon::Ready, args: String) {
    drop((ready, args));
}
