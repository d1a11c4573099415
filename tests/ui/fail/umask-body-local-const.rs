#[daemon::main(umask = MASK)]
fn main() {
    const MASK: u32 = 0o027;
    let _ = MASK;
}
