//! A span around the body, and no runtime.

#[daemon::main(mode = foreground, configure = |_| 7)]
#[tracing::instrument]
fn main(ready: daemon::Ready, seven: i32) {
    assert_eq!(seven, 7);
    ready.notify();
}
