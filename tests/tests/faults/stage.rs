//! Where one start after the other is made: a sandbox and a supervisor's socket.

use std::{fs, io::ErrorKind, path::PathBuf, thread};

use daemon_tests::{Message, NotifySocket, PIDFILE, Sandbox, Start, told};

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) socket: NotifySocket,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        let socket = NotifySocket::bind(&sandbox);
        Self { sandbox, socket }
    }

    /// A start of a daemon that goes to the background, and gives up after some seconds.
    pub(crate) fn start(&self) -> Start<'_> {
        let here = format!("here={}", self.sandbox.path().display());
        told(&self.sandbox, ["mode=background", "start_timeout=8", &here])
    }

    pub(crate) fn pidfile(&self) -> PathBuf {
        self.sandbox.join(PIDFILE)
    }

    /// The messages that have come to the socket.
    pub(crate) fn messages(&self) -> Vec<Message> {
        std::iter::from_fn(|| self.socket.receive_now()).collect()
    }

    /// As it was at the beginning; nothing of a start runs any more.
    pub(crate) fn clear(&self) {
        self.messages();
        for file in [self.pidfile(), self.sandbox.join("daemon.log")] {
            match fs::remove_file(&file) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                removed => removed.unwrap_or_else(|it| panic!("{}: {it}", file.display())),
            }
        }
    }
}

impl Drop for Stage {
    /// Whatever the tracer has overlooked.
    fn drop(&mut self) {
        if !thread::panicking() {
            self.sandbox.assert_nothing_left();
        }
    }
}
