//! The launch where nothing can be launched: `configure`, `privileged` and the body run one after
//! another, in the process that was started.

pub(crate) mod ready;
pub(crate) mod refusal;

use crate::config::Config;
use crate::error::Error;
use crate::launch::ready::Ready;
use crate::plan::inherited::Inherited;

/// Goes on in this process, with the value of `privileged`.
pub(crate) fn launch<V>(
    _: &mut Config,
    _: Inherited,
    privileged: impl FnOnce() -> Result<V, Error>,
) -> Result<(Ready, V), Error> {
    Ok((Ready::detached(), privileged()?))
}
