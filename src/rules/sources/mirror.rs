//! Differences that cancel out: what one source counts under one heading, the other counts under another.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::comparison::{Comparison, Pair, Reading};
use super::verdict::{Limits, difference, is_equal};
use crate::model::SeriesKey;
use crate::rule::Parameters;

/// A pair of figures by its place among comparisons and periods.
pub type Place = (usize, usize);

/// Two pairs whose differences cancel out.
pub struct Mirror {
    /// The pair of which the second source states less.
    pub falls: Place,
    /// The pair of which it states more.
    pub rises: Place,
}

/// The reading at which a pair is compared.
pub fn reading<'a, 'd>(
    limits: &Limits<'_>,
    comparison: &'a Comparison<'d>,
    pair: &'a Pair<'d>,
) -> Option<&'a Reading<'d>> {
    let scope = limits.scope(comparison);
    pair.readings.iter().find(|reading| reading.scope == scope).or(pair.readings.first())
}

/// Differences between the same two sources in one period that are opposite to each other but for a tolerance. The more
/// headings differ, the closer they must be, so that chance does not find them.
pub fn mirrors(
    limits: &Limits<'_>,
    comparisons: &[Comparison<'_>],
    parameters: &Parameters<'_>,
) -> Vec<Mirror> {
    let (tolerance, least) = (parameters.global("tolerance"), parameters.global("least"));
    let mut differing: Vec<(Place, Decimal)> = Vec::new();
    for (index, comparison) in comparisons.iter().enumerate() {
        for (place, pair) in comparison.pairs.iter().enumerate() {
            let Some(reading) = reading(limits, comparison, pair) else { continue };
            let difference = difference(reading);
            if !is_equal(reading) && difference.to_f64().is_some_and(|size| size.abs() >= least) {
                differing.push(((index, place), difference));
            }
        }
    }
    let is_beside = |one: Place, other: Place| {
        let (left, right) = (&comparisons[one.0], &comparisons[other.0]);
        one.0 != other.0
            && left.pairs[one.1].period == right.pairs[other.1].period
            && (&left.first, &left.second, &left.company) == (&right.first, &right.second, &right.company)
            && are_headings(&left.matter, &right.matter)
    };
    let mut found = Vec::new();
    for (falls, fall) in differing.iter().filter(|(_, difference)| difference.is_sign_negative()) {
        let beside: Vec<_> = differing.iter().filter(|(place, _)| is_beside(*falls, *place)).collect();
        let rises = beside.iter().filter(|(_, difference)| difference.is_sign_positive());
        let off = |rise: Decimal| {
            let larger = fall.abs().max(rise);
            (*fall + rise).abs().checked_div(larger).and_then(|share| share.to_f64()).unwrap_or(1.0)
        };
        let best = rises.min_by(|one, other| off(one.1).total_cmp(&off(other.1)));
        if let Some((place, _)) = best.filter(|best| off(best.1) * beside.len() as f64 <= tolerance) {
            found.push(Mirror { falls: *falls, rises: *place });
        }
    }
    found
}

/// Whether two figures are counted alike but for one heading: the category or the country.
fn are_headings(one: &SeriesKey, other: &SeriesKey) -> bool {
    let by_category = SeriesKey { category: other.category.clone(), ..one.clone() } == *other;
    let by_country = SeriesKey { jurisdiction: other.jurisdiction.clone(), ..one.clone() } == *other;
    by_category || by_country
}
