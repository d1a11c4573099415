//! The memory of a Rust program that only sleeps.

use std::thread;

fn main() {
    loop {
        thread::park();
    }
}
