fn mask() -> u32 {
    0o027
}

#[daemon::main(umask = mask())]
fn main() {}
