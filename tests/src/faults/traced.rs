//! A start under a tracer, and what became of it.

use std::{
    os::unix::process::ExitStatusExt,
    process::ExitStatus,
    time::{Duration, Instant},
};

use libc::pid_t;

use super::{Orders, Recorded, ptrace, tracer::Tracer};
use crate::{Running, Start, skip};

/// Which process of a start it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// What was started.
    Command,
    /// Its first child.
    Intermediate,
    /// The first child of that.
    Daemon,
    /// Any other.
    Other,
}

/// What became of a start under a tracer. Whatever still runs stays until this is dropped.
#[derive(Debug)]
pub struct Traced<'a> {
    /// How the command ended; `None` if it did not end in time.
    pub status: Option<ExitStatus>,
    /// What it wrote to standard error, if that is a pipe.
    pub stderr: String,
    /// Whether every order was carried out.
    pub happened: bool,
    /// The calls from the entry of `main` on, if they were to be recorded.
    pub calls: Vec<Recorded>,
    /// What still runs a while after the command's end.
    pub left: Vec<(Role, pid_t)>,
    /// Whether the daemon has nothing left to do.
    pub lives_on: bool,
    /// From the start until all that was to end had ended.
    pub elapsed: Duration,
    tracer: Tracer,
    _running: Running<'a>,
}

impl Traced<'_> {
    /// The exit status as a shell shows it; `None` if there is none yet.
    pub fn code(&self) -> Option<i32> {
        self.status.map(|it| it.code().unwrap_or_else(|| 128 + it.signal().unwrap_or(0)))
    }

    /// Whether the process of this role was killed, as an order says.
    pub fn has_killed(&self, role: Role) -> bool {
        self.tracer.has_killed(role)
    }

    /// The number of the daemon, if there was one.
    pub fn daemon(&self) -> Option<pid_t> {
        self.tracer.number(Role::Daemon)
    }
}

impl Drop for Traced<'_> {
    fn drop(&mut self) {
        self.tracer.end_all();
    }
}

impl<'a> Start<'a> {
    /// Starts it under a tracer that carries out these orders, and waits until everything has come
    /// to rest, but no longer than `limit`.
    ///
    /// The calling thread is the tracer: it must have no other children. Skips the test where
    /// nothing can be traced.
    #[track_caller]
    pub fn trace(self, orders: &Orders, limit: Duration) -> Traced<'a> {
        if cfg!(not(target_arch = "x86_64")) {
            skip!("needs a processor of which the tracer knows the registers: x86-64");
        }
        let here = self.sandbox().path().to_owned();
        let (traps, begun) = (Tracer::traps(orders), Instant::now());
        let mut seized = Ok(());
        let mut running = self.spawn_trapped(Some(&traps), |pid| seized = ptrace::seize(pid));
        if let Err(errno) = seized {
            skip!("needs ptrace(2), which fails here: {errno}");
        }
        let mut tracer = Tracer::new(orders.clone(), here, running.process().pid());
        tracer.run_until(begun + limit);
        let status = tracer.end_of(Role::Command).map(ExitStatus::from_raw);
        Traced {
            status,
            stderr: running.stderr(),
            happened: tracer.has_done_all(),
            calls: tracer.take_calls(),
            left: tracer.left(),
            lives_on: tracer.daemon_lives_on(),
            elapsed: begun.elapsed(),
            tracer,
            _running: running,
        }
    }
}
