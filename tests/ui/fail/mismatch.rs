#[daemon::main]
fn main() -> std::io::Result<()> {
    7
}
