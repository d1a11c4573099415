//! The compiler that the snapshots belong to.

/// Why a test that compares with what a compiler said is not run, if this is another compiler: one
/// words its own part of the errors otherwise, has other lints, and writes other JSON.
#[rustversion::stable(1.95)]
pub const ANOTHER_COMPILER: Option<&str> = None;
/// The same, of another one.
#[rustversion::not(stable(1.95))]
pub const ANOTHER_COMPILER: Option<&str> =
    Some("NOT RUN: what the compiler says is known of Rust 1.95, and this is another one");
