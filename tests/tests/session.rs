//! Promise 6: the daemon leads no session, has no controlling terminal and cannot get one back, is
//! reparented by the time the command returns, and never has 0 to 2 closed.

fn main() {}
