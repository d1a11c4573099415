//! Uses up its stack before it is ready.

#[daemon::main]
fn main(_ready: daemon::Ready) {
    println!("{}", depth(0));
}

/// No tail call: the frame is used after the call.
fn depth(so_far: u64) -> u64 {
    let frame = std::hint::black_box([so_far; 128]);
    if so_far == u64::MAX { 0 } else { depth(so_far + 1) + frame[0] }
}
