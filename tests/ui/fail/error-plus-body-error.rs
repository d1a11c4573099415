#[daemon::main(umask = 22)]
fn main() {
    let number: u32 = "seven";
    drop(number);
}
