#[daemon::main(r#umask = 0o027)]
fn main() {}
