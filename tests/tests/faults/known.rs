//! What is wrong today, and why. Whatever is mended leaves this list: a line that nothing shows any
//! more fails the suite.

use daemon_tests::faults::{
    Deed::{self, Fail, Kill},
    Role::{self, Command, Intermediate},
};
use libc::{ECHILD, EINVAL, ENOMEM, EPERM};

use crate::scenario::Scenario;

/// Something that is wrong.
#[derive(Debug)]
pub(crate) struct Known {
    /// The names of the scenarios in which it shows.
    pub(crate) scenarios: &'static [&'static str],
    role: Role,
    /// The call, in words; `*` is any call.
    label: &'static str,
    deeds: &'static [Deed],
    /// How it shows.
    pub(crate) wrong: &'static str,
    /// Whether it shows each time, and not only if the processes run in some order.
    pub(crate) always: bool,
    /// Only for people.
    _why: &'static str,
}

impl Known {
    /// Whether it is this that is wrong.
    pub(crate) fn is(&self, (role, label, deed): Place<'_>, wrong: &str) -> bool {
        self.is_at((role, label, deed)) && self.wrong == wrong
    }

    /// Whether it has to do with this fault, however it shows.
    pub(crate) fn is_at(&self, (role, label, deed): Place<'_>) -> bool {
        self.role == role
            && (self.label == label || self.label == "*")
            && self.deeds.contains(&deed)
    }
}

/// A fault, by its process and its call.
pub(crate) type Place<'a> = (Role, &'a str, Deed);

/// Something that is wrong only if two things happen in one start.
struct KnownPair {
    parts: [fn(Place<'_>) -> bool; 2],
    wrong: &'static str,
    /// Only for people.
    _why: &'static str,
}

/// Whether it is known that these two together, or one of them alone, show so.
pub(crate) fn is_known_of_pair(places: [Place<'_>; 2], wrong: &str) -> bool {
    let [one, other] = places;
    let alone = |place| KNOWN.iter().any(|it| it.is(place, wrong));
    let are = |[first, second]: [fn(Place<'_>) -> bool; 2]| {
        first(one) && second(other) || first(other) && second(one)
    };
    alone(one) || alone(other) || PAIRS.iter().any(|it| it.wrong == wrong && are(it.parts))
}

const PAIRS: &[KnownPair] = &[KnownPair {
    parts: [
        |it| matches!(it, (Command, "fcntl F_GETOWN_EX pipe", Fail(_))),
        |it| match it {
            (Intermediate, "write pipe", Fail(_)) | (Intermediate, _, Kill) => true,
            it => matches!(it, (Command, "read pipe", Fail(_))),
        },
    ],
    wrong: "READY=1 with another MAINPID",
    _why: "neither the intermediate process nor the kernel tells the command who the daemon is: \
               it sends READY=1 without MAINPID",
}];

/// What is known of this scenario.
pub(crate) fn of(scenario: &Scenario) -> impl Iterator<Item = &'static Known> {
    KNOWN.iter().filter(|it| it.scenarios.contains(&scenario.name))
}

const UNNAMED: &str = "it does not say what failed";
const REASONLESS: &str = "the body's reason is lost";

#[expect(dead_code, reason = "nothing is wrong each time at present")]
const ALWAYS: bool = true;
const SOMETIMES: bool = false;

macro_rules! known {
    ($($how_often:ident: $scenarios:expr, $role:ident, $label:literal, $deeds:expr, $wrong:expr, $why:literal;)*) => {
        const KNOWN: &[Known] = &[$(Known {
            scenarios: $scenarios,
            role: $role,
            label: $label,
            deeds: $deeds,
            wrong: $wrong,
            always: $how_often,
            _why: $why,
        }),*];
    };
}

known! {
    SOMETIMES: &["fails, told"], Command, "waitid",
        &[Fail(ECHILD)], REASONLESS,
        "somebody else has reaped the intermediate process, which has not said the reason yet";
    SOMETIMES: &["plain", "log", "fails", "user"], Command, "waitid",
        &[Fail(ECHILD)], UNNAMED,
        "that somebody else has taken the status is told as another process namespace";
    SOMETIMES: &["fails, told"], Intermediate, "waitid",
        &[Fail(ECHILD)], UNNAMED,
        "as above";
    SOMETIMES: &["fails"], Command, "fcntl F_GETOWN_EX pipe",
        &[Fail(EINVAL), Fail(ENOMEM), Fail(EPERM)], REASONLESS,
        "who the daemon is cannot be asked, and its words are not shown";
    SOMETIMES: &["plain", "log", "fails", "user"], Command, "fcntl F_GETOWN_EX pipe",
        &[Fail(EINVAL), Fail(ENOMEM), Fail(EPERM)], UNNAMED,
        "who the daemon is cannot be asked, and so not how it ended";
}
