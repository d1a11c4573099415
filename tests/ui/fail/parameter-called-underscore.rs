#[daemon::main]
fn main(_: daemon::Ready) {}
