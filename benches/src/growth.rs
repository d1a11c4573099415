//! How the time of a start grows with what the process has.

use std::error::Error;
use std::fs;

use nix::sys::prctl;

use crate::descriptors::{self, Limited};
use crate::fresh_copies::FreshCopies;
use crate::launch::{launch, launch_with_memory};
use crate::pidfile::Pidfile;
use crate::programs::{Program, Programs};
use crate::statistics::{Batches, Interval, median_in};
use crate::subject::Subject;

const SUBJECTS: [Subject; 5] =
    [Subject::ByHand, Subject::CloseLoop, Subject::Libdaemon, Subject::Ours, Subject::Daemonize];

const DESCRIPTORS: [u64; 5] = [0, 10, 100, 1_000, 10_000];
const LIMITS: [u64; 5] = [256, 1_024, 4_096, 10_000, 20_000];
const MEBIBYTES: [u64; 4] = [0, 64, 256, 1_024];

/// The times of starts at several sizes of one thing.
#[derive(Clone, Debug)]
pub struct Growth {
    /// The sizes.
    pub sizes: Vec<u64>,
    /// How often each program was started at each size.
    pub rounds: usize,
    /// For each program the medians at these sizes, in µs.
    pub series: Vec<(Subject, Vec<Interval>)>,
}

impl Growth {
    /// With the number of inherited descriptors, as far as the limit allows.
    pub(crate) fn with_descriptors(
        programs: &Programs,
        pidfile: &Pidfile,
        rounds: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let limit = descriptors::highest_limit()?;
        let _limited = Limited::to(limit)?;
        let counts = DESCRIPTORS.into_iter().filter(|count| count + 100 <= limit).collect();
        measure(programs, counts, rounds, |count, start| {
            let _inheritable = descriptors::open_inheritable(count as usize)?;
            start(&|program| launch(program, pidfile))
        })
    }

    /// With the soft limit of descriptors, of which none is inherited.
    pub(crate) fn with_limit(
        programs: &Programs,
        pidfile: &Pidfile,
        rounds: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let highest = descriptors::highest_limit()?;
        let limits = LIMITS.into_iter().filter(|limit| *limit <= highest).collect();
        measure(programs, limits, rounds, |limit, start| {
            let _limited = Limited::to(limit)?;
            start(&|program| launch(program, pidfile))
        })
    }

    /// With the memory, in MiB, that the program has touched before it starts its daemon, as far as
    /// the machine has it. In pages of the usual size: of huge ones there are too few to matter.
    pub(crate) fn with_memory(
        programs: &Programs,
        pidfile: &Pidfile,
        rounds: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let available = available_mebibytes()?;
        let _limited = Limited::to(descriptors::USUAL_LIMIT)?;
        let sizes = MEBIBYTES.into_iter().filter(|size| size + size / 2 <= available).collect();
        let before = prctl::get_thp_disable()?;
        prctl::set_thp_disable(true)?;
        let growth = measure(programs, sizes, rounds, |size, start| {
            start(&|program| launch_with_memory(program, pidfile, size as usize))
        });
        prctl::set_thp_disable(before)?;
        growth
    }
}

type Launch<'a> = &'a dyn Fn(&Program) -> Result<f64, Box<dyn Error>>;
type StartAll<'a> = &'a mut dyn FnMut(Launch<'_>) -> Result<(), Box<dyn Error>>;

/// In each round every size comes once and at each size every program, in random orders. `at`
/// prepares a size and has all programs started.
fn measure(
    programs: &Programs,
    sizes: Vec<u64>,
    rounds: usize,
    at: impl Fn(u64, StartAll<'_>) -> Result<(), Box<dyn Error>>,
) -> Result<Growth, Box<dyn Error>> {
    let copies = FreshCopies::of(&programs.of(&SUBJECTS))?;
    let mut times = vec![vec![Vec::with_capacity(rounds); sizes.len()]; copies.programs.len()];
    let mut places: Vec<usize> = (0..sizes.len()).collect();
    let mut order: Vec<usize> = (0..copies.programs.len()).collect();
    for _ in 0..rounds {
        fastrand::shuffle(&mut places);
        for &place in &places {
            fastrand::shuffle(&mut order);
            at(sizes[place], &mut |launch| {
                for &index in &order {
                    times[index][place].push(launch(&copies.programs[index])?);
                }
                Ok(())
            })?;
        }
    }
    let series = copies.programs.iter().zip(&times).map(|(program, times)| {
        let interval = |times: &Vec<f64>| {
            Batches::one(rounds).bootstrap(|rounds: &[usize]| median_in(times, rounds))
        };
        (program.subject, times.iter().map(interval).collect())
    });
    Ok(Growth { series: series.collect(), sizes, rounds })
}

/// See `MemAvailable` in proc_meminfo(5).
fn available_mebibytes() -> Result<u64, Box<dyn Error>> {
    let memory = fs::read_to_string("/proc/meminfo")?;
    let available = memory.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kibibytes =
        available.and_then(|it| it.split_whitespace().next()).ok_or("no MemAvailable")?;
    Ok(kibibytes.parse::<u64>()? / 1024)
}
