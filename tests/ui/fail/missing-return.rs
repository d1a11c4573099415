#[daemon::main]
fn main() -> std::io::Result<()> {
    println!("hello");
}
