//! What a suite of faults has shown, beside what is committed.

use std::collections::BTreeSet;

use daemon_tests::faults::Deed;

use crate::{
    extent::{Extent, extent},
    faults::{self, Fault, Seen, Whose},
    invariants::Outcome,
    outcomes::{self, Key, Outcomes},
    scenario::Scenario,
};

pub(crate) struct Report<'a> {
    scenario: &'a Scenario,
    observed: Outcomes,
    happened: usize,
    wrong: BTreeSet<String>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, observed: Outcomes::new(), happened: 0, wrong: BTreeSet::new() }
    }

    pub(crate) fn add(&mut self, fault: &Fault, seen: Seen) {
        let Some(outcome) = seen.outcome else { return };
        self.happened += 1;
        let (role, deed) = (fault.order.site.role, fault.order.deed);
        if let Outcome::Wrong(wrong) = outcome {
            self.wrong.insert(format!(
                "{:?} `{}` {} (the {}th, {}): {wrong} {:?} {:?}",
                role,
                fault.label,
                outcomes::deed(deed),
                fault.order.site.nth,
                faults::schedule(fault.schedule),
                seen.elapsed,
                seen.stderr
            ));
        }
        if fault.whose == Whose::Launch {
            let key = key(self.scenario, fault);
            self.observed.entry(key).or_default().extend(became(fault, outcome));
        }
    }

    #[track_caller]
    pub(crate) fn conclude(self) {
        let Self { scenario, observed, happened, wrong } = self;
        println!("{}: {happened} faults", scenario.name);
        let committed = outcomes::committed();
        let mut new = Vec::new();
        match extent() {
            Extent::Overwrite => outcomes::replace(&observed),
            Extent::Add => outcomes::add(&observed),
            Extent::Compare => {
                new.extend(observed.iter().filter_map(|(key, became)| {
                    let before = committed.get(key);
                    let is_new = before.is_none_or(|before| !became.is_subset(before));
                    is_new.then(|| format!("{key:?}: {became:?}, and not {before:?}"))
                }));
                let own = committed.keys().filter(|it| it.scenario == scenario.name);
                let gone = own.filter(|key| !observed.contains_key(key));
                new.extend(gone.map(|key| format!("{key:?} is committed, and not seen")));
            }
        }
        assert!(
            wrong.is_empty() && new.is_empty(),
            "{}:\n{} wrong:\n{:#?}\n\
             other than committed (DAEMON_FAULTS=overwrite renews it):\n{new:#?}",
            scenario.name,
            wrong.len(),
            wrong,
        );
    }
}

/// Whether it is in order, and not committed.
pub(crate) fn is_new(
    committed: &Outcomes,
    scenario: &Scenario,
    fault: &Fault,
    seen: &Seen,
) -> bool {
    let Some(outcome) = seen.outcome.filter(|it| !matches!(it, Outcome::Wrong(_))) else {
        return false;
    };
    let before = committed.get(&key(scenario, fault));
    fault.whose == Whose::Launch
        && before.is_none_or(|before| !became(fault, outcome).is_subset(before))
}

fn key(scenario: &Scenario, fault: &Fault) -> Key {
    Key {
        scenario: scenario.name.to_owned(),
        process: outcomes::process(fault.order.site.role),
        call: fault.label.clone(),
        deed: outcomes::deed(fault.order.deed),
    }
}

fn became(fault: &Fault, outcome: Outcome) -> BTreeSet<String> {
    let is_kill = fault.order.deed == Deed::Kill;
    if fault.is_early && is_kill && matches!(outcome, Outcome::Failed(70 | 137)) {
        [70, 137].map(|it| outcomes::words(Outcome::Failed(it))).into()
    } else {
        [outcomes::words(outcome)].into()
    }
}
