//! The start, in the steps of the pipeline: `configure`, the launch, `privileged`.

use std::process;

use crate::config::Config;
use crate::config::verb::{Next, Rest};
use crate::control::entry::{before_the_launch, refused};
use crate::error::{Error, ErrorKind};
use crate::expansion::parameters::Handed;
use crate::expansion::returned::Kept;
use crate::launch::launch;
use crate::launch::refusal;
use crate::plan::inherited::Inherited;

/// A start, from the entry of `main` on.
#[derive(Debug)]
pub struct Start {
    inherited: Inherited,
    config: Config,
    /// Who reads the program's own arguments.
    rest: Rest,
}

impl Start {
    /// The first call in `main`: what is open now was inherited, and what `configure` opens was
    /// not.
    ///
    /// Unless an option says otherwise, the name is that of the binary, or else of the crate, from
    /// cargo or else from rustc. `argv[0]` is not used: the caller chooses it. The version is that of
    /// the package.
    #[inline(never)] // What it needs of the stack is not part of what the daemon copies.
    pub fn at_entry_of_main(
        binary: Option<&str>,
        crate_name: Option<&str>,
        version: Option<&str>,
        module_path: &str,
    ) -> Self {
        let inherited = Inherited::by_this_process();
        let root = module_path.split("::").next().unwrap_or(module_path);
        let name = binary.or(crate_name).unwrap_or(root);
        let mut config = Config::new(name);
        config.version = version.map(str::to_owned);
        Start { inherited, config, rest: Rest::IsTheDaemons }
    }

    /// The configuration, for the options to set.
    pub fn config(&mut self) -> &mut Config {
        &mut self.config
    }

    /// `configure` names a function that runs before any fork, in the process that was started, with
    /// its terminal, arguments and working directory.
    ///
    /// It is a `fn(&mut daemon::Config)`, or a function that takes nothing. It may return a value, or
    /// a `Result` with an error that can be displayed. The value is the argument of `privileged`, or
    /// else the last parameter of `main`. An error ends the start with exit status 78.
    pub fn configure(&mut self) -> &mut Config {
        self.rest = Rest::IsRead;
        if let Some(performer) = self.config.performer {
            if let Some(status) = performer.read_command_line(&mut self.config, self.rest) {
                process::exit(status.into());
            }
            performer.begin_configure(&mut self.config);
        }
        &mut self.config
    }

    /// The value that `configure` hands on; if it failed, this process says so and exits.
    pub fn configured<V>(&mut self, result: Result<V, String>) -> Kept<V> {
        let performer = self.config.performer;
        performer.iter().for_each(|performer| performer.end_configure());
        Kept(result.unwrap_or_else(|text| {
            let error = Error::new(ErrorKind::Config, text);
            if let Some(performer) = performer {
                performer.configure_has_failed(&mut self.config, &error);
            }
            refusal::exit_before_launch(&self.inherited, &self.config.name, &error)
        }))
    }

    /// `privileged` names a function that runs in the daemon before privileges go.
    ///
    /// It takes the value of `configure`, or nothing if that is `()`. It may return a value, or a
    /// `Result` with an error that can be displayed. The value is the last parameter of `main`. An
    /// error ends the start with exit status 71.
    pub fn privileged<V>(mut self, run: impl FnOnce() -> Result<V, String>) -> Handed<V> {
        self.config.has_privileged = true;
        self.launch_with(run)
    }

    /// Launches the daemon and goes on in it, with the value that `configure` handed on; if the
    /// launch is refused, this process says so and exits.
    pub fn launch<V>(self, value: Kept<V>) -> Handed<V> {
        self.launch_with(|| Ok(value.0))
    }

    fn launch_with<V>(self, run: impl FnOnce() -> Result<V, String>) -> Handed<V> {
        let Start { inherited, mut config, rest } = self;
        if let Next::Exit(status) = before_the_launch(&mut config, rest) {
            process::exit(status.into());
        }
        let (ready, value) = launch(&mut config, inherited, || {
            run().map(Kept).map_err(|text| Error::new(ErrorKind::System, text))
        })
        .unwrap_or_else(|error| process::exit(refused(&mut config, &error).into()));
        Handed::new(ready, value)
    }
}
