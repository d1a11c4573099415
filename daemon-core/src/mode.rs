//! Background or foreground, and why.

use nix::unistd::Pid;

use crate::config::Mode;

/// What [`Mode::Auto`] comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    Background,
    Foreground,
}

/// Decides for the process with this number.
pub(crate) fn decide(mode: Mode, pid: Pid) -> Decided {
    match mode {
        Mode::Background => Decided::Background,
        Mode::Foreground => Decided::Foreground,
        // The init of a container: when process 1 ends, the kernel ends all others with it; see
        // pid_namespaces(7).
        Mode::Auto if pid == Pid::from_raw(1) => Decided::Foreground,
        Mode::Auto => Decided::Background,
    }
}

#[cfg(test)]
mod tests {
    use super::{Decided, Mode, Pid, decide};

    #[test]
    fn process_1_stays() {
        let decide = |mode, pid| decide(mode, Pid::from_raw(pid));
        assert_eq!(decide(Mode::Auto, 1), Decided::Foreground);
        assert_eq!(decide(Mode::Auto, 2), Decided::Background);
        assert_eq!(decide(Mode::Background, 1), Decided::Background);
        assert_eq!(decide(Mode::Foreground, 2), Decided::Foreground);
    }
}
