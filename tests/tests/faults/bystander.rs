//! A process that has nothing to do with any start, and that nobody may send a signal.

use daemon_tests::{Running, Sandbox, Signal};

/// It blocks every signal that can be blocked, so what it is sent stays pending.
pub(crate) struct Bystander<'a>(Running<'a>);

impl<'a> Bystander<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox) -> Self {
        let start = sandbox.start("sleep").arg("1000");
        Self(Signal::iterator().fold(start, |start, signal| start.block(signal)).spawn())
    }

    /// Its number.
    pub(crate) fn pid(&self) -> i32 {
        self.0.process().pid()
    }

    /// Ends it.
    pub(crate) fn expect_undisturbed(self) {
        let process = self.0.process();
        assert!(process.is_alive(), "somebody has killed a bystander");
        for pending in ["SigPnd", "ShdPnd"] {
            let signals = process.status(pending);
            assert!(signals.bytes().all(|it| it == b'0'), "a bystander was sent {signals}");
        }
    }
}
