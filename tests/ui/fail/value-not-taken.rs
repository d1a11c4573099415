struct Args;

fn args(_: &mut daemon::Config) -> Args {
    Args
}

#[daemon::main(configure = args)]
fn main() {}
