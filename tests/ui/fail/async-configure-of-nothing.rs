async fn args() -> u16 {
    7
}

#[daemon::main(configure = args)]
fn main(seven: u16) {
    drop(seven);
}
