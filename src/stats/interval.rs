//! Arithmetic on printed numbers: XBRL Calculations 1.1 (XBRL International, Recommendation of 22 February 2023).
//!
//! A printed number stands for all the numbers that print like it. Rounded to the nearest step these reach half a step
//! to either side, both ends included, because nobody knows which way a tie went; cut off they reach a whole step away
//! from zero, and the far end, which would print as the next number, is left out. A sum of printed numbers stands for
//! all sums of these, and its end is included only where every end behind it is. Two numbers contradict each other
//! where no number is in both.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// How numbers became shorter in print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest multiple of the step.
    Nearest,
    /// Digits beyond the step were cut off.
    CutOff,
}

/// One end of some [`Bounds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Where it ends.
    pub at: Decimal,
    /// Whether that number itself is included.
    pub included: bool,
}

/// All numbers between two ends; without an end there is no limit on that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The lower end.
    pub low: Option<End>,
    /// The upper end.
    pub high: Option<End>,
}

impl Bounds {
    /// A single number.
    pub const fn point(at: Decimal) -> Self {
        Self::between(at, at)
    }

    /// All numbers between two, both included.
    pub const fn between(low: Decimal, high: Decimal) -> Self {
        Self { low: Some(End { at: low, included: true }), high: Some(End { at: high, included: true }) }
    }

    /// This much or more.
    pub const fn at_least(low: Decimal) -> Self {
        Self { low: Some(End { at: low, included: true }), high: None }
    }

    /// The numbers that print as `value` where numbers are printed to multiples of `step`; a step of zero is exact.
    /// `None` where an end cannot be represented.
    pub fn printed(value: Decimal, step: Decimal, rounding: Rounding) -> Option<Self> {
        if step.is_zero() {
            return Some(Self::point(value));
        }
        let near = Some(End { at: value, included: true });
        let far = |at: Option<Decimal>| Some(Some(End { at: at?, included: false }));
        Some(match rounding {
            Rounding::Nearest => {
                let half = step.checked_div(Decimal::TWO)?;
                Self::between(value.checked_sub(half)?, value.checked_add(half)?)
            }
            Rounding::CutOff if value.is_zero() => Self { low: far(Some(-step))?, high: far(Some(step))? },
            Rounding::CutOff if value.is_sign_negative() => {
                Self { low: far(value.checked_sub(step))?, high: near }
            }
            Rounding::CutOff => Self { low: near, high: far(value.checked_add(step))? },
        })
    }

    /// Every sum of a number of these and one of the other. `None` where an end cannot be represented.
    pub fn plus(self, other: Self) -> Option<Self> {
        let add = |one: Option<End>, other: Option<End>| match (one, other) {
            (Some(one), Some(other)) => {
                let at = one.at.checked_add(other.at)?;
                Some(Some(End { at, included: one.included && other.included }))
            }
            _ => Some(None),
        };
        Some(Self { low: add(self.low, other.low)?, high: add(self.high, other.high)? })
    }

    /// Every number of these times a weight; a negative one swaps the ends. `None` where an end cannot be
    /// represented.
    pub fn times(self, weight: Decimal) -> Option<Self> {
        if weight.is_zero() {
            return Some(Self::point(Decimal::ZERO));
        }
        let scale = |end: Option<End>| match end {
            Some(end) => Some(Some(End { at: end.at.checked_mul(weight)?, ..end })),
            None => Some(None),
        };
        let (low, high) = (scale(self.low)?, scale(self.high)?);
        Some(if weight.is_sign_negative() { Self { low: high, high: low } } else { Self { low, high } })
    }

    /// The quotients of a number of these and one of the other, where neither is negative. `None` where the
    /// divisor may be zero or an end cannot be represented.
    pub fn over(self, divisor: Self) -> Option<Self> {
        let (least, most) = (divisor.low?, divisor.high?);
        let low = self.low.filter(|low| !low.at.is_sign_negative() && least.at > Decimal::ZERO)?;
        let divide = |end: End, by: End| {
            // Nothing, divided by whatever there is, is nothing.
            let is_reached = by.included || end.at.is_zero();
            Some(End { at: end.at.checked_div(by.at)?, included: end.included && is_reached })
        };
        let high = match self.high {
            Some(high) => Some(divide(high, least)?),
            None => None,
        };
        Some(Self { low: Some(divide(low, most)?), high })
    }

    /// Whether some number is in both. Where they only touch, both must include the number.
    pub fn meets(self, other: Self) -> bool {
        let reaches = |low: Option<End>, high: Option<End>| match (low, high) {
            (Some(low), Some(high)) => {
                low.at < high.at || (low.at == high.at && low.included && high.included)
            }
            _ => true,
        };
        reaches(self.low, other.high) && reaches(other.low, self.high)
    }

