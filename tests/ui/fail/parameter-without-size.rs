#[daemon::main(configure = || "x".to_owned())]
fn main(name: str) {
    drop(name.len());
}
