//! Interval arithmetic with either end open.
//!
//! A figure is an interval ([`Interval`]): an exact count one point, a rounded one all that rounds to it, a lower bound
//! everything from there on. The result of an operation is the smallest interval that holds every possible result
//! (Moore, *Interval Analysis*, 1966). Decimals are exact but for quotients, which have 28 digits.

use rust_decimal::Decimal;

use crate::model::{Interval, Stated};

/// All numbers between two ends, both included; an end that is `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
}

/// Why an operation has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undefined {
    /// The divisor is, or may be, zero.
    ByZero,
    /// The result has too many digits.
    TooLarge,
}

impl From<Interval> for Bounds {
    fn from(interval: Interval) -> Self {
        Self { low: Some(interval.low), high: interval.high }
    }
}

impl Bounds {
    pub const fn point(value: Decimal) -> Self {
        Self { low: Some(value), high: Some(value) }
    }

    fn negated(self) -> Self {
        Self { low: self.high.map(|end| -end), high: self.low.map(|end| -end) }
    }

    pub fn plus(self, other: Self) -> Result<Self, Undefined> {
        let add = |left: Option<Decimal>, right: Option<Decimal>| match (left, right) {
            (Some(left), Some(right)) => left.checked_add(right).map(Some).ok_or(Undefined::TooLarge),
            _ => Ok(None),
        };
        Ok(Self { low: add(self.low, other.low)?, high: add(self.high, other.high)? })
    }

    pub fn minus(self, other: Self) -> Result<Self, Undefined> {
        self.plus(other.negated())
    }

    /// The product. Where one factor has an open end and the other is no single number, nothing is said of it.
    pub fn times(self, other: Self) -> Result<Self, Undefined> {
        let product = |left: Decimal, right: Decimal| left.checked_mul(right).ok_or(Undefined::TooLarge);
        if let (Some(a), Some(b), Some(c), Some(d)) = (self.low, self.high, other.low, other.high) {
            let products = [product(a, c)?, product(a, d)?, product(b, c)?, product(b, d)?];
            return Ok(Self { low: products.into_iter().min(), high: products.into_iter().max() });
        }
        let (factor, open) = match (self.single(), other.single()) {
            (Some(factor), _) => (factor, other),
            (_, Some(factor)) => (factor, self),
            _ => return Ok(Self { low: None, high: None }),
        };
        if factor.is_zero() {
            return Ok(Self::point(Decimal::ZERO));
        }
        let scaled = |end: Option<Decimal>| end.map(|end| product(end, factor)).transpose();
        let (low, high) = (scaled(open.low)?, scaled(open.high)?);
        Ok(if factor.is_sign_negative() { Self { low: high, high: low } } else { Self { low, high } })
    }

    /// The quotient.
    pub fn over(self, divisor: Self) -> Result<Self, Undefined> {
        let (low, high) = match (divisor.low, divisor.high) {
            (Some(low), high) if low > Decimal::ZERO => (low, high),
            (_, Some(high)) if high < Decimal::ZERO => return self.negated().over(divisor.negated()),
            _ => return Err(Undefined::ByZero),
        };
        let quotient = |end: Decimal, by: Option<Decimal>| match by {
            Some(by) => end.checked_div(by).ok_or(Undefined::TooLarge),
            // Divided by as much as one likes.
            None => Ok(Decimal::ZERO),
        };
        let lowest = |end: Decimal| quotient(end, if end.is_sign_negative() { Some(low) } else { high });
        let highest = |end: Decimal| quotient(end, if end.is_sign_negative() { high } else { Some(low) });
        Ok(Self { low: self.low.map(lowest).transpose()?, high: self.high.map(highest).transpose()? })
    }

