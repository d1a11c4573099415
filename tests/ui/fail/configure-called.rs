fn args(_: &mut daemon::Config) {}

mod modules {
    pub fn open() {}
}

#[daemon::main(configure = args(), privileged = modules::open())]
fn main() {}
