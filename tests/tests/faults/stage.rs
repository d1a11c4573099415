//! Where one start after the other is made: a sandbox and a supervisor's socket.

use std::{
    fs,
    io::ErrorKind,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use daemon_tests::{Message, NotifySocket, PIDFILE, STRANGER, Sandbox, Start, fixture, told};

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) socket: NotifySocket,
    /// Who starts, and where the program is that they can reach; otherwise it is whoever tests.
    user: Option<(u32, PathBuf)>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        let socket = NotifySocket::bind(&sandbox);
        Self { sandbox, socket, user: None }
    }

    /// One that belongs to a user who has no other processes. Skips the test unless it is root that
    /// runs it.
    pub(crate) fn of_a_user() -> Self {
        static USER: AtomicU32 = AtomicU32::new(STRANGER + 1);
        let user = USER.fetch_add(1, Ordering::Relaxed);
        let mut stage = Self::new();
        let program = stage.sandbox.install(fixture!("does_as_told"));
        stage.sandbox.install(fixture!("empty"));
        stage.sandbox.owner("", user, user);
        stage.user = Some((user, program));
        stage
    }

    /// The user, if it belongs to one.
    pub(crate) fn user(&self) -> Option<u32> {
        self.user.as_ref().map(|(user, _)| *user)
    }

    /// A start of a daemon that goes to the background, and gives up after some seconds.
    pub(crate) fn start(&self) -> Start<'_> {
        let start = self.start_by_tester();
        match self.user() {
            Some(user) => start.user(user, user),
            None => start,
        }
    }

    /// As [`Stage::start`], but by whoever tests, for a command before it that becomes the user.
    pub(crate) fn start_by_tester(&self) -> Start<'_> {
        let here = format!("here={}", self.sandbox.path().display());
        let words = ["mode=background", "start_timeout=8", &here];
        match &self.user {
            Some((_, program)) => self.sandbox.start(program).args(words),
            None => told(&self.sandbox, words),
        }
    }

    /// A start of a program that does nothing, by whoever tests.
    pub(crate) fn nothing(&self) -> Start<'_> {
        match self.user {
            Some(_) => self.sandbox.start(self.sandbox.join("empty")),
            None => self.sandbox.start(fixture!("empty")),
        }
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
        for file in ["daemon.pid", "daemon.log", "daemon.state"].map(|it| self.sandbox.join(it)) {
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
