#[daemon::main(configure = || vec![7])]
fn main(values: Vec) {
    drop(values);
}