    /// Whether every number in it is below every number in the other.
    pub fn is_below(self, other: Self) -> bool {
        let up_to = Self { low: None, high: self.high };
        let from = Self { low: other.low, high: None };
        !up_to.meets(from)
    }
}

/// The sum of some bounds. `None` where an end cannot be represented.
pub fn sum(all: impl IntoIterator<Item = Bounds>) -> Option<Bounds> {
    all.into_iter().try_fold(Bounds::point(Decimal::ZERO), Bounds::plus)
}

/// How far a total is from the sum of its parts, in standard deviations of that difference, if each was rounded by
/// itself: an error of rounding is as likely anywhere within its step, so that its variance is a twelfth of the step
/// squared. `steps` are those of all parts and of the total. `None` where nothing is rounded.
pub fn deviations(difference: Decimal, steps: impl IntoIterator<Item = Decimal>) -> Option<f64> {
    let squares = |step: Decimal| step.to_f64().map(|step| step * step);
    let variance = steps.into_iter().filter_map(squares).sum::<f64>() / 12.0;
    (variance > 0.0).then(|| difference.to_f64().map(|one| one.abs() / variance.sqrt())).flatten()
}

/// How precisely numbers of one kind are printed, by all of them: a single number says nothing of its precision.
#[derive(Debug, Clone, Default)]
pub struct Precision {
    /// For each size (digits before the point) how many numbers there are, and how many zeros all of them end in.
    sizes: BTreeMap<u32, (usize, u32)>,
    /// The most digits behind the point.
    decimals: u32,
}

impl Precision {
    /// Numbers of one size from which on a common number of zeros at their end is no chance: one in 10,000.
    const LEAST: usize = 4;

    /// Takes a number into account.
    pub fn add(&mut self, value: Decimal) {
        self.decimals = self.decimals.max(value.normalize().scale());
        if let Some(size) = magnitude(value) {
            let zeros = trailing_zeros(value);
            let known = self.sizes.entry(size).or_insert((0, zeros));
            *known = (known.0 + 1, known.1.min(zeros));
        }
    }

    /// The step to which a count was probably printed: the largest power of ten of which all counts of its size are
    /// multiples. Zero, which is exact, for counts below 100 and where few are known.
    pub fn step_of_count(&self, value: Decimal) -> Decimal {
        let known = magnitude(value).filter(|size| *size >= 2).and_then(|size| self.sizes.get(&size));
        match known {
            Some((count, zeros)) if *count >= Self::LEAST && *zeros > 0 => {
                Decimal::from_i128_with_scale(10i128.pow(*zeros), 0)
            }
            _ => Decimal::ZERO,
        }
    }

    /// The step to which rates are printed: the last decimal that any of them has.
    pub fn step_of_rates(&self) -> Decimal {
        Decimal::new(1, self.decimals)
    }
}

/// Digits before the point, less one; `None` for zero and for what is not whole.
fn magnitude(value: Decimal) -> Option<u32> {
    let whole = value.normalize();
    (whole.scale() == 0 && !whole.is_zero()).then(|| whole.mantissa().unsigned_abs().ilog10())
}

