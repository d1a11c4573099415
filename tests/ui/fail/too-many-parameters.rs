#[daemon::main]
fn main(ready: daemon::Ready, one: u8, two: u8) {
    drop((ready, one, two));
}
