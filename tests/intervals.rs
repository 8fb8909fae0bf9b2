//! Interval arithmetic: sums of rounded numbers are held against vectors made with another implementation of XBRL
//! Calculations 1.1, and the laws of the arithmetic against generated intervals.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::path::PathBuf;

use candor::model::{Absence, Interval, Quantity};
use candor::stats::interval::{Bounds, End, Rounding, sum};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

/// Half a step to either side, or a whole one, as the `decimals` of XBRL state the step.
fn printed(fact: &Value, rounding: Rounding) -> Bounds {
    let value: Decimal = fact[0].as_str().unwrap().parse().unwrap();
    let step = match fact[1].as_i64() {
        Some(decimals) if decimals >= 0 => Decimal::new(1, decimals as u32),
        Some(decimals) => Decimal::from(10i64.pow(-decimals as u32)),
        None => {
            assert_eq!(fact[1], "INF");
            Decimal::ZERO
        }
    };
    Bounds::printed(value, step, rounding).unwrap()
}

fn ends(bounds: Bounds) -> [Decimal; 2] {
    [bounds.low.unwrap().at, bounds.high.unwrap().at]
}

fn expected(vector: &Value, name: &str) -> [Decimal; 2] {
    [0, 1].map(|end| vector[name][end].as_str().unwrap().parse().unwrap())
}

