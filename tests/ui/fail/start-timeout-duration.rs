use std::time::Duration;

#[daemon::main(start_timeout = Duration::from_secs(3))]
fn main() {
    drop(Duration::ZERO);
}

mod minutes {
    #[daemon::main(start_timeout = std::time::Duration::from_millis(500))]
    fn main() {}
}

mod string {
    #[daemon::main(start_timeout = "30s")]
    fn main() {}
}
