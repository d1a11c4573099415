//! The starts into which faults are injected.

use daemon_tests::{Start, is_root, skip};

use crate::stage::Stage;

/// A start, as the command line and the surroundings choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scenario {
    /// Its name in the table.
    pub(crate) name: &'static str,
    words: &'static [&'static str],
    /// Whether its body fails.
    pub(crate) fails: bool,
    /// Whether a supervisor waits to be told; then the intermediate process watches the daemon.
    pub(crate) told: bool,
    needs_root: bool,
}

const fn scenario(name: &'static str, words: &'static [&'static str]) -> Scenario {
    Scenario { name, words, fails: false, told: false, needs_root: false }
}

/// What the body says that fails.
pub(crate) const REASON: &str = "there is no water";

pub(crate) const PLAIN: Scenario = scenario("plain", &["notify"]);
pub(crate) const LOG: Scenario = scenario("log", &["stderr=@/daemon.log", "notify"]);
pub(crate) const FAILS: Scenario =
    Scenario { fails: true, ..scenario("fails", &["print:there is no water", "exit:3"]) };
pub(crate) const USER: Scenario = Scenario {
    needs_root: true,
    ..scenario("user", &["user=nobody", "stderr=@/daemon.log", "notify"])
};

pub(crate) const STATE: Scenario = scenario("state", &["control=first", "notify"]);
pub(crate) const STATE_USER: Scenario = Scenario {
    needs_root: true,
    ..scenario("state, user", &["control=first", "user=nobody", "notify"])
};

pub(crate) const PLAIN_TOLD: Scenario = Scenario { name: "plain, told", told: true, ..PLAIN };
pub(crate) const LOG_TOLD: Scenario = Scenario { name: "log, told", told: true, ..LOG };
pub(crate) const FAILS_TOLD: Scenario = Scenario { name: "fails, told", told: true, ..FAILS };
pub(crate) const USER_TOLD: Scenario = Scenario { name: "user, told", told: true, ..USER };

/// Those that do not change their user.
pub(crate) const OF_ANY_USER: [Scenario; 6] = [PLAIN, LOG, FAILS, PLAIN_TOLD, LOG_TOLD, FAILS_TOLD];

pub(crate) const ALL: [Scenario; 10] =
    [PLAIN, LOG, FAILS, USER, STATE, STATE_USER, PLAIN_TOLD, LOG_TOLD, FAILS_TOLD, USER_TOLD];

impl Scenario {
    /// Whether there can be such a start.
    pub(crate) fn is_possible(&self) -> bool {
        !self.needs_root || is_root()
    }

    /// Such a start, on this stage.
    pub(crate) fn start<'a>(&self, stage: &'a Stage) -> Start<'a> {
        self.of(stage.start(), stage)
    }

    /// Makes such a start of this one.
    pub(crate) fn of<'a>(&self, start: Start<'a>, stage: &'a Stage) -> Start<'a> {
        let start = start.args(self.words.iter().copied());
        if self.told { start.env("NOTIFY_SOCKET", stage.socket.address()) } else { start }
    }

    /// Skips the test where there can be no such start.
    pub(crate) fn require(&self) {
        if !self.is_possible() {
            skip!("needs root: changes its user");
        }
    }
}
