#[daemon::main(limits(nofile, core(0), cpu: 5, data =, = 6, "stack", Resource::As = 5, r#as = 7))]
fn main() {}
