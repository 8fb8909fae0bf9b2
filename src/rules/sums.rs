//! Whether figures add up, whatever they are the parts of.
//!
//! Figures that are exact either add up or do not. Of rounded ones it is asked what no rounding explains, and what is
//! merely improbable: many roundings seldom all go one way. Where no precision is stated, all figures of the same
//! publisher, metric and unit together tell how they are printed.

use std::collections::HashMap;
use std::sync::OnceLock;

use rust_decimal::Decimal;

use crate::model::{Absence, Additivity, Dataset, Interval, Name, Observation, Quantity, Series, Unit};
use crate::stats::interval::{self, Bounds, Precision, Rounding};

/// Beyond this many standard deviations rounding alone is an improbable cause: one sum in a thousand.
pub const DEVIATIONS: f64 = 3.29;

/// A figure and those that it should be the sum of.
#[derive(Debug, Clone)]
pub struct Sum<'d> {
    /// The whole.
    pub whole: &'d Observation,
    /// Its parts.
    pub parts: Vec<&'d Observation>,
}

/// What can be said of a sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Agreement {
    /// It holds, or may do so before rounding.
    Holds,
    /// It could hold before rounding, and probably does not.
    Improbable {
        /// Standard deviations of what rounding does; `None` where it only holds if digits were cut off.
        deviations: Option<f64>,
    },
    /// No numbers that print like these add up.
    CannotHold,
}

/// Judges sums.
pub struct Judge<'d> {
    dataset: &'d Dataset,
    precision: OnceLock<HashMap<(&'d Name, &'d Name, Unit), Precision>>,
}

impl<'d> Judge<'d> {
    /// A judge of sums in a dataset; it looks at how figures are printed once it has to.
    pub fn new(dataset: &'d Dataset) -> Self {
        Self { dataset, precision: OnceLock::new() }
    }

    /// Whether the parts make the whole. `None` where one of them cannot be read. What is withheld or not reported is
    /// anything from zero.
    pub fn agreement(&self, sum: &Sum<'d>) -> Option<Agreement> {
        let exact = |one: &Observation| one.quantity.exact_value();
        let total = sum.parts.iter().try_fold(Decimal::ZERO, |total, part| total.checked_add(exact(part)?));
        if total.is_some() && total == exact(sum.whole) {
            return Some(Agreement::Holds);
        }
        let fits = |rounding| {
            let parts: Option<Vec<Bounds>> =
                sum.parts.iter().map(|part| self.bounds(part, rounding)).collect();
            Some(interval::sum(parts?)?.meets(self.bounds(sum.whole, rounding)?))
        };
        Some(match (fits(Rounding::Nearest)?, fits(Rounding::CutOff)?) {
            (false, false) => Agreement::CannotHold,
            (false, true) => Agreement::Improbable { deviations: None },
            (true, _) => match self.deviations(sum).filter(|one| *one > DEVIATIONS) {
                Some(deviations) => Agreement::Improbable { deviations: Some(deviations) },
                None => Agreement::Holds,
            },
        })
    }

    /// How improbable the difference is, be the figures rounded or cut off; `None` where one is no single number.
    fn deviations(&self, sum: &Sum<'d>) -> Option<f64> {
        let single = |one: &Observation| match one.quantity {
            Quantity::Exact(_) | Quantity::Rounded(_) => one.quantity.point(),
            _ => None,
        };
        let (mut difference, mut drift) = (single(sum.whole)?, -self.step(sum.whole));
        let mut steps = vec![self.step(sum.whole)];
        for part in &sum.parts {
            difference = difference.checked_sub(single(part)?)?;
            drift = drift.checked_add(self.step(part))?;
            steps.push(self.step(part));
        }
        // Cutting off takes half a step from each figure on average.
        let cut = difference.checked_sub(drift.checked_div(Decimal::TWO)?)?;
        let steps = || steps.iter().copied();
        Some(interval::deviations(difference, steps())?.min(interval::deviations(cut, steps())?))
    }

    /// The numbers that an observation may stand for; `None` where it cannot be read.
    pub fn bounds(&self, one: &Observation, rounding: Rounding) -> Option<Bounds> {
        Some(match &one.quantity {
            Quantity::Exact(value) => Bounds::printed(value.decimal(), self.step(one), rounding)?,
            Quantity::Rounded(rounded) => Bounds::printed(rounded.value, rounded.step, rounding)?,
            Quantity::Range(range) => match range.high {
                Some(high) => Bounds::between(range.low, high),
                None => Bounds::at_least(range.low),
            },
            Quantity::LowerBound(low) => Bounds::at_least(**low),
            Quantity::Absent(Absence::Unreadable) => return None,
            Quantity::Absent(Absence::NotApplicable) => Bounds::point(Decimal::ZERO),
            Quantity::Absent(_) => Bounds::at_least(Decimal::ZERO),
        })
    }

    /// The step to which a figure is printed: as stated, else as all figures like it are; zero where it is exact.
    pub fn step(&self, one: &Observation) -> Decimal {
        let Some(value) = one.quantity.exact_value() else { return one.quantity.step() };
        let key = &self.dataset.series(self.dataset.block_of(one).series).key;
        let Some(precision) = self.precision().get(&(&key.publisher, &key.metric, key.unit)) else {
            return Decimal::ZERO;
        };
        match key.unit.additivity() {
            Additivity::None => precision.step_of_rates(),
            _ => precision.step_of_count(value),
        }
    }

    fn precision(&self) -> &HashMap<(&'d Name, &'d Name, Unit), Precision> {
        self.precision.get_or_init(|| {
            let mut known: HashMap<_, Precision> = HashMap::new();
            for series @ Series { key, .. } in &self.dataset.series {
                let precision = known.entry((&key.publisher, &key.metric, key.unit)).or_default();
                for point in self.dataset.points(series) {
                    if let Some(value) = point.quantity.exact_value() {
                        precision.add(value);
                    }
                }
            }
            known
        })
    }
}

/// The sum of the parts as far as they are stated, in words.
pub fn total_in_words(parts: &[&Observation]) -> String {
    total_of(parts).map(|sum| sum.to_string()).unwrap_or_default()
}

/// The sum of the parts as far as they are stated; without an upper end where one is withheld.
pub fn total_of(parts: &[&Observation]) -> Option<Interval> {
    let zero = Interval::point(Decimal::ZERO);
    parts.iter().try_fold(zero, |sum, part| match &part.quantity {
        Quantity::Absent(Absence::NotApplicable) => Some(sum),
        Quantity::Absent(_) => Some(Interval { high: None, ..sum }),
        quantity => sum.plus(quantity.interval()?),
    })
}
