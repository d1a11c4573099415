//! The cost of inherited descriptors.

use std::error::Error;

use crate::descriptors::{self, Limited};
use crate::fresh_copies::FreshCopies;
use crate::launch::launch;
use crate::pidfile::Pidfile;
use crate::programs::Programs;
use crate::statistics::{Batches, Interval, median_in};
use crate::subject::Subject;

/// So many are inherited.
pub const COUNT: usize = 10_000;

const SUBJECTS: [Subject; 7] = [
    Subject::EmptyC,
    Subject::ByHand,
    Subject::CloseLoop,
    Subject::Libdaemon,
    Subject::EmptyRust,
    Subject::Ours,
    Subject::Daemonize,
];

/// The times of starts with [`COUNT`] inherited descriptors, and of as many with none.
#[derive(Clone, Debug)]
pub struct InheritedDescriptors {
    /// The soft limit, in both cases.
    pub limit: u64,
    /// How often each program was started in each case.
    pub rounds: usize,
    times: Vec<Times>,
}

#[derive(Clone, Debug)]
struct Times {
    subject: Subject,
    none: Vec<f64>,
    many: Vec<f64>,
}

impl InheritedDescriptors {
    /// Alternates the two cases. `None` if so many may not be open here.
    pub(crate) fn measure(
        programs: &Programs,
        pidfile: &Pidfile,
        rounds: usize,
    ) -> Result<Option<Self>, Box<dyn Error>> {
        let limit = descriptors::highest_limit()?;
        if limit < COUNT as u64 + 100 {
            return Ok(None);
        }
        let _limited = Limited::to(limit)?;
        let copies = FreshCopies::of(&programs.of(&SUBJECTS))?;
        let mut times: Vec<Times> = copies
            .programs
            .iter()
            .map(|program| Times { subject: program.subject, none: vec![], many: vec![] })
            .collect();
        let mut cases = [0, COUNT];
        let mut order: Vec<usize> = (0..times.len()).collect();
        for program in &copies.programs {
            launch(program, pidfile)?;
        }
        for _ in 0..rounds {
            fastrand::shuffle(&mut cases);
            for count in cases {
                let _inheritable = descriptors::open_inheritable(count)?;
                fastrand::shuffle(&mut order);
                for &index in &order {
                    let took = launch(&copies.programs[index], pidfile)?;
                    let times = &mut times[index];
                    if count == 0 { &mut times.none } else { &mut times.many }.push(took);
                }
            }
        }
        Ok(Some(InheritedDescriptors { limit, rounds, times }))
    }

    /// The programs that were started.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> + '_ {
        self.times.iter().map(|times| times.subject)
    }

    /// How much longer the start takes with them, in µs.
    pub fn cost(&self, subject: Subject) -> Option<Interval> {
        let times = self.times.iter().find(|it| it.subject == subject)?;
        Some(
            Batches::one(self.rounds).bootstrap(|rounds| {
                median_in(&times.many, rounds) - median_in(&times.none, rounds)
            }),
        )
    }
}
