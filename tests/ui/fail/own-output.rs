#[daemon::main(stdout = "/dev/stdout", stderr = "/proc/self/fd/2")]
fn main() {}
