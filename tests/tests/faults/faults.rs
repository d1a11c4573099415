//! The faults that can happen to a start.

use std::time::Duration;

use daemon_tests::faults::{Deed, Group, Order, Orders, Recorded, Role, Schedule, Traced, call};

use crate::{
    invariants::{self, LIMIT, Outcome, Words},
    scenario::Scenario,
    stage::Stage,
};

/// A fault that happens to a start.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) order: Order,
    pub(crate) schedule: Schedule,
    /// The call, in words.
    pub(crate) label: String,
    pub(crate) whose: Whose,
    /// Whether it happens to a daemon of which nobody knows yet which process it is: how it ended
    /// is then known only if it was seen in time.
    pub(crate) is_early: bool,
}

/// Whose call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Launch,
    /// Made by the C library or the standard library where they like, another one on another
    /// machine: what becomes of the start must be right, but is not noted.
    Libraries,
    /// The search for a user, by whatever modules the machine has for it; see nsswitch.conf(5).
    /// Their errors are not told to whoever asks.
    Lookup,
}

/// What was seen of a fault.
#[derive(Debug)]
pub(crate) struct Seen {
    /// `None` if it did not happen: the start has taken another way.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) elapsed: Duration,
    pub(crate) stderr: String,
}

impl Fault {
    pub(crate) fn orders(&self) -> Orders {
        Orders::with([self.order]).schedule(self.schedule)
    }

    /// Whether it keeps the command from saying anything.
    pub(crate) fn is_unheard(&self) -> bool {
        self.label == "write stderr" && matches!(self.order.deed, Deed::Fail(_))
    }

    /// Makes it happen.
    pub(crate) fn happen(&self, scenario: &Scenario, stage: &Stage) -> Seen {
        let orders = self.orders();
        let traced = scenario.start(stage).trace(&orders, LIMIT);
        let (happened, elapsed, stderr) = (traced.happened, traced.elapsed, traced.stderr.clone());
        let words = match self.order.deed {
            _ if self.is_unheard() => Words::None,
            Deed::Fail(errno) if self.whose == Whose::Launch => {
                Words::Naming(self.label.split(' ').next().unwrap_or_default(), errno)
            }
            _ => Words::Some,
        };
        let outcome = invariants::outcome(scenario, stage, words, traced);
        Seen { outcome: happened.then_some(outcome), elapsed, stderr }
    }
}

/// A schedule, in words.
pub(crate) fn schedule(schedule: Schedule) -> &'static str {
    match schedule {
        Schedule::Any => "in any order",
        Schedule::CommandFirst => "the command first",
        Schedule::DaemonFirst => "the daemon first",
    }
}

/// Everything that can go wrong, one at a time.
pub(crate) fn of(scenario: &Scenario) -> Vec<Fault> {
    let [first, second] = [Schedule::CommandFirst, Schedule::DaemonFirst].map(|schedule| {
        let calls = record(scenario, schedule);
        let forks = calls.iter().position(|it| it.label == "fork").expect("a fork");
        (calls, schedule, forks)
    });
    // Before the first fork one schedule is like the other.
    let second = (second.0[second.2 + 1..].to_vec(), second.1);
    [(first.0, first.1), second].into_iter().flat_map(|(calls, it)| at(calls, it)).collect()
}

/// The calls of a start without faults: first the command's, then those of the others.
fn record(scenario: &Scenario, schedule: Schedule) -> Vec<Recorded> {
    let stage = Stage::new();
    let orders = Orders::with([]).recording().schedule(schedule);
    let traced = scenario.start(&stage).trace(&orders, LIMIT);
    assert_eq!(traced.code(), Some(if scenario.fails { 3 } else { 0 }), "{traced:?}");
    for role in ROLES {
        assert!(traced.calls.iter().any(|it| it.site.role == role), "no {role:?}: {traced:?}");
    }
    calls_of_the_start(&traced)
}

const ROLES: [Role; 3] = [Role::Command, Role::Intermediate, Role::Daemon];

/// The recorded calls that belong to the start: first the command's, then those of the others.
pub(crate) fn calls_of_the_start(traced: &Traced<'_>) -> Vec<Recorded> {
    let mut calls = Vec::new();
    for role in ROLES {
        let mut own: Vec<_> =
            traced.calls.iter().filter(|it| it.site.role == role).cloned().collect();
        if role == Role::Daemon && traced.lives_on {
            // What it does when it has said that it is ready is not the start any more.
            let ready = own.iter().rposition(|it| it.label == "write pipe");
            own.truncate(ready.expect("the word that it is ready") + 1);
        }
        let checks = |index: usize| own[index].is_the_check_of_a_close(own.get(index + 1));
        calls.extend((0..own.len()).filter(|&it| !checks(it)).map(|it| own[it].clone()));
    }
    calls
}

/// Everything that can go wrong at these calls.
pub(crate) fn at(calls: Vec<Recorded>, schedule: Schedule) -> impl Iterator<Item = Fault> {
    let lookup = lookup(&calls);
    let named = calls.iter().position(|it| it.label == "fcntl F_SETOWN pipe").unwrap_or(0);
    calls.into_iter().enumerate().flat_map(move |(index, Recorded { site, label })| {
        let Some(call) = call(site.call) else {
            panic!("how {label} can fail is not in tests/src/faults/calls.rs");
        };
        let whose = match call.group {
            _ if lookup.contains(&index) => Whose::Lookup,
            Group::Launch => Whose::Launch,
            Group::Memory => Whose::Libraries,
        };
        let kill = (whose == Whose::Launch).then_some(Deed::Kill);
        // A module may well abort where its signal mask cannot be set.
        let errors = match whose {
            Whose::Lookup if !label.contains(" /etc/") => &[],
            _ => call.errors,
        };
        let deeds = errors.iter().map(|errno| Deed::Fail(*errno)).chain(kill);
        deeds.map(move |deed| {
            let order = Order { site, deed };
            let is_early = site.role == Role::Daemon && index <= named;
            Fault { order, schedule, label: label.clone(), whose, is_early }
        })
    })
}

/// From the first call of a search for a user to its last.
fn lookup(calls: &[Recorded]) -> std::ops::Range<usize> {
    let is_of_it = |it: &Recorded| {
        ["/etc/", "/nscd/", "/lib/", "ngroups_max"].iter().any(|part| it.label.contains(part))
    };
    let (Some(first), Some(last)) =
        (calls.iter().position(is_of_it), calls.iter().rposition(is_of_it))
    else {
        return 0..0;
    };
    let is_ours = |it: &Recorded| it.label == "geteuid" || it.label.contains('@');
    let rest = calls[last..].iter().position(is_ours).unwrap_or(0);
    // The first of them is at a socket that socket(2) has made.
    first.saturating_sub(1)..last + rest
}
