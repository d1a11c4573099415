//! Says on descriptor 3 that it is ready, when the FIFO `go` is released; before it waits there,
//! it makes the file `waits`.

use std::{fs, io};

use fixture::{Told, live_on, wait_for};

#[daemon::main(notification_fd = 3, configure = Told::read)]
fn main(ready: daemon::Ready, told: Told) -> io::Result<()> {
    fs::write(told.file("waits"), "")?;
    wait_for(&told.file("go"));
    ready.notify();
    live_on()
}
