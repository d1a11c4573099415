fn args() -> u16 {
    7
}

async fn open(_: u16) -> u16 {
    7
}

#[daemon::main(configure = args, privileged = open)]
fn main(seven: u16) {
    drop(seven);
}
