//! Medians, and how far to trust them.

/// The middle half of some times.
pub(crate) struct Quartiles {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

pub(crate) fn quartiles(times: &[f64]) -> Quartiles {
    let mut times = times.to_vec();
    Quartiles {
        lower: quantile(&mut times, 0.25),
        median: quantile(&mut times, 0.5),
        upper: quantile(&mut times, 0.75),
    }
}

/// The times of a program and, from the same rounds, of the empty one of its language.
pub(crate) struct Pair<'a> {
    pub(crate) program: &'a [f64],
    pub(crate) empty: &'a [f64],
}

impl Pair<'_> {
    pub(crate) fn beyond_empty(&self) -> f64 {
        self.beyond_empty_in(&(0..self.program.len()).collect::<Vec<_>>())
    }

    fn beyond_empty_in(&self, rounds: &[usize]) -> f64 {
        let median = |times: &[f64]| {
            quantile(&mut rounds.iter().map(|&round| times[round]).collect::<Vec<_>>(), 0.5)
        };
        median(self.program) - median(self.empty)
    }
}

/// A ratio, and the interval that holds it in 95 of 100 cases.
pub(crate) struct Ratio {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// How much longer `program` takes than `measure`, each beyond its empty one. The interval is a
/// bootstrap's: the same from rounds drawn anew, with replacement, a thousand times.
pub(crate) fn ratio(program: &Pair<'_>, measure: &Pair<'_>) -> Ratio {
    const DRAWS: usize = 1000;
    let rounds = program.program.len();
    let mut drawn: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let rounds: Vec<usize> = (0..rounds).map(|_| fastrand::usize(0..rounds)).collect();
            program.beyond_empty_in(&rounds) / measure.beyond_empty_in(&rounds)
        })
        .collect();
    Ratio {
        value: program.beyond_empty() / measure.beyond_empty(),
        low: quantile(&mut drawn, 0.025),
        high: quantile(&mut drawn, 0.975),
    }
}

fn quantile(values: &mut [f64], fraction: f64) -> f64 {
    let index = ((values.len() - 1) as f64 * fraction).round() as usize;
    *values.select_nth_unstable_by(index, f64::total_cmp).1
}
