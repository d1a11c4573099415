//! Only the first thread may run when the daemon is forked.

use std::thread;
use std::time::Duration;

use nix::unistd::getpid;

use crate::error::{Error, ErrorKind};
use crate::sys;

/// How often, and after which pause, we look again for threads that have been joined: the kernel
/// forgets one a moment later than pthread_join(3) returns.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(2);

/// How many threads run, once those that are about to end have ended; `None` where that cannot be
/// known.
pub(crate) fn count() -> Option<usize> {
    for _ in 0..LOOKS {
        match sys::proc::thread_count() {
            Some(2..) => thread::sleep(PAUSE),
            count => return count,
        }
    }
    sys::proc::thread_count()
}

/// fork(2) copies only the thread that calls it: locks that the others held are held for ever, and
/// an async runtime without its threads hangs.
pub(crate) fn refuse() -> Result<(), Error> {
    let Some(count @ 2..) = count() else { return Ok(()) };
    let names = said(sys::proc::other_thread_names(), sys::proc::process_name(getpid()));
    let names = if names.is_empty() { String::new() } else { format!(" ({names})") };
    let others = if count == 2 { "another thread runs" } else { "other threads run" };
    let what = format!("cannot become a daemon: {others} already{names}");
    Err(Error::new(ErrorKind::Software, what).advise(
        "this is a mistake in the program: threads, and async runtimes, start after the launch: below \
         #[daemon::main], in the body of Config::run, or after Config::launch",
    ))
}

/// The names of threads. A thread without one has that of the process, which would say nothing.
fn said(mut names: Vec<String>, process: Option<String>) -> String {
    let all = names.len();
    names.retain(|name| process.as_ref() != Some(name));
    match all - names.len() {
        0 => {}
        1 if all == 1 => names.push("it has no name".to_owned()),
        unnamed => names.push(format!("{unnamed} without a name")),
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn a_thread_that_has_the_name_of_the_process_has_none() {
        let said = |names: &[&str]| {
            said(names.iter().map(|it| (*it).to_owned()).collect(), Some("echod".to_owned()))
        };
        assert_eq!(said(&[]), "");
        assert_eq!(said(&["io", "timer"]), "io, timer");
        assert_eq!(said(&["echod"]), "it has no name");
        assert_eq!(said(&["echod", "io", "echod"]), "io, 2 without a name");
    }
}
