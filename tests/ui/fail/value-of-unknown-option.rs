#[daemon::main(colour = red, fg(1, 2), umask = 22)]
fn main() {}
