//! The life of a program where nobody sends it signals: only the program itself requests its stop.

#[path = "../../running/events.rs"]
pub(crate) mod events;
#[path = "../../running/hold.rs"]
pub(crate) mod hold;
#[path = "../../running/reason.rs"]
pub(crate) mod reason;
#[path = "../../running/reload.rs"]
pub(crate) mod reload;
#[path = "../../running/sink.rs"]
pub(crate) mod sink;
#[path = "../../running/stages.rs"]
pub(crate) mod stages;
#[path = "../../running/state.rs"]
mod state;
#[path = "../../running/status.rs"]
pub(crate) mod status;
#[path = "../../running/stop.rs"]
pub(crate) mod stop;
#[path = "../../running/taken.rs"]
mod taken;
#[path = "../../running/verdict.rs"]
pub(crate) mod verdict;
#[path = "../../running/whose.rs"]
mod whose;

pub(crate) mod launched {
    /// Facts of a launch, which there is not.
    pub(crate) enum Launched {}

    pub(super) fn get() -> Option<Launched> {
        None
    }

    impl Launched {
        pub(super) fn tells_supervisor(&self) -> bool {
            match *self {}
        }
    }
}

pub(crate) mod said {
    //! There are no commands to show it.

    pub(super) fn status(_: &str) {}

    pub(super) fn reloading() {}

    pub(super) fn answered(_: bool, _: &str) {}

    pub(super) fn answered_at_once(_: bool, _: &str) {}
}

pub(crate) mod reopen {
    use crate::error::Error;

    /// Opens the program's logs anew on Unix. On this system, which is not Unix, they stay.
    ///
    /// # Errors
    ///
    /// None.
    pub fn reopen_logs() -> Result<(), Error> {
        Ok(())
    }
}

pub(crate) mod output {
    use std::io::{IsTerminal, stderr};

    use super::sink::Sink;

    /// The reader of the program's standard error.
    pub fn output() -> Sink {
        if stderr().is_terminal() { Sink::Terminal } else { Sink::Supervisor }
    }
}

mod process {
    use std::sync::{Arc, OnceLock};

    use super::state::Shared;

    /// The state of this process.
    pub(super) fn shared() -> &'static Arc<Shared> {
        static STATE: OnceLock<Arc<Shared>> = OnceLock::new();
        STATE.get_or_init(|| Arc::new(Shared::new()))
    }

    /// There are none.
    pub(super) fn handle_user_signals(_: &Shared) {}
}
