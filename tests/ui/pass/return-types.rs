//! Every return type that a `main` can have, with and without `Ready`.

use std::process::{ExitCode, Termination};

mod unit {
    #[daemon::main(mode = foreground)]
    pub fn main() {}
}

mod unit_with_ready {
    #[daemon::main(mode = foreground)]
    pub fn main(ready: daemon::Ready) {
        ready.notify();
    }
}

mod written_unit {
    #[daemon::main(mode = foreground)]
    pub fn main() -> () {}
}

mod result {
    #[daemon::main(mode = foreground)]
    pub fn main() -> std::io::Result<()> {
        std::fs::metadata("/")?;
        Ok(())
    }
}

mod result_with_ready {
    #[daemon::main(mode = foreground)]
    pub fn main(ready: daemon::Ready) -> Result<(), Box<dyn std::error::Error>> {
        std::fs::metadata("/")?;
        ready.notify();
        Ok(())
    }
}

mod exit_code {
    #[daemon::main(mode = foreground)]
    pub fn main() -> super::ExitCode {
        super::ExitCode::SUCCESS
    }
}

mod exit_code_with_ready {
    #[daemon::main(mode = foreground)]
    pub fn main(ready: daemon::Ready) -> super::ExitCode {
        ready.notify();
        super::ExitCode::SUCCESS
    }
}

mod never {
    #[daemon::main(mode = foreground)]
    pub fn main() -> ! {
        std::process::exit(0)
    }
}

mod never_with_ready {
    #[daemon::main(mode = foreground)]
    pub fn main(ready: daemon::Ready) -> ! {
        ready.notify();
        std::process::exit(0)
    }
}

mod termination {
    #[daemon::main(mode = foreground)]
    pub fn main() -> impl super::Termination {
        super::ExitCode::SUCCESS
    }
}

mod termination_with_ready {
    #[daemon::main(mode = foreground)]
    pub fn main(ready: daemon::Ready) -> impl super::Termination {
        ready.notify();
        super::ExitCode::SUCCESS
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    unit::main();
    unit_with_ready::main();
    written_unit::main();
    result::main()?;
    result_with_ready::main()?;
    assert_eq!(exit_code::main(), ExitCode::SUCCESS);
    assert_eq!(exit_code_with_ready::main(), ExitCode::SUCCESS);
    assert_eq!(termination::main().report(), ExitCode::SUCCESS);
    assert_eq!(termination_with_ready::main().report(), ExitCode::SUCCESS);
    if std::env::args().len() > 1 {
        never::main();
    }
    never_with_ready::main()
}
