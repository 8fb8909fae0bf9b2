//! Whether two printed numbers say the same.
//!
//! A number that is printed to a step stands for an interval (XBRL Calculations 1.1). One number printed twice in the same
//! way reads the same, so that two numbers printed in the same way are the same or were changed; printed in different
//! ways they disagree only where their intervals lie apart. The step is the declared one, else the finest that the numbers
//! of the metric are printed to on that side: decimals, or for whole numbers of one size the zeros that all of them end
//! in. Where a publisher rounds larger numbers to larger steps, two sides print in the same way if they do so for numbers
//! of both sizes.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{Side, Stated};
use crate::model::{Interval, Quantity, Rounded, SeriesKey};

/// What became of one printed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same number, or none on both sides.
    Same,
    /// Another number that may stand for the same: printed to another step.
    Reprinted,
    /// Another number.
    Restated,
    /// A number where there was none.
    Filled,
    /// No number where there was one.
    Emptied,
}

/// Numbers with at least this many significant digits are printed floats; what they say ends before that.
const FLOAT_DIGITS: usize = 15;
/// Significant digits that are left of a printed float.
const DIGITS_KEPT: u32 = 12;
/// Whole numbers of one size that must end in the same zeros before these count as rounding.
const ENOUGH: usize = 5;

/// A number without float noise: 0.947 for 0.9470000000000001.
pub(super) fn plain(value: Decimal) -> Decimal {
    let digits = value.mantissa().unsigned_abs().to_string().len();
    if value.scale() > 0 && digits >= FLOAT_DIGITS {
        value.round_sf(DIGITS_KEPT).unwrap_or(value).normalize()
    } else {
        value.normalize()
    }
}

/// Whether two statements print the same.
pub(super) fn are_same(one: &Quantity, other: &Quantity) -> bool {
    if one == other {
        return true;
    }
    match (one, other) {
        (Quantity::Range(_) | Quantity::LowerBound(_), _)
        | (_, Quantity::Range(_) | Quantity::LowerBound(_)) => false,
        _ => one.point().map(plain) == other.point().map(plain),
    }
}

/// To which steps the numbers of one metric are printed.
#[derive(Debug, Default, Clone)]
struct Steps {
    /// The finest decimals.
    decimals: u32,
    /// For whole numbers of so many digits: how many there are, and the fewest zeros at their end.
    whole: HashMap<u32, (usize, u32)>,
    /// For rounded numbers of so many digits: the step, where it is one.
    declared: HashMap<u32, Option<Decimal>>,
}

impl Steps {
    fn add(&mut self, value: Decimal) {
        let value = plain(value);
        self.decimals = self.decimals.max(value.scale());
        let (digits, zeros) = shape(value);
        let known = self.whole.entry(digits).or_insert((0, zeros));
        *known = (known.0 + 1, known.1.min(zeros));
    }

    fn declare(&mut self, rounded: &Rounded) {
        let step = self.declared.entry(shape(rounded.value).0).or_insert(Some(rounded.step));
        *step = step.filter(|step| *step == rounded.step);
    }

    fn step(&self, value: Decimal) -> Decimal {
        if self.decimals > 0 {
            return Decimal::new(1, self.decimals);
        }
        match self.whole.get(&shape(value).0) {
            Some((count, zeros)) if *count >= ENOUGH && *zeros > 0 => {
                10_i64.checked_pow(*zeros).map_or(Decimal::ZERO, Decimal::from)
            }
            _ => Decimal::ZERO,
        }
    }
}

/// Digits of the whole part, and zeros at its end.
fn shape(value: Decimal) -> (u32, u32) {
    let mut whole = value.trunc().mantissa().unsigned_abs();
    let (mut digits, mut zeros, mut only_zeros) = (0, 0, true);
    while whole > 0 {
        only_zeros &= whole.is_multiple_of(10);
        zeros += u32::from(only_zeros);
        digits += 1;
        whole /= 10;
    }
    (digits, zeros)
}

/// To which steps a side prints the numbers of its metrics.
#[derive(Debug)]
pub(super) struct Grid<'d> {
    steps: HashMap<(&'d str, &'d str), Steps>,
}

