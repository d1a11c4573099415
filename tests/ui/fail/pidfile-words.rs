#[daemon::main(pidfile = none)]
fn main() {}

mod usual {
    #[daemon::main(pidfile = usual, stdout = usual, stderr = true)]
    fn main() {}
}

mod other_words {
    #[daemon::main(pidfile = auto, stdout = off, stderr = Null)]
    fn main() {}
}
