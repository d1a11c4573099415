//! What a suite of faults has shown, beside what is committed and what is known.

use std::collections::BTreeSet;

use daemon_tests::faults::Deed;

use crate::{
    extent::{Extent, extent},
    faults::{self, Fault, Seen, Whose},
    invariants::Outcome,
    known::{self, Known},
    outcomes::{self, Key, Outcomes},
    scenario::Scenario,
};

pub(crate) struct Report<'a> {
    scenario: &'a Scenario,
    observed: Outcomes,
    happened: usize,
    /// What is wrong and not known.
    wrong: BTreeSet<String>,
    known: Vec<&'static Known>,
    still_wrong: Vec<bool>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(scenario: &'a Scenario) -> Self {
        let known: Vec<_> = known::of(scenario).collect();
        Self {
            scenario,
            observed: Outcomes::new(),
            happened: 0,
            wrong: BTreeSet::new(),
            still_wrong: vec![false; known.len()],
            known,
        }
    }

    pub(crate) fn add(&mut self, fault: &Fault, seen: Seen) {
        let Some(outcome) = seen.outcome else { return };
        self.happened += 1;
        let (role, deed) = (fault.order.site.role, fault.order.deed);
        let place = (role, &fault.label[..], deed);
        if let Outcome::Wrong(wrong) = outcome {
            let is_this = |it: &&Known| it.is(place, wrong);
            match self.known.iter().position(is_this) {
                Some(index) => self.still_wrong[index] = true,
                None => drop(self.wrong.insert(format!(
                    "{:?} `{}` {} (the {}th, {}): {wrong} {:?} {:?}",
                    role,
                    fault.label,
                    outcomes::deed(deed),
                    fault.order.site.nth,
                    faults::schedule(fault.schedule),
                    seen.elapsed,
                    seen.stderr
                ))),
            }
        }
        if fault.whose == Whose::Launch {
            let key = Key {
                scenario: self.scenario.name.to_owned(),
                process: outcomes::process(role),
                call: fault.label.clone(),
                deed: outcomes::deed(deed),
            };
            let became = self.observed.entry(key).or_default();
            let known: Vec<_> = self.known.iter().filter(|it| it.is_at(place)).collect();
            // In what way it is wrong may depend on what comes first.
            let words = known.iter().map(|it| outcomes::words(Outcome::Wrong(it.wrong)));
            if fault.is_early && deed == Deed::Kill && matches!(outcome, Outcome::Failed(70 | 137))
            {
                became.extend([70, 137].map(|it| outcomes::words(Outcome::Failed(it))));
            } else if known.is_empty() {
                became.insert(outcomes::words(outcome));
            } else {
                became.extend(words);
            }
        }
    }

    #[track_caller]
    pub(crate) fn conclude(self) {
        let Self { scenario, observed, happened, wrong, known, still_wrong } = self;
        println!("{}: {happened} faults", scenario.name);
        let mended: Vec<_> =
            known.iter().zip(still_wrong).filter(|(it, still)| it.always && !still).collect();
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
            wrong.is_empty() && mended.is_empty() && new.is_empty(),
            "{}:\n{} wrong and not known:\n{:#?}\nmended, so take it from the list:\n{mended:#?}\n\
             other than committed (DAEMON_FAULTS=overwrite renews it):\n{new:#?}",
            scenario.name,
            wrong.len(),
            wrong,
        );
    }
}
