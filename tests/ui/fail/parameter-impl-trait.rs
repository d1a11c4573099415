#[daemon::main(configure = |_| 7)]
fn main(seven: impl Copy) {
    let _ = seven;
}
