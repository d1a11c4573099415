struct Refused;

fn args(_: &mut daemon::Config) -> Result<(), Refused> {
    Err(Refused)
}

#[daemon::main(configure = args)]
fn main() {}
