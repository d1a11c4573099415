//! Promise 11: of two starts at once exactly one wins, and the loser disturbs nothing of the winner's.

fn main() {}
