//! A `main` without `Ready`: takes steps, and then ends.
//!
//! - `wait:FILE`: waits for a file
//! - `note:FILE`: makes a file
//! - `live-on`: stays

use std::fs;

use fixture::{Told, live_on, wait_for};

#[daemon::main(configure = Told::read)]
fn main(told: Told) {
    for (verb, object) in told.steps() {
        match verb {
            "wait" => wait_for(&told.file(object)),
            "note" => fs::write(told.file(object), "").expect("a file"),
            "live-on" => live_on(),
            _ => panic!("no step {verb}"),
        }
    }
}
