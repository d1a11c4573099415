#[daemon::main]
#[inline]
async fn main() {}
