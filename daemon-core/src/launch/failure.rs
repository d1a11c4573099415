//! A start that fails in the daemon: the command is told, and the daemon ends.

use std::io::Write;
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::getpid;

use crate::command::pipe::ToCommand;
use crate::error::{Error, Failure};
use crate::files::pidfile;
use crate::process::signals::GRACE;
use crate::sys::process::exit_immediately;
use crate::sys::signals::is_ignored;

/// Ends the daemon, after telling the command why.
pub(crate) fn end(to_command: &ToCommand, error: &Error) -> ! {
    if to_command.failed(&Failure::from(error)).is_err() {
        end_unheard(error);
    }
    leave(error)
}

/// Ends the daemon where the command cannot be told why.
pub(crate) fn end_unheard(error: &Error) -> ! {
    // The command may be gone, and then nobody needs to know. Else this is where it looks.
    let _ = writeln!(std::io::stderr(), "{error}");
    leave(error)
}

fn leave(error: &Error) -> ! {
    pidfile::remove_own();
    exit_immediately(error.exit_code())
}

/// Ends the daemon of a start that is cancelled by the death of its command, which the daemon found
/// out before the lifeline told it: by SIGTERM, so that it can end as it likes, but it does end.
pub(crate) fn end_without_command() -> ! {
    let _ = kill(getpid(), Signal::SIGTERM);
    if !is_ignored(libc::SIGTERM) {
        // Its default action ends us here.
        thread::sleep(GRACE);
    }
    pidfile::remove_own();
    exit_immediately(128 + libc::SIGTERM as u8)
}
