#[daemon::main(limits(nproc = (100, 200, 300), core = (), cpu = (1,), data = (, 1)))]
fn main() {}
