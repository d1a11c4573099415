//! Background or foreground, and why.

use std::sync::OnceLock;

use nix::unistd::getpid;

use crate::config::Mode;
use crate::error::{Error, ErrorKind};
use crate::process::own::PROCESS_1;
use crate::supervisor::decision::{Decided, Decision, Supervisor};
use crate::supervisor::detect::Surroundings;
use crate::supervisor::environment::{Addressee, Environment};
use crate::supervisor::parent::ThisProcess;

/// The decision of the launch.
static DECISION: OnceLock<Decision> = OnceLock::new();

/// The mode in which this process was launched, and why.
///
/// Before the launch, for example in `configure`: the mode that [`Mode::Auto`] would choose.
///
/// ```no_run
/// #[daemon::main(pidfile, configure = log_only_in_the_background)]
/// fn main() {
///     println!("{}", daemon::mode()); // "foreground: its parent is runsv"
/// }
///
/// fn log_only_in_the_background(config: &mut daemon::Config) {
///     if daemon::mode().is_background() {
///         config.stderr(daemon::Output::Usual);
///     }
/// }
/// ```
pub fn mode() -> Decision {
    DECISION.get().cloned().unwrap_or_else(|| {
        let environment = Environment::of_this_process(getpid());
        // The launch refuses a `DAEMON_MODE` that makes no sense.
        decide(Mode::Auto, environment)
            .unwrap_or_else(|_| auto(&Surroundings::of(environment, &ThisProcess)))
    })
}

/// Keeps the decision for [`mode()`].
pub(crate) fn keep(decision: &Decision) {
    DECISION.get_or_init(|| decision.clone());
}

/// The mode that the program or the environment chooses, and which of them does; `None` if the
/// surroundings decide.
fn chosen(mode: Mode, environment: Environment<'_>) -> Result<Option<(Mode, &'static str)>, Error> {
    match mode {
        Mode::Auto => {
            let said = said_by_the_environment(environment)?;
            Ok(said.map(|mode| (mode, "DAEMON_MODE says so")))
        }
        given => Ok(Some((given, "the program says so (`mode`)"))),
    }
}

/// The decision that there is to be no daemon, if it is that.
pub(crate) fn off(mode: Mode, environment: Environment<'_>) -> Option<Decision> {
    match chosen(mode, environment) {
        Ok(Some((Mode::Off, why))) => Some(Decision::off(why)),
        _ => None,
    }
}

/// Decides for the process with this environment.
pub(crate) fn decide(mode: Mode, environment: Environment<'_>) -> Result<Decision, Error> {
    let decision = match chosen(mode, environment)? {
        Some((mode, why)) => {
            let supervisor = match environment.started_by_systemd() {
                Addressee::ThisProcess => Supervisor::Systemd,
                _ => Supervisor::NotLookedFor,
            };
            Decision::new(mode, why, supervisor)
        }
        None => auto(&Surroundings::of(environment, &ThisProcess)),
    };
    if decision.is_background() && environment.pid == PROCESS_1 {
        return Err(refuse_process_1(&decision));
    }
    Ok(decision)
}

/// A command that is process 1 would take its daemon with it: when process 1 ends, the kernel ends
/// all others in its namespace; see pid_namespaces(7).
fn refuse_process_1(decision: &Decision) -> Error {
    let what = format!("process 1 cannot go to the background, but {}", decision.why());
    Error::new(ErrorKind::Config, what).advise("leave the mode at `auto`, or put an init before it")
}

/// `DAEMON_MODE`, with which whoever starts the program overrides what it would detect.
fn said_by_the_environment(environment: Environment<'_>) -> Result<Option<Mode>, Error> {
    let Some(value) = environment.get("DAEMON_MODE") else { return Ok(None) };
    match value.to_str() {
        Some("background") => Ok(Some(Mode::Background)),
        Some("foreground") => Ok(Some(Mode::Foreground)),
        Some("off") => Ok(Some(Mode::Off)),
        Some("auto") => Ok(None),
        _ => Err(Error::new(ErrorKind::Config, format!("DAEMON_MODE is {value:?}"))
            .advise("set it to `background`, `foreground`, `off` or `auto`, or unset it")),
    }
}

/// In the background unless a supervisor expects the foreground. A supervisor that loses its child
/// restarts it, for ever, so where signs disagree the program stays in the foreground.
fn auto(surroundings: &Surroundings<'_>) -> Decision {
    let nobody = || (Decided::Background, Supervisor::Nobody, "nothing supervises it".to_owned());
    let (decided, supervisor, why) = surroundings.supervisor().unwrap_or_else(nobody);
    let supervisor = if surroundings.is_systemd_unit() { Supervisor::Systemd } else { supervisor };
    Decision::new(decided.into(), why, supervisor)
}
