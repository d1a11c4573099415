//! The process between the test and the command: what a login shell is to the programs typed
//! at its prompt.
//!
//! It leads the session (so that ^Z stops the command and a hang-up reaches it, as they do
//! below a shell), waits for the command, tells how it ended, and stays until the test lets go.

#![expect(unsafe_code, reason = "fork, and the calls after it, have no safe form")]

use std::{
    convert::Infallible,
    io::{self, Read, Write},
    os::{
        fd::{AsRawFd, RawFd},
        unix::{net::UnixStream, process::ExitStatusExt},
    },
    process::ExitStatus,
    time::Duration,
};

use nix::{
    sys::{
        signal::{SigHandler, SigSet, SigmaskHow, Signal, killpg, signal},
        wait::waitpid,
    },
    unistd::{ForkResult, Pid, fork, getpgrp, setsid},
};

use crate::{
    Job, Process,
    exec::{self, Failure, Prepared},
};

/// The test's hand on a starter. Dropping it ends the starter, and with it the terminal's
/// session.
#[derive(Debug)]
pub(crate) struct Starter {
    pid: Pid,
    /// None if it was dead at once.
    process: Option<Process>,
    control: UnixStream,
}

impl Starter {
    /// Starts the command: when this comes back, the program runs (or has run). `seize` is called
    /// with its number just before it becomes the program.
    ///
    /// # Panics
    ///
    /// If it cannot be run so.
    #[track_caller]
    pub(crate) fn start(
        mut prepared: Prepared,
        deadline: Duration,
        seize: impl FnOnce(i32),
    ) -> (Self, Process) {
        let (control, their_control) = UnixStream::pair().expect("a pair of sockets");
        let (mut channel, their_channel) = UnixStream::pair().expect("a pair of sockets");

        let mask = SigSet::all();
        let previous = mask.thread_swap_mask(SigmaskHow::SIG_SETMASK);
        // SAFETY: the child calls only what is async-signal-safe, and never returns.
        let forked = unsafe { fork() };
        if let Ok(ForkResult::Child) = forked {
            be_starter(&mut prepared, their_control.as_raw_fd(), their_channel.as_raw_fd());
        }
        previous.and_then(|previous| previous.thread_set_mask()).expect("the signal mask");
        let Ok(ForkResult::Parent { child }) = forked else { panic!("cannot fork: {forked:?}") };
        let mut starter = Self { pid: child, process: Process::find(child.as_raw()), control };
        drop((their_control, their_channel));

        channel.set_read_timeout(Some(deadline)).expect("a timeout");
        starter.control.set_read_timeout(Some(deadline)).expect("a timeout");
        // None if it failed before; then it has left its reason in the channel.
        let command = starter.read_number().ok().and_then(Process::find);
        if let Some(command) = &command {
            seize(command.pid());
            _ = channel.write_all(b"!");
        }
        let mut failure = Vec::new();
        channel.read_to_end(&mut failure).expect("word from the command before its exec");
        if let Some((errno, tried)) = failure.split_first_chunk() {
            let error = io::Error::from_raw_os_error(i32::from_ne_bytes(*errno));
            panic!("{} for {:?}: {error}", String::from_utf8_lossy(tried), prepared.program);
        }
        starter.control.set_nonblocking(true).expect("O_NONBLOCK");
        let command = command.expect("the command waits for our word");
        (starter, command.with_deadline(deadline))
    }

    /// How the command ended, once it has.
    pub(crate) fn try_status(&mut self) -> Option<ExitStatus> {
        match self.read_number() {
            Ok(status) => Some(ExitStatus::from_raw(status)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) => panic!("the starter died before its command: {error}"),
        }
    }

    /// The starter writes four bytes at once, so they never come in pieces.
    fn read_number(&mut self) -> io::Result<i32> {
        let mut number = [0; 4];
        self.control.read_exact(&mut number)?;
        Ok(i32::from_ne_bytes(number))
    }
}

