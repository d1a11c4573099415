#[daemon::main]
fn main(ready: String) {
    drop(ready);
}
