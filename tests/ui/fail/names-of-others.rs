#[daemon::main(
    syslog,
    stdin = null,
    run_as = "www-data",
    drop_privileges,
    config = "/etc/echod.conf",
    lockfile = "/run/x.lock",
    log_dir = "/var/log",
    stdout_path = "/var/log/x",
    ready,
    flavor = "current_thread"
)]
fn main() {}
