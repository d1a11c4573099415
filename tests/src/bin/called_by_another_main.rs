//! Has the attribute on a `main` that the real one calls, after it has opened a pipe of its own,
//! without close-on-exec, as C code does. The body says through it that it is still there.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::Mutex;

use fixture::{Told, live_on};

static PIPE: Mutex<Option<(OwnedFd, OwnedFd)>> = Mutex::new(None);

fn serve() -> io::Result<()> {
    #[daemon::main(configure = Told::read)]
    fn main(ready: daemon::Ready, _told: Told) -> io::Result<()> {
        let pipe = PIPE.lock().expect("nobody has panicked").take();
        use_pipe(pipe.expect("the pipe of the real `main`"))?;
        ready.notify();
        live_on()
    }

    main()
}

fn use_pipe((reader, writer): (OwnedFd, OwnedFd)) -> io::Result<()> {
    File::from(writer).write_all(b"!")?;
    File::from(reader).read_exact(&mut [0])
}

fn main() -> io::Result<()> {
    *PIPE.lock().expect("nobody has panicked") = Some(nix::unistd::pipe()?);
    serve()
}