    /// The lowest, or the highest, of several at each end.
    pub fn extreme(several: &[Self], highest: bool) -> Option<Self> {
        let pick = |left: Self, right: Self| {
            let end = |left: Option<Decimal>, right: Option<Decimal>, open_wins: bool| match (left, right) {
                (Some(left), Some(right)) => Some(if highest { left.max(right) } else { left.min(right) }),
                (one, other) if !open_wins => one.or(other),
                _ => None,
            };
            Self { low: end(left.low, right.low, !highest), high: end(left.high, right.high, highest) }
        };
        several.iter().copied().reduce(pick)
    }

    /// The only number it holds.
    pub fn single(self) -> Option<Decimal> {
        self.low.filter(|low| Some(*low) == self.high)
    }

    /// Whether one number could be in both.
    pub fn meets(self, other: Self) -> bool {
        let reaches = |high: Option<Decimal>, low: Option<Decimal>| match (high, low) {
            (Some(high), Some(low)) => low <= high,
            _ => true,
        };
        reaches(self.high, other.low) && reaches(other.high, self.low)
    }

    /// The numbers that a statement allows, its own limit included.
    pub fn of(stated: &Stated) -> Option<Self> {
        Some(match stated {
            Stated::About(quantity) => quantity.interval()?.into(),
            Stated::AtLeast(least) | Stated::MoreThan(least) => Self { low: Some(*least), high: None },
            Stated::AtMost(most) | Stated::LessThan(most) => Self { low: None, high: Some(*most) },
        })
    }

