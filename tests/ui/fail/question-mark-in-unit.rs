#[daemon::main]
fn main() {
    std::fs::read("/etc/hostname")?;
}
