//! `configure` and `privileged`, each with and without a value and a `Result`.

use std::net::TcpListener;
use std::{fmt, io};

struct Args {
    port: u16,
}

impl Args {
    fn parse() -> Self {
        Args { port: 0 }
    }
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

fn configure_without_value() {
    #[daemon::main(mode = foreground, configure = set)]
    fn main() {}

    main()
}

fn configure_with_result() {
    #[daemon::main(mode = foreground, configure = try_to_set)]
    fn main(ready: daemon::Ready) {
        ready.notify();
    }

    main()
}

fn configure_with_value() {
    #[daemon::main(mode = foreground, configure = args)]
    fn main(args: Args) {
        assert_eq!(args.port, 0);
    }

    main()
}

fn configure_with_value_and_ready() {

    #[daemon::main(mode = foreground, configure = try_args)]
    fn main(ready: daemon::Ready, Args { port }: Args) {
        assert_eq!(port, 0);
        ready.notify();
    }

    main()
}

fn configure_closure() {
    #[daemon::main(mode = foreground, configure = |config| { config.umask(0o077); })]
    fn main() {}

    main()
}

/// What a setter returns is no value.
fn configure_with_a_chain_of_setters() {
    #[daemon::main(mode = foreground, configure = |config| config.umask(0o077).chdir("/"))]
    fn main(ready: daemon::Ready) {
        ready.notify();
    }

    main()
}

fn configure_returns_its_argument() {
    fn configure(config: &mut daemon::Config) -> &mut daemon::Config {
        config.umask(0o077)
    }

    #[daemon::main(mode = foreground, configure = configure)]
    fn main() {}

    main()
}

/// As `clap::Parser::parse` does.
fn configure_of_nothing() {
    #[daemon::main(mode = foreground, configure = Args::parse, privileged = |args| args)]
    fn main(args: Args) {
        assert_eq!(args.port, 0);
    }

    main()
}

fn configure_with_types() {
    #[daemon::main(
        mode = foreground,
        configure = move |_: &mut daemon::Config| -> Result<Args, String> {
            if false {
                return Err(String::new());
            }
            Ok(Args { port: 0 })
        },
        privileged = |Args { port }: Args| port
    )]
    fn main(port: u16) {
        assert_eq!(port, 0);
    }

    main()
}

fn usage(_: &mut daemon::Config) -> ! {
    std::process::exit(2)
}

fn abort() -> ! {
    std::process::abort()
}

fn configure_never_returns() {
    #[daemon::main(configure = usage)]
    fn main() {}

    main()
}

fn configure_never_returns_to_one_parameter() {
    #[daemon::main(configure = abort)]
    fn main(ready: daemon::Ready) {
        ready.notify();
    }

    main()
}

fn no_step_returns() {
    #[daemon::main(configure = usage, privileged = abort)]
    fn main(ready: daemon::Ready, args: Args) {
        assert_eq!(args.port, 0);
        ready.notify();
    }

    main()
}

fn not_written_yet() {
    #[daemon::main(configure = |_| todo!(), privileged = || unimplemented!("yet"))]
    fn main(args: Args) {
        assert_eq!(args.port, 0);
    }

    main()
}

fn privileged_without_value() {
    #[daemon::main(mode = foreground, privileged = nothing)]
    fn main(ready: daemon::Ready) {
        ready.notify();
    }

    main()
}

fn privileged_with_result() {
    #[daemon::main(mode = foreground, privileged = try_nothing)]
    fn main() {}

    main()
}

fn privileged_with_value() {
    #[daemon::main(mode = foreground, privileged = number)]
    fn main(mut number: u32) {
        number += 1;
        assert_eq!(number, 8);
    }

    main()
}

fn privileged_with_value_in_result() -> std::io::Result<()> {
    #[daemon::main(mode = foreground, privileged = listen)]
    fn main(_ready: daemon::Ready, listener: TcpListener) -> std::io::Result<()> {
        listener.local_addr().map(drop)
    }

    main()
}

fn privileged_closure() {
    #[daemon::main(mode = foreground, privileged = || 7)]
    fn main(number: i32) {
        assert_eq!(number, 7);
    }

    main()
}

fn both() -> io::Result<()> {
    use {Args, TcpListener};

    #[daemon::main(mode = foreground, configure = args, privileged = open)]
    fn main(
        ready: daemon::Ready,
        (args, listener): (Args, TcpListener),
    ) -> io::Result<()> {
        assert_ne!(listener.local_addr()?.port(), args.port);
        ready.notify();
        Ok(())
    }

    main()
}

fn value_that_ends_in_privileged() {
    #[daemon::main(mode = foreground, configure = try_args, privileged = spend)]
    fn main(_ready: daemon::Ready) {}

    main()
}

fn value_that_is_not_send() {
    use std::rc::Rc;

    #[daemon::main(mode = foreground, configure = |_| Rc::new(1))]
    fn main(one: Rc<i32>) {
        assert_eq!(*one, 1);
    }

    main()
}

fn main() -> io::Result<()> {
    configure_without_value();
    configure_with_result();
    configure_with_value();
    configure_with_value_and_ready();
    configure_closure();
    configure_with_a_chain_of_setters();
    configure_returns_its_argument();
    configure_of_nothing();
    configure_with_types();
    // They would end the program.
    if std::env::args_os().len() > 1 {
        configure_never_returns();
        configure_never_returns_to_one_parameter();
        no_step_returns();
        not_written_yet();
    }
    privileged_without_value();
    privileged_with_result();
    privileged_with_value();
    privileged_with_value_in_result()?;
    privileged_closure();
    both()?;
    value_that_ends_in_privileged();
    value_that_is_not_send();
    Ok(())
}
