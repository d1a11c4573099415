//! Has a name, a umask and a working directory by the attribute alone.

use fixture::{Told, live_on};

#[daemon::main(name = "echod", umask = 0o077, chdir = "/usr", configure = Told::read)]
fn main(ready: daemon::Ready, _told: Told) {
    ready.notify();
    live_on()
}
