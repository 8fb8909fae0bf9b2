//! Which single value would make two sources agree, where there is reason to look at it.
//!
//! Any difference can be mended by changing some value; one is named only where it looks as if it belonged elsewhere: it
//! repeats another period, is that of a part, or is one slip of the hand away from the value that would fit.

use rust_decimal::Decimal;

use super::comparison::Reading;
use super::verdict::difference;
use crate::diag::grouped;
use crate::model::{Dataset, Observation};

/// A value that would explain a difference.
pub struct Explanation<'d> {
    /// The value.
    pub suspect: &'d Observation,
    /// What it would have to be.
    pub needed: Decimal,
    /// What makes it suspect.
    pub reason: String,
}

/// Exact counts below this coincide too easily.
const LEAST: i64 = 500;

/// The first explanation that makes both figures equal; the figures must be exact.
pub fn explain<'d>(dataset: &'d Dataset, reading: &Reading<'d>) -> Option<Explanation<'d>> {
    if !reading.first.interval.is_point() || !reading.second.interval.is_point() {
        return None;
    }
    let gap = difference(reading);
    let of_first = reading.first.parts.iter().map(|part| (*part, gap, &reading.second.parts));
    let of_second = reading.second.parts.iter().map(|part| (*part, -gap, &reading.first.parts));
    of_first.chain(of_second).find_map(|(suspect, change, others)| {
        let value = suspect.quantity.exact_count()?;
        let needed = Decimal::from(value) + change;
        if value < LEAST || needed.is_sign_negative() {
            return None;
        }
        let reason = reason(dataset, suspect, value, needed, others)?;
        Some(Explanation { suspect, needed, reason })
    })
}

fn reason(
    dataset: &Dataset,
    suspect: &Observation,
    value: i64,
    needed: Decimal,
    others: &[&Observation],
) -> Option<String> {
    let series = dataset.series(dataset.block_of(suspect).series);
    let alike = || {
        let frequency = suspect.period.frequency();
        dataset
            .points(series)
            .filter(move |one| one.period.frequency() == frequency && one.period != suspect.period)
    };
    let is_part = |one: &&&Observation| {
        one.quantity.exact_count() == Some(value)
            && suspect.period.contains(one.period)
            && one.period != suspect.period
    };
    let repeated = alike().find(|one| {
        value % 10 != 0 && one.quantity.exact_count() == Some(value) && one.period < suspect.period
    });
    let elsewhere = |wanted: Decimal| alike().find(move |one| one.quantity.point() == Some(wanted));
    if let Some(same) = repeated {
        Some(format!("it is also the value of {}", same.period))
    } else if let Some(part) = others.iter().find(is_part) {
        Some(format!("it is the value of {} alone", part.period))
    } else if let Some(other) = elsewhere(needed) {
        Some(format!("{} is the value of {}", grouped(needed), other.period))
    } else if let Some(base) =
        elsewhere(needed - Decimal::from(value)).filter(|one| one.period.is_followed_by(suspect.period))
    {
        Some(format!("it would be the increase on {}", base.period))
    } else {
        is_one_slip(&value.to_string(), &needed.to_string())
            .then(|| "one slip of the hand leads from one to the other".to_owned())
    }
}

/// Whether two numbers of as many digits differ in one digit, or in the order of two that stand side by side.
fn is_one_slip(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let differing: Vec<usize> = (0..one.len()).filter(|place| one[*place] != other[*place]).collect();
    match differing.as_slice() {
        [_] => true,
        [left, right] => right - left == 1 && one[*left] == other[*right] && one[*right] == other[*left],
        _ => false,
    }
}
