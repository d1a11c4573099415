//! Every return type that a `main` can have, with and without `Ready`, and none with a warning.

#![deny(warnings)]

use std::process::{ExitCode, Termination};

fn unit() {
    #[daemon::main(mode = foreground)]
    fn main() {}

    main()
}

fn unit_with_ready() {
    #[daemon::main(mode = foreground)]
    fn main(ready: daemon::Ready) {
        ready.notify();
    }

    main()
}

fn written_unit() -> () {
    #[daemon::main(mode = foreground)]
    fn main() -> () {}

    main()
}

fn result() -> std::io::Result<()> {
    #[daemon::main(mode = foreground)]
    fn main() -> std::io::Result<()> {
        std::fs::metadata("/")?;
        Ok(())
    }

    main()
}

fn result_with_ready() -> Result<(), Box<dyn std::error::Error>> {
    #[daemon::main(mode = foreground)]
    fn main(ready: daemon::Ready) -> Result<(), Box<dyn std::error::Error>> {
        std::fs::metadata("/")?;
        ready.notify();
        Ok(())
    }

    main()
}

fn exit_code() -> ExitCode {
    #[daemon::main(mode = foreground)]
    fn main() -> ExitCode {
        ExitCode::SUCCESS
    }

    main()
}

fn exit_code_with_ready() -> ExitCode {
    #[daemon::main(mode = foreground)]
    fn main(ready: daemon::Ready) -> ExitCode {
        ready.notify();
        ExitCode::SUCCESS
    }

    main()
}

fn never() -> ! {
    #[daemon::main(mode = foreground)]
    fn main() -> ! {
        std::process::exit(0)
    }

    main()
}

fn never_with_ready() -> ! {
    #[daemon::main(mode = foreground)]
    fn main(ready: daemon::Ready) -> ! {
        ready.notify();
        std::process::exit(0)
    }

    main()
}

fn termination() -> impl Termination {
    #[daemon::main(mode = foreground)]
    fn main() -> impl Termination {
        ExitCode::SUCCESS
    }

    main()
}

fn termination_with_ready() -> impl Termination {
    #[daemon::main(mode = foreground)]
    fn main(ready: daemon::Ready) -> impl Termination {
        ready.notify();
        ExitCode::SUCCESS
    }

    main()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    unit();
    unit_with_ready();
    written_unit();
    result()?;
    result_with_ready()?;
    assert_eq!(exit_code(), ExitCode::SUCCESS);
    assert_eq!(exit_code_with_ready(), ExitCode::SUCCESS);
    assert_eq!(termination().report(), ExitCode::SUCCESS);
    assert_eq!(termination_with_ready().report(), ExitCode::SUCCESS);
    if std::env::args().len() > 1 {
        never();
    }
    never_with_ready()
}
