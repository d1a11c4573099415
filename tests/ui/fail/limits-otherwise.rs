#[daemon::main(limits(nofile = (soft = 5, hard = 6), core = UNLIMITED, open_files = 9))]
fn main() {}