impl Drop for Starter {
    fn drop(&mut self) {
        if let Some(process) = &self.process {
            process.kill();
        }
        // It has no other parent, and no status that is of interest.
        _ = waitpid(self.pid, None);
    }
}

/// The starter's life. As after every fork of a process with threads, only async-signal-safe
/// calls; all signals are blocked.
fn be_starter(prepared: &mut Prepared, control: RawFd, channel: RawFd) -> ! {
    let Err(failure) = lead(prepared, control, channel);
    failure.report(channel)
}

fn lead(prepared: &mut Prepared, control: RawFd, channel: RawFd) -> Result<Infallible, Failure> {
    let terminal = prepared.terminal.filter(|&(_, job)| job != Job::SessionLeader);
    // A command that leads a session itself must not be in another's.
    if prepared.terminal.is_none() || terminal.is_some() {
        setsid().map_err(|errno| Failure { tried: "setsid", errno })?;
    }
    if let Some((terminal, _)) = terminal {
        exec::take_terminal(terminal)?;
    }
    for number in [Signal::SIGCHLD, Signal::SIGHUP] {
        // SAFETY: the default is no function of ours.
        _ = unsafe { signal(number, SigHandler::SigDfl) };
    }
    // SAFETY: the child calls only what is async-signal-safe, and never returns.
    let command = match unsafe { libc::fork() } {
        -1 => return Err(Failure::last("fork")),
        0 => exec::exec(prepared, channel),
        command => command,
    };
    // Nobody's pipe or terminal may stay open because of the starter.
    for (first, last) in [(0, control - 1), (control + 1, RawFd::MAX)] {
        // SAFETY: nothing in this process uses any of them again.
        unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    }
    tell(control, command);
    tell(control, wait(Pid::from_raw(command)));
    if terminal.is_some() {
        back_to_foreground();
    }
    // From here on a hang-up may end it, as it ends a shell.
    _ = SigSet::from(Signal::SIGHUP).thread_unblock();
    wait_for_end(control)
}

fn tell(control: RawFd, number: i32) {
    let bytes = number.to_ne_bytes();
    // SAFETY: the pointer and the length are those of a live array. If the test is gone, it
    // needs no telling.
    _ = unsafe { libc::send(control, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) };
}

/// Waits for the command's end, and meanwhile passes a hang-up on to its group, as a shell does
/// (the kernel hangs up on the session leader only).
fn wait(command: Pid) -> i32 {
    let signals = SigSet::from_iter([Signal::SIGCHLD, Signal::SIGHUP]);
    let mut status = 0;
    loop {
        // SAFETY: `status` outlives the call.
        let ended = unsafe { libc::waitpid(command.as_raw(), &mut status, libc::WNOHANG) };
        if ended != 0 {
            return status;
        }
        // Both are blocked, so that neither is lost between the look and the wait.
        if signals.wait() == Ok(Signal::SIGHUP) {
            // bash wakes stopped jobs too, or they would not hear it.
            _ = killpg(command, Signal::SIGHUP);
            _ = killpg(command, Signal::SIGCONT);
        }
    }
}

/// After the command a shell takes its terminal back.
fn back_to_foreground() {
    // SAFETY: opens a file by a name that ends with a zero byte.
    let terminal = unsafe { libc::open(c"/dev/tty".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) };
    // After a hang-up there is none.
    if terminal != -1 {
        _ = exec::to_foreground(terminal, getpgrp());
        // SAFETY: opened here, used nowhere else.
        unsafe { libc::close(terminal) };
    }
}

fn wait_for_end(control: RawFd) -> ! {
    let mut byte = 0_u8;
    // SAFETY: reads at most one byte into a byte. The test never writes: this ends with it.
    unsafe { libc::read(control, (&raw mut byte).cast(), 1) };
    // SAFETY: ends the process, and runs nothing of the test runner's on the way.
    unsafe { libc::_exit(0) }
}
