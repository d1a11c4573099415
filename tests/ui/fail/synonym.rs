#[daemon::main(working_directory = "/", pid_file, log = "/var/log/x", timeout = 5, daemonize)]
fn main() {}
