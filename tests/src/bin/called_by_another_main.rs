//! Has the attribute on a `main` that the real one calls, after it has opened a pipe of its own,
//! without close-on-exec, as C code does. The body says through it that it is still there.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::Mutex;

static PIPE: Mutex<Option<(OwnedFd, OwnedFd)>> = Mutex::new(None);

mod serve {
    use super::{PIPE, use_pipe};
    use fixture::{Told, live_on};

    #[daemon::main(configure = Told::read)]
    pub(crate) fn main(ready: daemon::Ready, _told: Told) -> std::io::Result<()> {
        let pipe = PIPE.lock().expect("nobody has panicked").take();
        use_pipe(pipe.expect("the pipe of the real `main`"))?;
        ready.notify();
        live_on()
    }
}

fn use_pipe((reader, writer): (OwnedFd, OwnedFd)) -> io::Result<()> {
    File::from(writer).write_all(b"!")?;
    File::from(reader).read_exact(&mut [0])
}

fn main() -> io::Result<()> {
    *PIPE.lock().expect("nobody has panicked") = Some(nix::unistd::pipe()?);
    serve::main()
}
