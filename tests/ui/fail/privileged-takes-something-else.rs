struct Args;

fn args(_: &mut daemon::Config) -> Args {
    Args
}

fn open(_: String) {}

#[daemon::main(configure = args, privileged = open)]
fn main() {}