fn trailing_zeros(value: Decimal) -> u32 {
    let mut rest = value.normalize().mantissa();
    let mut zeros = 0;
    while rest != 0 && rest % 10 == 0 {
        rest /= 10;
        zeros += 1;
    }
    zeros
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(value: i64) -> Decimal {
        Decimal::from(value)
    }

    fn bounds() -> impl Strategy<Value = Bounds> {
        (-1000i64..1000, 0i64..3, prop_oneof![Just(Rounding::Nearest), Just(Rounding::CutOff)]).prop_map(
            |(value, step, rounding)| {
                let step = [0, 1, 10][step as usize];
                Bounds::printed(decimal(value), decimal(step), rounding).unwrap()
            },
        )
    }

    fn contains(bounds: Bounds, number: Decimal) -> bool {
        bounds.meets(Bounds::point(number))
    }

    proptest! {
        #[test]
        fn order_and_grouping_of_a_sum_do_not_matter(one in bounds(), two in bounds(), three in bounds()) {
            prop_assert_eq!(one.plus(two), two.plus(one));
            let left = one.plus(two).unwrap().plus(three);
            prop_assert_eq!(left, one.plus(two.plus(three).unwrap()));
            prop_assert_eq!(one.plus(Bounds::point(Decimal::ZERO)), Some(one));
        }

        #[test]
        fn meeting_is_mutual_and_sums_of_what_meets_meet(one in bounds(), two in bounds(), three in bounds()) {
            prop_assert!(one.meets(one));
            prop_assert_eq!(one.meets(two), two.meets(one));
            prop_assert_eq!(!one.meets(two), one.is_below(two) || two.is_below(one));
            if one.meets(two) {
                prop_assert!(one.plus(three).unwrap().meets(two.plus(three).unwrap()));
            }
        }

        #[test]
        fn a_negative_weight_swaps_the_ends_and_back(one in bounds(), weight in 1i64..9) {
            let weight = decimal(-weight);
            let there = one.times(weight).unwrap();
            prop_assert_eq!(there.low.map(|end| end.included), one.high.map(|end| end.included));
            let back = there.times(Decimal::NEGATIVE_ONE).unwrap();
            prop_assert_eq!(Some(back), one.times(-weight));
        }

        #[test]
        fn a_sum_holds_the_sums_of_what_its_parts_hold(
            values in prop::collection::vec((0i64..100_000, 0usize..4), 1..12),
            cut in any::<bool>(),
        ) {
            let rounding = if cut { Rounding::CutOff } else { Rounding::Nearest };
            let printed = values.iter().map(|(value, zeros)| {
                let step = decimal(10i64.pow(*zeros as u32));
                let shown = if cut { (decimal(*value) / step).trunc() } else { (decimal(*value) / step).round() };
                Bounds::printed(shown * step, step, rounding).unwrap()
            });
            let truth: i64 = values.iter().map(|(value, _)| value).sum();
            prop_assert!(contains(sum(printed).unwrap(), decimal(truth)));
        }

        #[test]
        fn a_quotient_holds_the_quotient(above in 0i64..10_000, below in 1i64..10_000) {
            let spans = [above, below].map(|one| {
                Bounds::printed((decimal(one) / Decimal::TEN).trunc() * Decimal::TEN, Decimal::TEN, Rounding::CutOff)
                    .unwrap()
            });
            if let Some(quotient) = spans[0].over(spans[1]) {
                prop_assert!(contains(quotient, decimal(above) / decimal(below)));
            }
        }
    }

    #[test]
    fn touching_ends_count_where_both_are_included() {
        let ten = decimal(10);
        let cut = |value| Bounds::printed(decimal(value), ten, Rounding::CutOff).unwrap();
        let near = |value| Bounds::printed(decimal(value), ten, Rounding::Nearest).unwrap();
        assert!(near(10).meets(near(20)) && !cut(10).meets(cut(20)));
        assert!(contains(cut(0), decimal(9)) && !contains(cut(0), ten) && !contains(cut(0), -ten));
        assert!(contains(cut(0), decimal(-9)));
        assert!(contains(cut(-10), decimal(-19)) && !contains(cut(-10), decimal(-9)));
    }

    #[test]
    fn precision_is_learned_from_many_values_of_one_size() {
        let step = |value, values: &[i64]| {
            let mut precision = Precision::default();
            values.iter().for_each(|one| precision.add(decimal(*one)));
            precision.step_of_count(decimal(value))
        };
        assert_eq!(step(4500, &[1200, 3400, 4500, 9900, 87]), decimal(100));
        assert_eq!(step(4500, &[1200, 3400, 4501, 9900, 4500]), Decimal::ZERO);
        assert_eq!(step(4500, &[1200, 4500]), Decimal::ZERO);
        assert_eq!(step(450, &[120, 230, 340, 450]), decimal(10));
        assert_eq!(step(80, &[10, 20, 30, 40, 80]), Decimal::ZERO);
        let mut mixed = Precision::default();
        let counts = ["12000", "34000", "45000", "99000"];
        // Neither nothing nor what is not whole is a count of their size.
        counts.iter().chain(&["0", "1200.5"]).for_each(|one| mixed.add(one.parse().unwrap()));
        assert_eq!(mixed.step_of_count(decimal(45_000)), decimal(1000));
        let mut rates = Precision::default();
        ["0.5", "0.947", "1"].iter().for_each(|one| rates.add(one.parse().unwrap()));
        assert_eq!(rates.step_of_rates(), Decimal::new(1, 3));
    }

    #[test]
    fn many_roundings_add_up_like_the_square_root_of_their_number() {
        let steps = |count| std::iter::repeat_n(decimal(12), count);
        assert!((deviations(decimal(12), steps(12)).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(deviations(decimal(12), [Decimal::ZERO]), None);
    }
}
