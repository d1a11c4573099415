//! `configure` and `privileged`, each with and without a value and a `Result`.

use std::net::TcpListener;
use std::{fmt, io};

struct Args {
    port: u16,
}

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

fn set(config: &mut daemon::Config) {
    config.umask(0o022);
}

fn try_to_set(config: &mut daemon::Config) -> Result<(), Refused> {
    config.umask(0o022);
    Ok(())
}

fn args(_: &mut daemon::Config) -> Args {
    Args { port: 0 }
}

fn try_args(_: &mut daemon::Config) -> Result<Args, String> {
    Ok(Args { port: 0 })
}

fn nothing() {}

fn try_nothing() -> io::Result<()> {
    Ok(())
}

fn number() -> u32 {
    7
}

fn listen() -> io::Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0")
}

fn open(args: Args) -> io::Result<(Args, TcpListener)> {
    let listener = TcpListener::bind(("127.0.0.1", args.port))?;
    Ok((args, listener))
}

fn spend(args: Args) {
    assert_eq!(args.port, 0);
}

mod configure_without_value {
    #[daemon::main(mode = foreground, configure = super::set)]
    pub fn main() {}
}

mod configure_with_result {
    #[daemon::main(mode = foreground, configure = super::try_to_set)]
    pub fn main(ready: daemon::Ready) {
        ready.notify();
    }
}

mod configure_with_value {
    #[daemon::main(mode = foreground, configure = super::args)]
    pub fn main(args: super::Args) {
        assert_eq!(args.port, 0);
    }
}

mod configure_with_value_and_ready {
    use super::{Args, try_args};

    #[daemon::main(mode = foreground, configure = try_args)]
    pub fn main(ready: daemon::Ready, Args { port }: Args) {
        assert_eq!(port, 0);
        ready.notify();
    }
}

mod configure_closure {
    #[daemon::main(mode = foreground, configure = |config| { config.umask(0o077); })]
    pub fn main() {}
}

mod privileged_without_value {
    #[daemon::main(mode = foreground, privileged = super::nothing)]
    pub fn main(ready: daemon::Ready) {
        ready.notify();
    }
}

mod privileged_with_result {
    #[daemon::main(mode = foreground, privileged = super::try_nothing)]
    pub fn main() {}
}

mod privileged_with_value {
    #[daemon::main(mode = foreground, privileged = super::number)]
    pub fn main(mut number: u32) {
        number += 1;
        assert_eq!(number, 8);
    }
}

mod privileged_with_value_in_result {
    #[daemon::main(mode = foreground, privileged = super::listen)]
    pub fn main(_ready: daemon::Ready, listener: super::TcpListener) -> std::io::Result<()> {
        listener.local_addr().map(drop)
    }
}

mod privileged_closure {
    #[daemon::main(mode = foreground, privileged = || 7)]
    pub fn main(number: i32) {
        assert_eq!(number, 7);
    }
}

mod both {
    use super::{Args, TcpListener};

    #[daemon::main(mode = foreground, configure = super::args, privileged = super::open)]
    pub fn main(
        ready: daemon::Ready,
        (args, listener): (Args, TcpListener),
    ) -> super::io::Result<()> {
        assert_ne!(listener.local_addr()?.port(), args.port);
        ready.notify();
        Ok(())
    }
}

mod value_that_ends_in_privileged {
    #[daemon::main(mode = foreground, configure = super::try_args, privileged = super::spend)]
    pub fn main(_: daemon::Ready) {}
}

mod value_that_is_not_send {
    use std::rc::Rc;

    #[daemon::main(mode = foreground, configure = |_| Rc::new(1))]
    pub fn main(one: Rc<i32>) {
        assert_eq!(*one, 1);
    }
}

fn main() -> io::Result<()> {
    configure_without_value::main();
    configure_with_result::main();
    configure_with_value::main();
    configure_with_value_and_ready::main();
    configure_closure::main();
    privileged_without_value::main();
    privileged_with_result::main();
    privileged_with_value::main();
    privileged_with_value_in_result::main()?;
    privileged_closure::main();
    both::main()?;
    value_that_ends_in_privileged::main();
    value_that_is_not_send::main();
    Ok(())
}
