//! What the attribute accepts compiles, without a warning: a sample of every option with every form
//! of value, in one program.

use std::{fmt::Write, fs, path::Path};

use property::attributes::{ITEMS, valid};

daemon_tests::tests![whatever_is_right_compiles];

/// How many attributes, each in a function of its own.
const ATTRIBUTES: usize = 60;

fn whatever_is_right_compiles() {
    let mut program = String::from(
        "#![deny(warnings)]\n#![allow(dead_code, unused_braces, unused_imports, unused_parens)]\n",
    );
    program += ITEMS;
    for (number, options) in property::sample(ATTRIBUTES, &valid()).iter().enumerate() {
        write!(
            program,
            "fn attribute_{number}() {{\n#[daemon::main({options})]\nfn main() {{}}\nmain()\n}}\n"
        )
        .expect("a string takes everything");
    }
    program += "fn main() {}\n";
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("attributes.rs");
    fs::write(&file, program).expect("a file in the target directory");
    trybuild::TestCases::new().pass(file);
}
