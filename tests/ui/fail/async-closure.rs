#[daemon::main(configure = async |_| {}, privileged = async move || {})]
fn main() {}
