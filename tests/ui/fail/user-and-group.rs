#[daemon::main(user = "www-data:adm")]
fn main() {}
