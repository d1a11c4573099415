#[daemon::main(
    pidfile = 7 + 1,
    umask = daemon::Output::Null,
    chdir = 'x',
    user = daemon::Group::Id(7),
    stdout = daemon::Pidfile::Usual
)]
fn main() {}
