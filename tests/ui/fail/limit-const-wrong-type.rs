const FILES: usize = 1024;

#[daemon::main(limits(nofile = FILES, nproc = (100, FILES)))]
fn main() {}
