fn args<T: Default>(_: &mut daemon::Config) -> T {
    T::default()
}

#[daemon::main(configure = args)]
fn main(port: u16) {
    drop(port);
}
