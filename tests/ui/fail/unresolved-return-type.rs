#[daemon::main]
fn main() -> Outcome {
    todo!()
}
