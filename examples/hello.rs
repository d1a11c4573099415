//! The shortest daemon: one attribute, and `main` runs in the background.
//!
//! ```console
//! $ cargo run --example hello
//! $ tail -f ~/.local/state/hello.log
//! hello from process 4242
//! ```
//!
//! As root the log is /var/log/hello.log. The daemon says hello once a second and ends by itself
//! after a minute; to end it sooner: `pkill -F ~/.local/state/hello.pid -L`, or /run/hello.pid as
//! root.

use std::{process, thread, time::Duration};

#[daemon::main(pidfile, stdout)]
fn main() {
    for _ in 0..60 {
        println!("hello from process {}", process::id());
        thread::sleep(Duration::from_secs(1));
    }
}
