#[daemon::main]
fn main(ready: daemon::Ready) {
    main(ready);
}