impl<'d> Grid<'d> {
    pub(super) fn new(series: &[Stated<'d>]) -> Self {
        let mut steps: HashMap<(&'d str, &'d str), Steps> = HashMap::new();
        for one in series {
            let of_metric = steps.entry((&one.key.publisher, &one.key.metric)).or_default();
            for point in &one.points {
                match &point.quantity {
                    Quantity::Exact(value) => of_metric.add(value.decimal()),
                    Quantity::Rounded(rounded) => of_metric.declare(rounded),
                    _ => {}
                }
            }
        }
        Self { steps }
    }

    /// To which step rounded numbers of this size are printed; `None` where there are none, or it differs.
    fn declared(&self, metric: (&str, &str), value: Decimal) -> Option<Decimal> {
        *self.steps.get(&metric)?.declared.get(&shape(value).0)?
    }

    /// The numbers that a statement stands for, and the step it is printed to.
    fn reading(&self, metric: (&str, &str), quantity: &Quantity) -> Option<(Interval, Decimal)> {
        let Some(value) = quantity.exact_value() else {
            return Some((quantity.interval()?, quantity.step()));
        };
        let value = plain(value);
        let step = self.steps.get(&metric).map_or(Decimal::ZERO, |steps| steps.step(value));
        Some((Quantity::rounded(value, step).interval()?, step))
    }
}

/// What became of a number; publisher, metric and side tell to which step each is printed.
pub fn relation(
    old: (&Side<'_>, &SeriesKey, &Quantity),
    new: (&Side<'_>, &SeriesKey, &Quantity),
) -> Relation {
    if are_same(old.2, new.2) {
        return Relation::Same;
    }
    match (old.2.interval().is_some(), new.2.interval().is_some()) {
        (false, false) => return Relation::Same,
        (false, true) => return Relation::Filled,
        (true, false) => return Relation::Emptied,
        (true, true) => {}
    }
    let reading = |(side, key, quantity): (&Side<'_>, &SeriesKey, &Quantity)| {
        side.grid().reading((&key.publisher, &key.metric), quantity)
    };
    match (reading(old), reading(new)) {
        (Some((old_interval, old_step)), Some((new_interval, new_step))) => {
            let is_range = |one: &Quantity| matches!(one, Quantity::Range(_) | Quantity::LowerBound(_));
            let differs = old_step != new_step && !are_printed_alike(old, new);
            let other_step = differs || is_range(old.2) || is_range(new.2);
            if other_step && old_interval.meets(new_interval) {
                Relation::Reprinted
            } else {
                Relation::Restated
            }
        }
        _ => Relation::Restated,
    }
}

/// Whether both sides round numbers of the size of either to the same steps.
fn are_printed_alike(
    old: (&Side<'_>, &SeriesKey, &Quantity),
    new: (&Side<'_>, &SeriesKey, &Quantity),
) -> bool {
    let (Quantity::Rounded(one), Quantity::Rounded(other)) = (old.2, new.2) else { return false };
    [one.value, other.value].into_iter().all(|value| {
        let step = |(side, key, _): (&Side<'_>, &SeriesKey, &Quantity)| {
            side.grid().declared((&key.publisher, &key.metric), value)
        };
        step(old).is_some() && step(old) == step(new)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Quantity {
        Quantity::exact(text.parse().unwrap())
    }

    #[test]
    fn float_noise_is_no_other_number() {
        assert!(are_same(&number("0.947"), &number("0.9470000000000001")));
        assert!(are_same(&number("920793.0"), &number("920793")));
        assert!(!are_same(&number("0.947"), &number("0.948")));
        assert!(!are_same(&number("123456789012345"), &number("123456789012346")));
    }

    #[test]
    fn zeros_that_all_numbers_end_in_are_their_step() {
        let mut rounded = Steps::default();
        let values = [12_300, 45_600, 78_100, 90_200, 11_900];
        values.into_iter().for_each(|value| rounded.add(Decimal::from(value)));
        assert_eq!(rounded.step(Decimal::from(12_300)), Decimal::from(100));
        assert_eq!(rounded.step(Decimal::from(300)), Decimal::ZERO, "nothing of that size was seen");
        rounded.add(Decimal::from(12_345));
        assert_eq!(rounded.step(Decimal::from(12_300)), Decimal::ZERO);
    }
}
