//! Promise 9: text that was printed before the launch appears once, and more than one thread at launch
//! is refused.

fn main() {}
