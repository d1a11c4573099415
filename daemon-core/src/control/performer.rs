//! The way from a program that asks for verbs to the code that carries them out.

use crate::config::setting::Setting;
use crate::config::verb::{Control, Next, Rest, Verb};
use crate::config::{Config, Performer};
use crate::control::{configuring, entry, perform};
use crate::error::Error;

/// All verbs.
#[derive(Debug)]
struct Verbs;

impl Performer for Verbs {
    fn read_command_line(&self, config: &mut Config, rest: Rest) -> Option<u8> {
        entry::read_command_line(config, rest)
    }

    fn carry_out(&self, config: &mut Config) -> Next {
        perform::carry_out(config)
    }

    fn begin_configure(&self, config: &mut Config) {
        configuring::begin(config);
    }

    fn end_configure(&self) {
        configuring::end();
    }

    fn configure_has_failed(&self, config: &mut Config, error: &Error) {
        configuring::has_failed(config, error);
    }

    fn is_success(&self, config: &mut Config, error: &Error) -> Option<u8> {
        perform::is_success(config, error)
    }
}

impl Config {
    /// Sets whether the command line has [verbs](Verb): [`Control::First`] takes the first argument
    /// for one, a word the argument behind that word. The default is [`Control::Off`].
    ///
    /// The verbs are `start`, `stop`, `restart`, `reload`, `status`, `check` and `unit`, each with
    /// `--help`. Without one, the program starts its daemon. [`args_os`](crate::args_os) are the
    /// arguments without them.
    pub fn control(&mut self, control: impl Setting<Control>) -> &mut Self {
        control.set(&mut self.control);
        self.performer = Some(&Verbs);
        self
    }

    /// Notes a verb, for a program that parses its command line itself; the launch carries it out.
    /// `None` leaves the one that was noted.
    pub fn perform(&mut self, verb: impl Into<Option<Verb>>) -> &mut Self {
        if let Some(verb) = verb.into() {
            self.asked.verb = Some(verb);
            self.performer = Some(&Verbs);
        }
        self
    }
}
