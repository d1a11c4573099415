mod parts {
    pub use daemon::{Config, Ready};
}

#[daemon::main(crate = crate::parts)]
fn main(ready: parts::Ready) {
    ready.notify();
}
