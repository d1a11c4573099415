//! From values to pixels, and round numbers to put beside the axis.

/// A linear axis that begins at 0.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    step: f64,
    last: f64,
}

impl Linear {
    /// With about five steps up to the largest value.
    pub fn up_to(largest: f64) -> Self {
        let rough = largest.max(f64::MIN_POSITIVE) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let factor =
            [1.0, 2.0, 2.5, 5.0].into_iter().find(|it| it * power >= rough).unwrap_or(10.0);
        let step = factor * power;
        Linear { step, last: (largest / step).ceil() * step }
    }

    /// The round numbers along it.
    pub fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let step = self.step;
        (0..=(self.last / step).round() as usize).map(move |it| it as f64 * step)
    }

    /// The share of the axis that is below this value.
    pub fn share(&self, value: f64) -> f64 {
        value / self.last
    }
}

/// A logarithmic axis.
pub(super) struct Logarithmic {
    low: f64,
    high: f64,
}

impl Logarithmic {
    /// Around these values, which are positive.
    pub(super) fn around(values: impl Iterator<Item = f64> + Clone) -> Self {
        let smallest = values.clone().fold(f64::INFINITY, f64::min);
        let largest = values.fold(0.0, f64::max);
        let low = steps().filter(|it| *it <= smallest).last().unwrap_or(smallest);
        let high = steps().find(|it| *it >= largest).unwrap_or(largest);
        Logarithmic { low, high: high.max(low * 2.0) }
    }

    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let (low, high) = (self.low * 0.999, self.high * 1.001);
        steps().filter(move |it| (low..=high).contains(it))
    }

    /// The share of the axis that is below this value.
    pub(super) fn share(&self, value: f64) -> f64 {
        (value / self.low).ln() / (self.high / self.low).ln()
    }
}

/// 1, 2, 5, 10, 20 and so on, from a millionth to a million.
fn steps() -> impl Iterator<Item = f64> {
    (-6..=6).flat_map(|power| [1.0, 2.0, 5.0].map(|it| it * 10_f64.powi(power)))
}

/// As short as it can be read: `0.05`, `2`, `10 000`.
pub(super) fn label(value: f64) -> String {
    if value != 0.0 && value.abs() < 1.0 {
        return format!("{value:.3}").trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    if value.fract() != 0.0 {
        return format!("{value:.1}");
    }
    grouped(value as u64)
}

/// With a narrow space between thousands, from 10 000 on.
pub(crate) fn grouped(number: u64) -> String {
    if number < 10_000 {
        return number.to_string();
    }
    format!("{}\u{202f}{:03}", grouped(number / 1000), number % 1000)
}
