#[daemon::main]
fn main() -> std::io::Result<()> {
    Ok(());
}
