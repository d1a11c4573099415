#[daemon::main(configure = |_| Default::default())]
fn main(port: u16) {
    drop(port);
}
