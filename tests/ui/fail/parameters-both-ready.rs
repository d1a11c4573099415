#[daemon::main]
fn main(ready: daemon::Ready, done: daemon::Ready) {
    drop((ready, done));
}
