//! How long a start takes.

use std::error::Error;

use crate::descriptors::{self, Limited};
use crate::fresh_copies::FreshCopies;
use crate::launch::launch;
use crate::pidfile::Pidfile;
use crate::processors::Pinned;
use crate::programs::Programs;
use crate::statistics::{Batches, Interval, Quartiles, median_in, quartiles};
use crate::subject::Subject;

const SUBJECTS: [Subject; 11] = [
    Subject::EmptyC,
    Subject::ByHand,
    Subject::ByHandAgain,
    Subject::Libdaemon,
    Subject::EmptyRust,
    Subject::RustByHand,
    Subject::Ours,
    Subject::OursAgain,
    Subject::WithoutMacro,
    Subject::Daemonize,
    Subject::Fork,
];

/// So many times the programs are copied anew.
const BATCHES: usize = 20;

/// The times of all starts.
#[derive(Clone, Debug)]
pub struct WallTime {
    /// To how many processors the programs were pinned.
    pub processors: usize,
    /// How often each program was started.
    pub batches: Batches,
    times: Vec<(Subject, Vec<f64>)>,
}

impl WallTime {
    /// Starts every program once in each round, in a new random order, so that whatever the machine
    /// does meanwhile meets all of them alike. `None` if there are not as many processors.
    pub(crate) fn measure(
        programs: &Programs,
        pidfile: &Pidfile,
        processors: usize,
        rounds: usize,
    ) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(_pinned) = Pinned::to(processors)? else { return Ok(None) };
        let _limited = Limited::to(descriptors::USUAL_LIMIT)?;
        let programs = programs.of(&SUBJECTS);
        let batches = Batches { count: BATCHES, rounds: rounds.div_ceil(BATCHES) };
        let mut times: Vec<(Subject, Vec<f64>)> =
            programs.iter().map(|program| (program.subject, Vec::new())).collect();
        let mut order: Vec<usize> = (0..programs.len()).collect();
        for _ in 0..batches.count {
            let copies = FreshCopies::of(&programs)?;
            for program in &copies.programs {
                launch(program, pidfile)?; // the first start of a file is not like the others
            }
            for _ in 0..batches.rounds {
                fastrand::shuffle(&mut order);
                for &index in &order {
                    times[index].1.push(launch(&copies.programs[index], pidfile)?);
                }
            }
        }
        Ok(Some(WallTime { processors, batches, times }))
    }

    /// Of times in µs that were measured, by round: for tests.
    pub fn of(processors: usize, batches: Batches, times: Vec<(Subject, Vec<f64>)>) -> Self {
        WallTime { processors, batches, times }
    }

    /// The programs that were started.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> + '_ {
        self.times.iter().map(|(subject, _)| *subject)
    }

    /// The middle half of its times, in µs.
    pub fn quartiles(&self, subject: Subject) -> Option<Quartiles> {
        Some(quartiles(self.times(subject)?))
    }

    /// Its median less that of the empty program of its language, in µs.
    pub fn beyond_empty(&self, subject: Subject) -> Option<Interval> {
        let beyond = self.beyond_empty_in(subject)?;
        Some(self.batches.bootstrap(beyond))
    }

    /// How many times as long as `measure` it takes, each beyond its empty program.
    pub fn ratio(&self, subject: Subject, measure: Subject) -> Option<Interval> {
        let (subject, measure) = (self.beyond_empty_in(subject)?, self.beyond_empty_in(measure)?);
        Some(self.batches.bootstrap(|rounds| subject(rounds) / measure(rounds)))
    }

    fn beyond_empty_in(&self, subject: Subject) -> Option<impl Fn(&[usize]) -> f64> {
        let times = self.times(subject)?;
        let empty = self.times(subject.empty()?)?;
        Some(move |rounds: &[usize]| median_in(times, rounds) - median_in(empty, rounds))
    }

    fn times(&self, subject: Subject) -> Option<&[f64]> {
        self.times.iter().find(|(it, _)| *it == subject).map(|(_, times)| times.as_slice())
    }
}
