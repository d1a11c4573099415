#![deny(warnings)]

struct Args;

fn args(_: &mut daemon::Config) -> Args {
    Args
}

fn open(args: Args) {}

#[daemon::main(configure = args, privileged = open)]
fn main() {}
