//! The verbs where there are no daemons: each is refused, and the program runs as an ordinary one
//! without them.

pub(crate) mod arguments {
    use std::ffi::OsString;

    #[derive(Debug, Clone, Copy)]
    pub(crate) enum Rest {
        IsRead,
        IsTheDaemons,
    }

    /// The arguments of this program, as [`std::env::args_os`] has them: on this system, which is
    /// not Unix, none of them is a verb.
    pub fn args_os() -> impl Iterator<Item = OsString> {
        std::env::args_os()
    }
}

pub(crate) mod configuring {
    use crate::config::Config;
    use crate::error::Error;

    pub(crate) fn begin(_: &mut Config) {}

    pub(crate) fn end() {}

    pub(crate) fn has_failed(_: &mut Config, _: &Error) {}
}

pub(crate) mod perform {
    use crate::config::Config;
    use crate::config::verb::Verb;
    use crate::error::{Error, ErrorKind};
    use crate::launch::refusal;

    #[derive(Debug)]
    pub(crate) enum Next {
        Launch,
        Exit(u8),
    }

    /// Refuses every verb but a start.
    pub(crate) fn carry_out(config: &mut Config) -> Next {
        match config.verb() {
            None | Some(Verb::Start) => Next::Launch,
            Some(verb) => {
                let what = format!("cannot {}: this system has no daemons", verb.name());
                let error = Error::new(ErrorKind::Config, what);
                refusal::say(&config.name, &error);
                Next::Exit(error.exit_code())
            }
        }
    }

    pub(crate) fn refused(config: &mut Config, error: &Error) -> u8 {
        refusal::say(&config.name, error);
        error.exit_code()
    }
}

pub(crate) mod entry {
    use std::process::{self, ExitCode, Termination};

    use crate::config::Config;
    use crate::control::arguments::Rest;
    use crate::control::perform::{Next, carry_out};
    use crate::error::Error;
    use crate::launch::ready::Ready;

    impl Config {
        /// Runs `body`, and returns its exit code: on this system, which is not Unix, nothing else
        /// happens, and every [verb](Config::perform) but a start is refused.
        #[must_use = "it is the exit status of the program: return it from `main`"]
        pub fn run<T: Termination>(&mut self, body: impl FnOnce(Ready) -> T) -> ExitCode {
            match carry_out(self) {
                Next::Launch => body(Ready::detached()).report(),
                Next::Exit(status) => ExitCode::from(status),
            }
        }

        /// Does nothing on this system, which is not Unix, but refuse every
        /// [verb](Config::perform) other than a start.
        ///
        /// # Errors
        ///
        /// None.
        pub fn launch(&mut self) -> Result<Ready, Error> {
            match carry_out(self) {
                Next::Launch => Ok(Ready::detached()),
                Next::Exit(status) => process::exit(status.into()),
            }
        }
    }

    pub(crate) fn before_the_launch(config: &mut Config, _: Rest) -> Next {
        carry_out(config)
    }

    pub(crate) fn read_command_line(_: &mut Config, _: Rest) -> Option<u8> {
        None
    }
}

pub use crate::config::verb::{Stop, Target};
