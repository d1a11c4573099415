#![deny(warnings)]

#[daemon::main]
fn main(ready: daemon::Ready) {}
