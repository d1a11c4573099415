#[daemon::main(foreground, background = true, detach, no_detach, fork)]
fn main() {}
