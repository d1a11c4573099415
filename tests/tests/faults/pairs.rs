//! Two things at once, chosen at random: two faults in a start, or a fault and a process that is
//! held back for some milliseconds.
//!
//! The second one is chosen among the calls that the processes make after the first, so that it
//! also happens to those that clean up. A seed is one pair, as long as the start makes those two
//! calls.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
    time::Duration,
};

use daemon_tests::{
    Sandbox,
    faults::{Deed, Order, Orders, Recorded, Schedule, Site},
};
use fastrand::Rng;

use crate::{
    budget,
    bystander::Bystander,
    faults::{self, Fault},
    invariants::{self, LIMIT, Outcome, Seen, Words},
    outcomes,
    scenario::{self, Scenario},
    stage::Stage,
    workers::work,
};

daemon_tests::tests![two_faults, a_fault_and_a_process_held];

/// How many pairs an ordinary run tries.
const COUNT: u64 = 400;

/// How long a process is held back, in milliseconds, at most.
const LONGEST_HOLD: u64 = 60;

fn two_faults() {
    try_pairs("two_faults", another_fault);
}

fn a_fault_and_a_process_held() {
    try_pairs("a_fault_and_a_process_held", a_hold);
}

struct Pair {
    scenario: &'static Scenario,
    schedule: Schedule,
    faults: [Fault; 2],
}

/// What can go wrong in each of the scenarios, one at a time.
static SINGLE: [OnceLock<Vec<Fault>>; scenario::ALL.len()] =
    [const { OnceLock::new() }; scenario::ALL.len()];

/// Chooses the second thing: beside this fault, among those that can happen with it, of which these
/// are at calls before it.
type Second = fn(&mut Rng, &Fault, &[Fault], &HashSet<Site>) -> Option<Fault>;

/// Chooses by a number that belongs to the fault, and not to its place in the list: how often a
/// process reads or polls is another thing each time.
fn choose<'a>(rng: &mut Rng, faults: impl IntoIterator<Item = &'a Fault>) -> Option<&'a Fault> {
    let salt = rng.u64(..);
    faults.into_iter().max_by_key(|it| {
        let mut hasher = DefaultHasher::new();
        (salt, it.order.site, it.order.deed, it.schedule).hash(&mut hasher);
        hasher.finish()
    })
}

fn try_pairs(test: &str, second: Second) {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let found = work(budget::seeds(test, COUNT), Stage::new, |stage, seed| {
        let pair = Pair::choose(stage, seed, second)?;
        let (happened, outcome, seen) = pair.happen(stage);
        Some(match outcome {
            Outcome::Wrong(wrong) if !pair.has_a_known_part() => {
                let repeat = format!(
                    "DAEMON_SEED={seed} cargo test -p daemon-tests --test faults pairs::{test}"
                );
                let what = format!("{wrong}: {}\n{seen:#?}\n{repeat}", pair.words());
                // At once: a long run may be interrupted.
                println!("{what}");
                Err(what)
            }
            _ => Ok(happened),
        })
    });
    bystander.expect_undisturbed();
    let tried = found.len();
    let happened = found.iter().filter(|it| matches!(it, Some(Err(_) | Ok(true)))).count();
    println!("{test}: {happened} pairs of {tried} happened");
    let wrong: Vec<_> = found.into_iter().flatten().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// A fault at a later place.
fn another_fault(
    rng: &mut Rng,
    first: &Fault,
    all: &[Fault],
    before: &HashSet<Site>,
) -> Option<Fault> {
    let is_later = |site: &Site| *site != first.order.site && !before.contains(site);
    choose(rng, all.iter().filter(|it| is_later(&it.order.site))).cloned()
}

/// A hold at any place.
fn a_hold(rng: &mut Rng, _first: &Fault, all: &[Fault], _before: &HashSet<Site>) -> Option<Fault> {
    let place = choose(rng, all)?;
    let deed = Deed::Hold(Duration::from_millis(rng.u64(1..=LONGEST_HOLD)));
    Some(Fault { order: Order { deed, ..place.order }, ..place.clone() })
}

impl Pair {
    /// The pair of this seed. `None` if the start has taken another way this time.
    fn choose(stage: &Stage, seed: u64, second: Second) -> Option<Self> {
        let mut rng = Rng::with_seed(seed);
        let index = rng.usize(..scenario::ALL.len());
        let scenario = &scenario::ALL[index];
        if !scenario.is_possible() {
            return None;
        }
        let single = SINGLE[index].get_or_init(|| faults::of(scenario));
        let first = choose(&mut rng, single).expect("faults").clone();
        let schedule = if rng.u8(..3) == 0 { Schedule::Any } else { first.schedule };

        let orders = Orders::with([first.order]).schedule(schedule).recording();
        let traced = scenario.start(stage).trace(&orders, LIMIT);
        let until = |it: &&Recorded| it.site != first.order.site;
        let before = traced.calls.iter().take_while(until).map(|it| it.site).collect();
        let all: Vec<_> = faults::at(faults::calls_of_the_start(&traced), schedule).collect();
        drop(traced);
        stage.clear();
        let second = second(&mut rng, &first, &all, &before)?;
        Some(Self { scenario, schedule, faults: [first, second] })
    }

    /// Makes it happen, and tells whether both have.
    fn happen(&self, stage: &Stage) -> (bool, Outcome, Seen) {
        let orders = Orders::with(self.faults.iter().map(|it| it.order)).schedule(self.schedule);
        let traced = self.scenario.start(stage).trace(&orders, LIMIT);
        let seen = Seen::from(&traced);
        let happened = traced.happened;
        let is_unheard = self.faults.iter().any(Fault::is_unheard);
        let words = if is_unheard { Words::None } else { Words::Some };
        let outcome = invariants::outcome(self.scenario, stage, words, traced);
        (happened, outcome, seen)
    }

    /// Whether the two together keep the command from knowing a process of its own, which no system
    /// does by itself: it is told twice that a child is not one (waitid(2)), or is refused twice who
    /// holds the lifeline.
    fn has_a_known_part(&self) -> bool {
        let denies = |fault: &Fault| match fault.order.deed {
            Deed::Fail(libc::ECHILD) => fault.label == "waitid",
            Deed::Fail(_) => fault.label == "fcntl F_GETOWN_EX pipe",
            _ => false,
        };
        self.faults.iter().all(denies)
    }

    fn words(&self) -> String {
        let [first, second] = self.faults.each_ref().map(|it| {
            let (site, deed) = (it.order.site, outcomes::deed(it.order.deed));
            format!("{:?} `{}` (the {}th) {deed}", site.role, it.label, site.nth)
        });
        let schedule = faults::schedule(self.schedule);
        format!("{}, {schedule}: {first}, {second}", self.scenario.name)
    }
}
