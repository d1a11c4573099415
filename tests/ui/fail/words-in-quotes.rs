#[daemon::main(
    stdout = "null",
    stderr = "inherit",
    umask = "inherit",
    chdir = "inherit",
    mode = "background",
    start_timeout = "never",
    limits(core = "unlimited")
)]
fn main() {}
