#[daemon::main(pidfile = "~/x.pid", stderr = "$HOME/x.log", chdir = "~", chroot = "$JAIL")]
fn main() {}
