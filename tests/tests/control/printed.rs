//! A machine on which a fixture is installed, and the files that it prints there.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use daemon_tests::{Finished, Ids, Process, Sandbox, Start, Systemd, fixture};

/// The user and the group www-data, whom Debian has.
pub(crate) const WWW_DATA: u32 = 33;

/// A machine on which the fixtures `reloads` and `step_for_root` are installed.
pub(crate) struct Machine<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) systemd: Systemd<'a>,
}

impl<'a> Machine<'a> {
    #[track_caller]
    pub(crate) fn new(sandbox: &'a Sandbox) -> Self {
        let machine = Self { sandbox, systemd: Systemd::boot(sandbox) };
        let programs = [fixture!("reloads"), fixture!("step_for_root")].join(" ");
        machine.shell(&format!("install {programs} /usr/local/bin/"));
        machine
    }

    /// Runs a line of shell, as root.
    #[track_caller]
    pub(crate) fn shell(&self, line: &str) -> Finished {
        self.systemd.start("sh").args(["-c", line]).run().expect_code(0)
    }

    /// The start of a fixture in the machine.
    pub(crate) fn start(&self, program: &str) -> Start<'a> {
        self.systemd.start(format!("/usr/local/bin/{program}"))
    }

    /// What `reloads` prints for this target, with these arguments of its own.
    #[track_caller]
    pub(crate) fn reloads(&self, target: &str, words: &[&str]) -> String {
        let start = self.start("reloads").args(["daemon", "unit", target]).args(words);
        start.run().expect_code(0).stdout
    }

    /// What `step_for_root` prints for this target, with these arguments of its own.
    #[track_caller]
    pub(crate) fn step_for_root<S: AsRef<OsStr>>(&self, target: &str, words: &[S]) -> String {
        let words = words.iter().map(|word| word.as_ref().to_owned());
        let start = self.start("step_for_root").args(["unit", target]).args(words);
        start.run().expect_code(0).stdout
    }

    /// Writes a file of the machine's, which can be executed.
    #[track_caller]
    pub(crate) fn write(&self, path: &str, text: &str) -> PathBuf {
        let draft = self.sandbox.file("draft", 0o644, text);
        self.shell(&format!("install -D -m755 {} '{path}'", draft.display()));
        self.systemd.path(path)
    }

    /// Switches it off. Nothing may be left.
    #[track_caller]
    pub(crate) fn off(self) {
        drop(self.systemd);
        self.sandbox.assert_nothing_left();
    }
}

/// It is this user in every respect, and has exactly these capabilities, as a set of bits.
#[track_caller]
pub(crate) fn assert_is_confined(process: &Process, id: u32, capabilities: u64) {
    assert_eq!((process.users(), process.groups()), (Ids::all(id), Ids::all(id)));
    let sets = process.capabilities();
    assert_eq!([sets.permitted, sets.effective, sets.ambient], [capabilities; 3], "{sets:?}");
}

/// Its arguments, without its own path.
#[track_caller]
pub(crate) fn arguments(process: &Process) -> Vec<OsString> {
    process.command_line().split_off(1)
}
