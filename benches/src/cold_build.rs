//! How long the first build takes.

use std::error::Error;
use std::fs;
use std::time::Instant;

use crate::statistics::{Batches, Interval, median, median_in};
use crate::throwaway::{Kind, Throwaway};

const ROUNDS: usize = 5;

/// The times of `cargo build` without anything built before, in seconds.
#[derive(Clone, Debug)]
pub struct ColdBuild(Vec<(Kind, Vec<f64>)>);

impl ColdBuild {
    /// In turn, in a random order; what they depend on has been fetched.
    pub(crate) fn measure() -> Result<Self, Box<dyn Error>> {
        let crates = Kind::ALL.map(Throwaway::new).into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut times: Vec<(Kind, Vec<f64>)> =
            crates.iter().map(|it| (it.kind, Vec::new())).collect();
        let mut order: Vec<usize> = (0..crates.len()).collect();
        for it in &crates {
            build_cold(it)?; // the first one reads the compiler from the disk
        }
        for _ in 0..ROUNDS {
            fastrand::shuffle(&mut order);
            for &index in &order {
                times[index].1.push(build_cold(&crates[index])?);
            }
        }
        Ok(ColdBuild(times))
    }

    /// Each crate and the median of its times.
    pub fn all(&self) -> impl Iterator<Item = (Kind, f64)> + '_ {
        self.0.iter().map(|(kind, times)| (*kind, median(times)))
    }

    /// The seconds beyond those of the empty crate.
    pub fn beyond_empty(&self, kind: Kind) -> Option<Interval> {
        let (times, empty) = (self.times(kind)?, self.times(Kind::Empty)?);
        let beyond = |rounds: &[usize]| median_in(times, rounds) - median_in(empty, rounds);
        Some(Batches::one(times.len()).bootstrap(beyond))
    }

    fn times(&self, kind: Kind) -> Option<&[f64]> {
        self.0.iter().find(|(it, _)| *it == kind).map(|(_, times)| times.as_slice())
    }
}

fn build_cold(throwaway: &Throwaway) -> Result<f64, Box<dyn Error>> {
    match fs::remove_dir_all(throwaway.target()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let start = Instant::now();
    throwaway.build(&[])?;
    Ok(start.elapsed().as_secs_f64())
}
