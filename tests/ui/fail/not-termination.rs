#[daemon::main]
fn main() -> u64 {
    7
}
