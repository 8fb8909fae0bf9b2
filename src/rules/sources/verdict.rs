//! How far two figures are apart, and at which scope the two sources are to be compared.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::comparison::{Comparison, Pair, Reading, Scope};
use crate::diag::ExpectedRange;
use crate::model::Interval;
use crate::rule::Parameters;
use crate::stats::counts::{same_rate, same_rate_range};

/// How far two figures are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// They agree, or nearly so.
    Agrees,
    /// Two counts of one thing could differ as much by chance.
    Chance,
    /// Worth knowing.
    Slight,
    /// To be looked at.
    Clear,
    /// Far apart.
    Large,
}

impl Band {
    /// The word in the schedule.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Chance => "chance",
            Self::Slight => "note",
            Self::Clear => "warning",
            Self::Large => "large",
        }
    }

    /// Whether anything is said of it.
    pub fn differs(self) -> bool {
        self >= Self::Slight
    }
}

/// The second figure less the first.
pub fn difference(reading: &Reading<'_>) -> Decimal {
    reading.second.value - reading.first.value
}

/// [`difference`] as a share of the mean of both; 0 where both are zero.
pub fn relative(reading: &Reading<'_>) -> Decimal {
    let mean = (reading.first.value + reading.second.value) / Decimal::TWO;
    difference(reading).checked_div(mean).unwrap_or_default()
}

/// What rounding could account for.
fn slack(reading: &Reading<'_>) -> Decimal {
    let of = |interval: Interval, value| interval.high.map_or(Decimal::ZERO, |high| high - value);
    of(reading.first.interval, reading.first.value) + of(reading.second.interval, reading.second.value)
}

/// Whether one number could be behind both figures.
pub fn is_equal(reading: &Reading<'_>) -> bool {
    reading.first.interval.meets(reading.second.interval)
}

/// The numbers that decide.
pub struct Limits<'a> {
    parameters: Parameters<'a>,
}

impl<'a> Limits<'a> {
    /// As configured.
    pub const fn new(parameters: Parameters<'a>) -> Self {
        Self { parameters }
    }

    /// How far the figures of a reading are apart.
    pub fn band(&self, comparison: &Comparison<'_>, pair: &Pair<'_>, reading: &Reading<'_>) -> Band {
        if is_equal(reading) {
            return Band::Agrees;
        }
        let limit = |name| self.parameters.get(name, &comparison.matter, Some(pair.period));
        let (first, second) = (&reading.first, &reading.second);
        let gap = (difference(reading).abs() - slack(reading)).max(Decimal::ZERO);
        let mean = (first.value + second.value) / Decimal::TWO;
        let share = gap.checked_div(mean).and_then(|share| share.to_f64()).unwrap_or_default();
        let (one, other) = (approximate(first.value), approximate(second.value));
        let declared = comparison.tolerance.to_f64().unwrap_or_default();
        if share < limit("note") || share <= declared {
            Band::Agrees
        } else if same_rate(one, other) > limit("chance") {
            Band::Chance
        } else if share < limit("warning") || one.max(other) < limit("small") {
            Band::Slight
        } else if share < limit("large") {
            Band::Clear
        } else {
            Band::Large
        }
    }

    /// Second figures of which nothing would be said.
    pub fn agreeing(
        &self,
        comparison: &Comparison<'_>,
        pair: &Pair<'_>,
        reading: &Reading<'_>,
    ) -> Option<ExpectedRange> {
        let limit = |name| self.parameters.get(name, &comparison.matter, Some(pair.period));
        let first = approximate(reading.first.value);
        let half = limit("note").max(approximate(comparison.tolerance)) / 2.0;
        let slack = approximate(slack(reading));
        // The share is of the mean of both.
        let low = (first * (1.0 - half) - slack) / (1.0 + half);
        let high = (first * (1.0 + half) + slack) / (1.0 - half).max(f64::MIN_POSITIVE);
        let (least, most) = same_rate_range(first, limit("chance"));
        ExpectedRange::estimated(low.min(least), high.max(most))
    }

    /// The scope at which the two sources speak of the same thing: the usual one, or another at which they agree in some
    /// period in which they differ at the usual one.
    pub fn scope(&self, comparison: &Comparison<'_>) -> Scope {
        let usual = |pair: &Pair<'_>| pair.readings.first().map(|reading| reading.scope.clone());
        let mut counts: Vec<(usize, Scope)> = Vec::new();
        for pair in &comparison.pairs {
            let Some((first, others)) = pair.readings.split_first() else { continue };
            if self.band(comparison, pair, first) == Band::Agrees {
                continue;
            }
            for reading in others.iter().filter(|reading| is_equal(reading)) {
                match counts.iter_mut().find(|(_, scope)| *scope == reading.scope) {
                    Some((count, _)) => *count += 1,
                    None => counts.push((1, reading.scope.clone())),
                }
            }
        }
        counts.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
        let best = counts.into_iter().next().map(|(_, scope)| scope);
        best.or_else(|| comparison.pairs.first().and_then(usual)).unwrap_or(Scope::Company)
    }
}

fn approximate(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}
