//! Medians, and how far to trust them.

/// A value, and the interval that holds it in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The measured value.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// In a unit that is so many times as large.
    pub fn divided_by(self, by: f64) -> Interval {
        Interval { value: self.value / by, low: self.low / by, high: self.high / by }
    }

    /// Whether the interval holds this value.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The middle half of some times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartiles {
    /// A quarter is below.
    pub lower: f64,
    /// Half is below.
    pub median: f64,
    /// A quarter is above.
    pub upper: f64,
}

/// The quartiles of these values, of which there must be one.
pub fn quartiles(values: &[f64]) -> Quartiles {
    let mut values = values.to_vec();
    Quartiles {
        lower: quantile(&mut values, 0.25),
        median: quantile(&mut values, 0.5),
        upper: quantile(&mut values, 0.75),
    }
}

/// The median of these values, of which there must be one.
pub fn median(values: &[f64]) -> f64 {
    quantile(&mut values.to_vec(), 0.5)
}

/// The median of what was measured in these rounds.
pub fn median_in(values: &[f64], rounds: &[usize]) -> f64 {
    quantile(&mut rounds.iter().map(|&round| values[round]).collect::<Vec<_>>(), 0.5)
}

/// Rounds in batches of the same size, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batches {
    /// How many.
    pub count: usize,
    /// The rounds in each.
    pub rounds: usize,
}

impl Batches {
    /// All of them as one.
    pub fn one(rounds: usize) -> Self {
        Batches { count: 1, rounds }
    }

    /// This statistic of all rounds, with the interval of a bootstrap: the same of rounds drawn anew,
    /// with replacement, a thousand times. What all rounds of a batch have in common (its copies of
    /// the programs) is drawn too: first the batches, then as many rounds of each.
    pub fn bootstrap(self, statistic: impl Fn(&[usize]) -> f64) -> Interval {
        const DRAWS: usize = 1000;
        let mut random = fastrand::Rng::with_seed(1); // the same figures give the same interval
        let mut drawn: Vec<f64> = (0..DRAWS)
            .map(|_| {
                let mut rounds = Vec::with_capacity(self.count * self.rounds);
                for _ in 0..self.count {
                    let first = random.usize(0..self.count) * self.rounds;
                    rounds.extend((0..self.rounds).map(|_| first + random.usize(0..self.rounds)));
                }
                statistic(&rounds)
            })
            .collect();
        Interval {
            value: statistic(&(0..self.count * self.rounds).collect::<Vec<_>>()),
            low: quantile(&mut drawn, 0.025),
            high: quantile(&mut drawn, 0.975),
        }
    }
}

/// The value that so many of a hundred of these are not above; there must be one.
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    quantile(&mut values.to_vec(), percent / 100.0)
}

fn quantile(values: &mut [f64], fraction: f64) -> f64 {
    let index = ((values.len() - 1) as f64 * fraction).round() as usize;
    *values.select_nth_unstable_by(index, f64::total_cmp).1
}
