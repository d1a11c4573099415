fn args() -> u16 {
    7
}

#[daemon::main(configure = args, privileged = || "open")]
fn main(open: &'static str) {
    drop(open);
}
