fn args() -> u16 {
    7
}

#[daemon::main(configure = args, privileged = |port: String| port.len())]
fn main(length: usize) {
    drop(length);
}