    /// Whether a statement can hold of a number in here.
    pub fn allows(self, stated: &Stated) -> bool {
        let limit = match stated {
            Stated::MoreThan(limit) => (self.high, limit),
            Stated::LessThan(limit) => (self.low, limit),
            _ => return Self::of(stated).is_some_and(|bounds| bounds.meets(self)),
        };
        Self::of(stated).is_some_and(|bounds| bounds.meets(self)) && limit.0 != Some(*limit.1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bounds(low: i64, high: i64) -> Bounds {
        Bounds { low: Some(low.into()), high: Some(high.into()) }
    }

    fn from(low: i64) -> Bounds {
        Bounds { low: Some(low.into()), high: None }
    }

    #[test]
    fn every_possible_result_is_inside() {
        assert_eq!(bounds(1, 2).minus(bounds(10, 20)), Ok(bounds(-19, -8)));
        assert_eq!(bounds(-2, 3).times(bounds(-5, 7)), Ok(bounds(-15, 21)));
        assert_eq!(bounds(-8, 12).over(bounds(2, 4)), Ok(bounds(-4, 6)));
        assert_eq!(bounds(8, 12).over(bounds(-4, -2)), Ok(bounds(-6, -2)));
        assert_eq!(bounds(-2, 12).over(from(2)), Ok(bounds(-1, 6)));
        assert_eq!(from(3).minus(from(1)), Ok(Bounds { low: None, high: None }));
        assert_eq!(from(3).times(bounds(-2, -2)), Ok(Bounds { low: None, high: Some((-6).into()) }));
    }

    /// Bounds, either end of which may be open, with two of the numbers in them: the ends themselves where there are
    /// ends, else numbers far away.
    fn with_members() -> impl Strategy<Value = (Bounds, [Decimal; 2])> {
        (-60i64..60, 0i64..40, any::<[bool; 2]>()).prop_map(|(low, width, [open_below, open_above])| {
            let ends = [low, low + width].map(Decimal::from);
            let end = |at: Decimal, is_open: bool| Some(at).filter(|_| !is_open);
            let far =
                |at: Decimal, is_open: bool, away: i64| if is_open { at + Decimal::from(away) } else { at };
            (
                Bounds { low: end(ends[0], open_below), high: end(ends[1], open_above) },
                [far(ends[0], open_below, -1000), far(ends[1], open_above, 1000)],
            )
        })
    }

    /// The smallest bounds that hold some results of which the least and the greatest are among them.
    fn around(results: [Decimal; 4]) -> Bounds {
        Bounds { low: results.into_iter().min(), high: results.into_iter().max() }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_result_holds_every_possible_one_and_no_other((one, [a, b]) in with_members(), (other, [c, d]) in with_members()) {
            let is_closed = [one.low, one.high, other.low, other.high].iter().all(Option::is_some);
            let operations = [
                (one.plus(other), [a + c, a + d, b + c, b + d]),
                (one.minus(other), [a - c, a - d, b - c, b - d]),
                (one.times(other), [a * c, a * d, b * c, b * d]),
            ];
            for (result, results) in operations {
                let result = result.unwrap();
                for number in results {
                    prop_assert!(result.meets(Bounds::point(number)), "{:?} {}", result, number);
                }
                if is_closed {
                    prop_assert_eq!(result, around(results));
                }
            }
            let may_be_zero = other.meets(Bounds::point(Decimal::ZERO));
            match one.over(other) {
                Err(why) => prop_assert!(may_be_zero && why == Undefined::ByZero),
                Ok(quotient) => {
                    prop_assert!(!may_be_zero);
                    let results = [a / c, a / d, b / c, b / d];
                    for number in results {
                        prop_assert!(quotient.meets(Bounds::point(number)), "{:?} {}", quotient, number);
                    }
                    if is_closed {
                        prop_assert_eq!(quotient, around(results));
                    }
                }
            }
        }

        #[test]
        fn order_and_grouping_do_not_matter((one, _) in with_members(), (two, _) in with_members(), (three, _) in with_members()) {
            prop_assert_eq!(one.plus(two), two.plus(one));
            prop_assert_eq!(one.times(two), two.times(one));
            prop_assert_eq!(one.plus(two).unwrap().plus(three), one.plus(two.plus(three).unwrap()));
            prop_assert_eq!(one.meets(two), two.meets(one));
            prop_assert_eq!(one.plus(Bounds::point(Decimal::ZERO)), Ok(one));
            let factor = Bounds::point(Decimal::ONE);
            prop_assert_eq!((one.times(factor), factor.times(one)), (Ok(one), Ok(one)));
            prop_assert_eq!(one.times(Bounds::point(Decimal::ZERO)), Ok(Bounds::point(Decimal::ZERO)));
            prop_assert_eq!(one.minus(two), two.minus(one).map(Bounds::negated));
        }
    }

    #[test]
    fn what_may_be_zero_divides_nothing() {
        for divisor in [bounds(0, 0), bounds(-1, 1), bounds(0, 5), from(-1)] {
            assert_eq!(bounds(1, 1).over(divisor), Err(Undefined::ByZero));
        }
        let largest = Bounds::point(Decimal::MAX);
        assert_eq!(largest.plus(largest), Err(Undefined::TooLarge));
        assert_eq!(largest.times(largest), Err(Undefined::TooLarge));
    }

    #[test]
    fn extremes_keep_open_ends_that_matter() {
        let several = [bounds(1, 4), from(2)];
        assert_eq!(Bounds::extreme(&several, true), Some(from(2)));
        assert_eq!(Bounds::extreme(&several, false), Some(bounds(1, 4)));
        let up_to = Bounds { low: None, high: Some(7.into()) };
        assert_eq!(Bounds::extreme(&[bounds(1, 4), up_to], true), Some(bounds(1, 7)));
        assert_eq!(Bounds::extreme(&[bounds(1, 9), up_to], false), Some(up_to));
        assert_eq!(Bounds::extreme(&[], true), None);
    }

    #[test]
    fn more_than_leaves_its_limit_out() {
        assert!(!Bounds::point(67.into()).allows(&Stated::MoreThan(67.into())));
        assert!(Bounds::point(67.into()).allows(&Stated::AtLeast(67.into())));
        assert!(!Bounds::point(0.into()).allows(&Stated::LessThan(0.into())));
        assert!(from(60).allows(&Stated::MoreThan(67.into())));
    }
}
