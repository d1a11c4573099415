#[daemon::main]
fn main() -> Reslut<(), ()> {
    Ok(())
}
