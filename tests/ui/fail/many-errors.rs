#[daemon::main(pidfle, umask = 22, color, mode = sometimes, chdir = "tmp")]
fn main(ready: &str) {}
