//! Each system call of a start fails once, with each errno that it can fail with, and each process
//! is killed once before each of its calls.

use std::iter;

use daemon_tests::Sandbox;

use crate::{
    bystander::Bystander,
    extent::{Extent, extent},
    faults::{self, Seen},
    outcomes,
    report::{self, Report},
    scenario::{self, Scenario},
    stage::Stage,
    workers::work,
};

daemon_tests::tests![
    plain,
    log,
    fails,
    user,
    state,
    state_user,
    plain_told,
    log_told,
    fails_told,
    user_told,
    the_page_shows_what_is_committed,
];

fn plain() {
    inject(scenario::PLAIN);
}

fn log() {
    inject(scenario::LOG);
}

fn fails() {
    inject(scenario::FAILS);
}

fn user() {
    inject(scenario::USER);
}

fn state() {
    inject(scenario::STATE);
}

fn state_user() {
    inject(scenario::STATE_USER);
}

fn plain_told() {
    inject(scenario::PLAIN_TOLD);
}

fn log_told() {
    inject(scenario::LOG_TOLD);
}

fn fails_told() {
    inject(scenario::FAILS_TOLD);
}

fn user_told() {
    inject(scenario::USER_TOLD);
}

/// While the page is written anew, there is nothing to compare it with.
fn the_page_shows_what_is_committed() {
    if extent() == Extent::Compare {
        outcomes::expect_page();
    }
}

/// How often a fault of which something new becomes has to become something known afterwards.
const REPETITIONS: usize = 8;

/// Makes every fault happen in such a start.
fn inject(scenario: Scenario) {
    scenario.require();
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let faults = faults::of(&scenario);
    let committed = outcomes::committed();
    let seen = work(&faults, Stage::new, |stage, fault| {
        let seen = fault.happen(&scenario, stage);
        let is_new = |seen: &Seen| report::is_new(&committed, &scenario, fault, seen);
        if extent() != Extent::Compare || !is_new(&seen) {
            return seen;
        }
        // What comes once in very many runs is a rare order of the processes, and no change.
        let again = || fault.happen(&scenario, stage);
        let mut repeated: Vec<_> = iter::repeat_with(again).take(REPETITIONS).collect();
        if repeated.iter().any(is_new) {
            return seen;
        }
        let last = repeated.pop().expect("a repetition");
        println!("only once: {fault:?}: {:?}, then {:?}", seen.outcome, last.outcome);
        last
    });
    bystander.expect_undisturbed();

    let mut report = Report::new(&scenario);
    for (fault, seen) in faults.iter().zip(seen) {
        report.add(fault, seen);
    }
    report.conclude();
}
