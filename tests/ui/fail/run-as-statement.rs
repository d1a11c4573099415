#![deny(unused_must_use)]

fn main() {
    daemon::Config::new("echod").run(|ready| ready.notify());
}
