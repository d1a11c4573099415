//! The attribute `#[daemon::main]`.