#[test]
fn every_vector_holds() {
    let Some(folder) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return;
    };
    let text = std::fs::read_to_string(folder.join("../data/calc11-vectors.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors.len(), 308);
    for vector in &vectors {
        let name = vector["name"].as_str().unwrap();
        for (rounding, mode) in [(Rounding::Nearest, "round"), (Rounding::CutOff, "truncate")] {
            let parts = vector["parts"].as_array().unwrap().iter();
            let total = printed(&vector["total"], rounding);
            let parts = sum(parts.map(|part| {
                printed(part, rounding).times(Decimal::from(part[2].as_i64().unwrap())).unwrap()
            }))
            .unwrap();
            assert_eq!(ends(parts), expected(vector, &format!("{mode}_sum")), "{name}, {mode}");
            assert_eq!(ends(total), expected(vector, &format!("{mode}_total")), "{name}, {mode}");
            assert_eq!(parts.meets(total), vector[mode].as_bool().unwrap(), "{name}, {mode}");
        }
    }
}

/// Both ends of some numbers between -1000 and 1000, the upper one open where there is none.
fn ends_of() -> impl Strategy<Value = (Decimal, Option<Decimal>)> {
    (-100_000i64..100_000, 0u32..3, prop_oneof![3 => (0i64..5_000).prop_map(Some), 1 => Just(None)]).prop_map(
        |(low, scale, width)| {
            (Decimal::new(low, scale), width.map(|width| Decimal::new(low + width / 50 * 50, scale)))
        },
    )
}

fn interval() -> impl Strategy<Value = Interval> {
    ends_of().prop_map(|(low, high)| Interval { low, high })
}

/// A number between two ends, or above the lower one where there is no upper end: at the ends or between them.
fn between(low: Decimal, high: Option<Decimal>, quarters: i64) -> Decimal {
    let width = high.map_or(Decimal::TEN, |high| high - low);
    low + width * Decimal::new(quarters * 25, 2)
}

/// An interval with some number in it.
fn with_member() -> impl Strategy<Value = (Interval, Decimal)> {
    (interval(), 0i64..=4).prop_map(|(one, quarters)| (one, between(one.low, one.high, quarters)))
}

/// Bounds, either end of which may be open or left out, with some number in them.
fn bounds_with_member() -> impl Strategy<Value = (Bounds, Decimal)> {
    (ends_of(), any::<[bool; 2]>(), any::<bool>(), 1i64..4).prop_map(
        |((low, high), included, swapped, quarters)| {
            let is_point = high == Some(low);
            let end = |at, included| End { at, included: included || is_point };
            let bounds =
                Bounds { low: Some(end(low, included[0])), high: high.map(|high| end(high, included[1])) };
            let member = between(low, high, quarters);
            // The mirror image is open below.
            if swapped { (bounds.times(Decimal::NEGATIVE_ONE).unwrap(), -member) } else { (bounds, member) }
        },
    )
}

fn holds(bounds: Bounds, number: Decimal) -> bool {
    bounds.meets(Bounds::point(number))
}

/// A number that stands a little beyond an end, by less than the generated numbers are apart.
const BEYOND: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

#[test]
fn what_may_be_zero_divides_nothing() {
    let number = Decimal::from;
    for divisor in [Bounds::between(number(0), number(5)), Bounds::between(number(-1), number(5))] {
        for dividend in [Bounds::point(number(1)), Bounds::at_least(number(1))] {
            assert_eq!(dividend.over(divisor), None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sum_of_intervals_holds_the_sums_and_no_other_number((one, a) in with_member(), (other, b) in with_member()) {
        let sum = one.plus(other).unwrap();
        prop_assert!(sum.meets(Interval::point(a + b)));
        prop_assert!(!sum.meets(Interval::point(one.low + other.low - BEYOND)));
        match (one.high, other.high) {
            (Some(left), Some(right)) => prop_assert!(!sum.meets(Interval::point(left + right + BEYOND))),
            _ => prop_assert_eq!(sum.high, None),
        }
    }

    #[test]
    fn intervals_add_in_any_order_and_grouping(one in interval(), two in interval(), three in interval()) {
        prop_assert_eq!(one.plus(two), two.plus(one));
        let left = one.plus(two).unwrap().plus(three);
        prop_assert_eq!(left, one.plus(two.plus(three).unwrap()));
        prop_assert_eq!(one.plus(Interval::point(Decimal::ZERO)), Some(one));
    }

    #[test]
    fn two_intervals_meet_or_one_is_below_the_other((one, a) in with_member(), (other, b) in with_member()) {
        prop_assert!(one.meets(one) && !one.is_below(one));
        prop_assert_eq!(one.meets(other), other.meets(one));
        let relations = [one.meets(other), one.is_below(other), other.is_below(one)];
        prop_assert_eq!(relations.into_iter().filter(|holds| *holds).count(), 1, "{:?}", relations);
        if one.is_below(other) {
            prop_assert!(a < b);
        }
        // Touching counts as meeting.
        if let Some(high) = one.high {
            let from = Interval { low: high, high: None };
            prop_assert!(one.meets(from) && !one.is_below(from));
            let above = Interval { low: high + BEYOND, high: None };
            prop_assert!(!one.meets(above) && one.is_below(above));
        } else {
            let far_above = Interval { low: one.low + Decimal::ONE_THOUSAND, high: None };
            prop_assert!(one.meets(far_above));
        }
    }

    #[test]
    fn points_are_numbers(a in -1000i64..1000, b in -1000i64..1000) {
        let [left, right] = [a, b].map(|number| Interval::point(Decimal::from(number)));
        prop_assert!(left.is_point());
        prop_assert_eq!(left.plus(right), Some(Interval::point(Decimal::from(a + b))));
        prop_assert_eq!(left.meets(right), a == b);
        prop_assert_eq!(left.is_below(right), a < b);
        let wide = Interval { low: Decimal::from(a), high: Some(Decimal::from(a) + BEYOND) };
        let open = Interval { high: None, ..wide };
        prop_assert!(!wide.is_point() && !open.is_point());
    }

    #[test]
    fn printed_numbers_add_as_their_intervals_do(
        values in prop::collection::vec((-1000i64..1000, 0i64..200, 0usize..4), 2),
    ) {
        let quantities = values.iter().map(|(value, step, kind)| {
            let (value, step) = (Decimal::from(*value), Decimal::from(*step));
            match kind {
                0 => Quantity::exact(value),
                1 => Quantity::rounded(value, step),
                2 => Quantity::Range(Box::new(Interval { low: value, high: Some(value + step) })),
                _ => Quantity::at_least(value),
            }
        });
        let quantities: Vec<Quantity> = quantities.collect();
        let [one, other] = quantities.as_slice() else { unreachable!() };
        let sum = one.plus(other).unwrap();
        let intervals = [one, other, &sum].map(|quantity| quantity.interval().unwrap());
        prop_assert_eq!(intervals[0].plus(intervals[1]), Some(intervals[2]));
        prop_assert_eq!(&sum, &other.plus(one).unwrap());
        let both_exact = [one, other].iter().all(|one| matches!(one, Quantity::Exact(_)));
        prop_assert_eq!(matches!(sum, Quantity::Exact(_)), both_exact);
        for absence in [Absence::Suppressed, Absence::NotReported, Absence::NotApplicable, Absence::Unreadable] {
            prop_assert_eq!(one.plus(&Quantity::Absent(absence)), None);
        }
        // The printed number is one of those that it stands for.
        for (quantity, interval) in quantities.iter().zip(intervals) {
            if let Some(point) = quantity.point() {
                prop_assert!(interval.meets(Interval::point(point)));
                let width = interval.high.unwrap() - interval.low;
                prop_assert_eq!(quantity.step(), width);
            }
        }
    }

    #[test]
    fn a_sum_of_bounds_holds_the_sums_and_keeps_what_is_left_out(
        (one, a) in bounds_with_member(),
        (other, b) in bounds_with_member(),
        (third, _) in bounds_with_member(),
    ) {
        let sum = one.plus(other).unwrap();
        prop_assert!(holds(one, a) && holds(other, b) && holds(sum, a + b));
        for (end, left, right, outward) in
            [(sum.low, one.low, other.low, -BEYOND), (sum.high, one.high, other.high, BEYOND)]
        {
            let (Some(left), Some(right)) = (left, right) else {
                prop_assert_eq!(end, None);
                continue;
            };
            prop_assert_eq!(holds(sum, left.at + right.at), left.included && right.included);
            prop_assert!(!holds(sum, left.at + right.at + outward));
        }
        prop_assert_eq!(one.plus(other), other.plus(one));
        prop_assert_eq!(sum.plus(third), one.plus(other.plus(third).unwrap()));
    }

    #[test]
    fn two_bounds_meet_or_one_is_below_the_other((one, a) in bounds_with_member(), (other, b) in bounds_with_member()) {
        prop_assert!(one.meets(one) && !one.is_below(one));
        prop_assert_eq!(one.meets(other), other.meets(one));
        let relations = [one.meets(other), one.is_below(other), other.is_below(one)];
        prop_assert_eq!(relations.into_iter().filter(|holds| *holds).count(), 1, "{:?}", relations);
        if one.is_below(other) {
            prop_assert!(a < b);
        }
        if let Some(high) = one.high {
            let from = Bounds::at_least(high.at);
            prop_assert_eq!(one.meets(from), high.included);
            prop_assert_eq!(one.is_below(from), !high.included);
        }
    }

    #[test]
    fn products_and_quotients_of_bounds_hold_those_of_their_numbers(
        (one, a) in bounds_with_member(),
        (other, b) in bounds_with_member(),
        weight in -5i64..6,
    ) {
        let weight = Decimal::from(weight);
        prop_assert!(holds(one.times(weight).unwrap(), a * weight));
        let may_divide = one.low.is_some_and(|low| low.at >= Decimal::ZERO)
            && other.low.is_some_and(|low| low.at > Decimal::ZERO)
            && other.high.is_some();
        let quotient = one.over(other);
        prop_assert_eq!(quotient.is_some(), may_divide);
        if let Some(quotient) = quotient {
            prop_assert!(holds(quotient, a / b));
            let (least, most) = (other.low.unwrap(), other.high.unwrap());
            // An end is included where both that it is made of are; nothing divided by anything is nothing.
            let end = |one: End, by: End| {
                End { at: one.at / by.at, included: one.included && (by.included || one.at.is_zero()) }
            };
            prop_assert_eq!(quotient.low, one.low.map(|low| end(low, most)));
            prop_assert_eq!(quotient.high, one.high.map(|high| end(high, least)));
        }
    }
}
