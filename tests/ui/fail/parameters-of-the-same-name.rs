#[daemon::main(configure = |_| 7)]
fn main(ready: daemon::Ready, mut ready: i32) {
    ready += 1;
}
