//! TR1xx: identity and coverage. What should be there and is not, or not whole.

pub mod coverage_lost;
pub mod entity_missing_from_total;
pub mod entity_split;
pub mod partial_year;
pub mod period_gap;
pub mod periods_disagree;

use crate::model::{Additivity, Dataset, Interval, Observation, Period, Series};

/// A coarse period of a series and the finer periods of one frequency that lie in it.
struct Nested<'d> {
    whole: &'d Observation,
    parts: Vec<&'d Observation>,
    /// Whether the parts leave no day out.
    complete: bool,
}

/// Every coarse period with finer ones in it, for each finer frequency, in series whose unit adds up.
fn nested<'d>(dataset: &'d Dataset, series: &'d Series) -> Vec<Nested<'d>> {
    // Where all periods are equally long none lies in another.
    if series.key.unit.additivity() != Additivity::Additive || series.rhythm.is_some() {
        return Vec::new();
    }
    let by_frequency = dataset.points_by_frequency(series);
    let mut found = Vec::new();
    for (coarse, wholes) in &by_frequency {
        for (fine, points) in &by_frequency {
            let (Some(coarse), Some(fine)) = (coarse.months(), fine.months()) else { continue };
            if fine < coarse {
                found.extend(wholes.iter().filter_map(|whole| nest(whole, points, (coarse / fine) as usize)));
            }
        }
    }
    found
}

fn nest<'d>(whole: &'d Observation, points: &[&'d Observation], full: usize) -> Option<Nested<'d>> {
    let first = points.partition_point(|point| point.period.start < whole.period.start);
    let parts: Vec<_> = points[first..]
        .iter()
        .take_while(|point| whole.period.contains(point.period))
        // What is not reported is not there to be summed.
        .filter(|point| point.quantity.interval().is_some())
        .copied()
        .collect();
    (!parts.is_empty()).then_some(Nested { whole, complete: parts.len() == full, parts })
}

/// Sum of some observations; `None` where one of them is no number.
fn sum(parts: &[&Observation]) -> Option<Interval> {
    let zero = Interval::point(rust_decimal::Decimal::ZERO);
    parts.iter().try_fold(zero, |sum, part| sum.plus(part.quantity.interval()?))
}

/// Names of periods in a message.
fn names(periods: impl Iterator<Item = Period>) -> Vec<String> {
    periods.map(|period| period.to_string()).collect()
}
