//! A published number is an interval.
//!
//! `9,400,000` printed to the hundred thousand says "between 9.35 and 9.45 million"; `4 %–5 %` says what it says; an
//! exact count is an interval of one point. [`Quantity`] keeps which of these was meant, and every comparison between
//! published numbers is made on the [`Interval`], so that rounding never shows up as a difference.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Number;
use crate::diag::grouped;

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// A number printed in full.
    Exact(Number),
    /// A number rounded to a step.
    Rounded(Box<Rounded>),
    /// A range, such as `0 – 249`.
    Range(Box<Interval>),
    /// At least this much.
    LowerBound(Box<Decimal>),
    /// No number.
    Absent(Absence),
}

/// A number rounded to the nearest multiple of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rounded {
    /// The printed number.
    pub value: Decimal,
    /// The step, greater than zero.
    pub step: Decimal,
}

/// Why there is no number. The number 0 is not among these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Absence {
    /// Known to the publisher and withheld.
    Suppressed,
    /// Not stated.
    NotReported,
    /// The question does not arise.
    NotApplicable,
    /// Something is written there that could not be read as a number; a finding says what.
    Unreadable,
}

/// All the numbers between two ends, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Lowest number.
    pub low: Decimal,
    /// Highest number; `None` where there is no upper end.
    pub high: Option<Decimal>,
}

impl Interval {
    /// The interval of one number.
    pub const fn point(value: Decimal) -> Self {
        Self { low: value, high: Some(value) }
    }

    /// Sum of two intervals: the lowest possible to the highest possible sum. `None` where it cannot be represented.
    pub fn plus(self, other: Self) -> Option<Self> {
        let low = self.low.checked_add(other.low)?;
        let high = match (self.high, other.high) {
            (Some(left), Some(right)) => Some(left.checked_add(right)?),
            _ => None,
        };
        Some(Self { low, high })
    }

    /// Whether one number could be in both. Touching ends count: which way a tie was rounded is not known.
    pub fn meets(self, other: Self) -> bool {
        self.high.is_none_or(|high| other.low <= high) && other.high.is_none_or(|high| self.low <= high)
    }

    /// Whether every number in this one is below every number in the other.
    pub fn is_below(self, other: Self) -> bool {
        self.high.is_some_and(|high| high < other.low)
    }

    /// Whether it is a single number.
    pub fn is_point(self) -> bool {
        self.high == Some(self.low)
    }
}

impl Quantity {
    /// A number printed in full.
    #[inline]
    pub fn exact(value: Decimal) -> Self {
        Self::Exact(Number::from(value))
    }

    /// A whole number printed in full.
    #[inline]
    pub const fn count(value: i64) -> Self {
        Self::Exact(Number::of_whole(value))
    }

    /// A number that is at least this much.
    pub fn at_least(low: Decimal) -> Self {
        Self::LowerBound(Box::new(low))
    }

    /// A number rounded to `step`; exact where the step is zero or less.
    pub fn rounded(value: Decimal, step: Decimal) -> Self {
        if step <= Decimal::ZERO {
            Self::exact(value)
        } else {
            Self::Rounded(Box::new(Rounded { value, step }))
        }
    }

    /// The numbers it may stand for; `None` for an absence, or where an end cannot be represented.
    pub fn interval(&self) -> Option<Interval> {
        match self {
            Self::Exact(value) => Some(Interval::point(value.decimal())),
            Self::Rounded(rounded) => {
                let half = rounded.step.checked_div(Decimal::TWO)?;
                let low = rounded.value.checked_sub(half)?;
                Some(Interval { low, high: Some(rounded.value.checked_add(half)?) })
            }
            Self::Range(interval) => Some(**interval),
            Self::LowerBound(low) => Some(Interval { low: **low, high: None }),
            Self::Absent(_) => None,
        }
    }

    /// Sum of two numbers: exact where both are, else the interval of the sums; `None` where one is absent or the sum
    /// cannot be represented.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        if let (Some(left), Some(right)) = (self.exact_value(), other.exact_value()) {
            return left.checked_add(right).map(Self::exact);
        }
        let sum = self.interval()?.plus(other.interval()?)?;
        Some(match sum.high {
            Some(_) => Self::Range(Box::new(sum)),
            None => Self::at_least(sum.low),
        })
    }

    /// The printed number, or the middle of a range; `None` for a lower bound or an absence.
    pub fn point(&self) -> Option<Decimal> {
        match self {
            Self::Exact(value) => Some(value.decimal()),
            Self::Rounded(rounded) => Some(rounded.value),
            Self::Range(interval) => interval.low.checked_add(interval.high?)?.checked_div(Decimal::TWO),
            Self::LowerBound(_) | Self::Absent(_) => None,
        }
    }

    /// [`Quantity::point`] for statistics, where the last digits do not matter.
    #[inline]
    pub fn approximate(&self) -> Option<f64> {
        match self {
            Self::Exact(value) => value.approximate(),
            _ => self.point()?.to_f64(),
        }
    }

    /// Width of the printed step: 0 where the number is exact.
    pub fn step(&self) -> Decimal {
        match self {
            Self::Rounded(rounded) => rounded.step,
            Self::Range(interval) => interval.high.map_or(Decimal::ZERO, |high| high - interval.low),
            _ => Decimal::ZERO,
        }
    }

    /// [`Quantity::step`] for statistics.
    pub fn approximate_step(&self) -> f64 {
        match self {
            Self::Exact(_) => 0.0,
            _ => self.step().to_f64().unwrap_or(0.0),
        }
    }

    /// Whether it stands for a number that is no whole one.
    #[inline]
    pub fn is_fraction(&self) -> bool {
        match self {
            Self::Exact(value) => value.is_fraction(),
            Self::Rounded(rounded) => rounded.step < Decimal::ONE && !rounded.value.is_integer(),
            _ => false,
        }
    }

    /// The number, where it is printed in full.
    #[inline]
    pub fn exact_value(&self) -> Option<Decimal> {
        match self {
            Self::Exact(value) => Some(value.decimal()),
            _ => None,
        }
    }

    /// The number, where it is an exact whole one.
    #[inline]
    pub fn exact_count(&self) -> Option<i64> {
        match self {
            Self::Exact(value) => value.whole(),
            _ => None,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(value) => formatter.write_str(&grouped(value.decimal())),
            Self::Rounded(rounded) => {
                write!(formatter, "{} (to the nearest {})", grouped(rounded.value), grouped(rounded.step))
            }
            Self::Range(interval) => write!(formatter, "{interval}"),
            Self::LowerBound(low) => write!(formatter, "at least {}", grouped(**low)),
            Self::Absent(absence) => formatter.write_str(absence.words()),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.high {
            Some(high) if high == self.low => formatter.write_str(&grouped(high)),
            Some(high) => write!(formatter, "{} to {}", grouped(self.low), grouped(high)),
            None => write!(formatter, "at least {}", grouped(self.low)),
        }
    }
}

impl Absence {
    /// The absence with this name, as documents write it.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "suppressed" => Some(Self::Suppressed),
            "not_reported" => Some(Self::NotReported),
            "not_applicable" => Some(Self::NotApplicable),
            _ => None,
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::NotReported => "not reported",
            Self::NotApplicable => "not applicable",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Largest number that is read, 10²¹: no count of anything on any platform comes near it, and the sum of as many such
/// numbers as a file can hold can still be represented.
pub const LARGEST: Decimal = Decimal::from_parts(3_735_027_712, 902_409_669, 54, false, 0);

/// Why a text is not a number that candor can keep exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    /// It is not written as a plain decimal number.
    NotANumber,
    /// It has more than 28 significant digits.
    TooManyDigits,
    /// It is larger than [`LARGEST`].
    TooLarge,
}

/// Reads a plain decimal number (`-12`, `0.25`, `1.5e6`) with every digit kept.
///
/// # Errors
/// Where the text is something else, or has more digits than can be kept.
pub fn parse_number(text: &str) -> Result<Decimal, NumberFault> {
    if let Some(count) = parse_count(text) {
        return Ok(Decimal::from(count));
    }
    if !is_plain_number(text) {
        return Err(NumberFault::NotANumber);
    }
    let parsed: Result<Decimal, _> = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text)
    } else {
        Decimal::from_str_exact(text.strip_prefix('+').unwrap_or(text))
    };
    let value = parsed.map_err(|_| NumberFault::TooManyDigits)?;
    if value.abs() > LARGEST { Err(NumberFault::TooLarge) } else { Ok(value) }
}

/// Reads the whole number that at most 18 digits make, and nothing else: most cells hold one, and need no general parser.
#[inline]
pub fn parse_count(text: &str) -> Option<i64> {
    if !(1..=18).contains(&text.len()) {
        return None;
    }
    let mut number = 0;
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

fn is_plain_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && digits(exponent)
        && !exponent.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        parse_number(text).unwrap()
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(LARGEST.to_string(), format!("1{}", "0".repeat(21)));
        assert_eq!(parse_number("1000000000000000000001"), Err(NumberFault::TooLarge));
        for text in ["0", "36210368", "-12", "0.9470000000000001", "123456789012345678901.2345678"] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("1.5e6"), Decimal::from(1_500_000));
        assert_eq!(parse_number("123456789012345678901234567890"), Err(NumberFault::TooManyDigits));
        assert_eq!(parse_number("1e400"), Err(NumberFault::TooManyDigits));
        for text in ["", "-", ".", "1,000", "1 000", "4%", "0x10", "NaN", "1e", "１"] {
            assert_eq!(parse_number(text), Err(NumberFault::NotANumber), "{text}");
        }
    }

    #[test]
    fn a_rounded_number_is_the_interval_that_rounds_to_it() {
        let rounded = Quantity::rounded(number("29200000"), number("100000"));
        let interval = rounded.interval().unwrap();
        assert_eq!((interval.low, interval.high), (number("29150000"), Some(number("29250000"))));
        assert!(interval.meets(Interval::point(number("29250000"))));
        assert!(!interval.meets(Interval::point(number("29250001"))));
        assert!(interval.is_below(Interval { low: number("29250001"), high: None }));
    }

    #[test]
    fn the_largest_number_is_read_and_none_beyond_it() {
        let largest = LARGEST.to_string();
        assert_eq!(parse_number(&largest), Ok(LARGEST));
        assert_eq!(parse_number(&format!("-{largest}")), Ok(-LARGEST));
        assert_eq!(parse_number(&format!("{largest}.1")), Err(NumberFault::TooLarge));
    }

    #[test]
    fn a_quantity_has_a_point_a_step_and_words() {
        let range = |low: &str, high: Option<&str>| {
            Quantity::Range(Box::new(Interval { low: number(low), high: high.map(number) }))
        };
        let cases = [
            (Quantity::exact(number("1234.5")), Some("1234.5"), "0", "1,234.5"),
            (
                Quantity::rounded(number("29200000"), number("100000")),
                Some("29200000"),
                "100000",
                "29,200,000 (to the nearest 100,000)",
            ),
            (Quantity::rounded(number("7"), Decimal::ZERO), Some("7"), "0", "7"),
            (range("2", Some("5")), Some("3.5"), "3", "2 to 5"),
            (range("4", Some("4")), Some("4"), "0", "4"),
            (range("4", None), None, "0", "at least 4"),
            (Quantity::at_least(number("1000")), None, "0", "at least 1,000"),
            (Quantity::Absent(Absence::Suppressed), None, "0", "suppressed"),
            (Quantity::Absent(Absence::Unreadable), None, "0", "unreadable"),
        ];
        for (quantity, point, step, words) in cases {
            assert_eq!(quantity.point(), point.map(number), "{quantity:?}");
            assert_eq!(quantity.approximate(), point.map(|point| point.parse().unwrap()), "{quantity:?}");
            assert_eq!(quantity.step(), number(step), "{quantity:?}");
            assert_eq!(quantity.approximate_step(), step.parse::<f64>().unwrap(), "{quantity:?}");
            assert_eq!(quantity.to_string(), words);
        }
        // Digits that an integer of the processor does not hold.
        assert_eq!(Quantity::exact(LARGEST).approximate(), Some(1e21));
    }

    #[test]
    fn only_an_exact_whole_number_is_a_count() {
        let count = |text: &str| Quantity::exact(number(text)).exact_count();
        assert_eq!(
            [count("12"), count("12.0"), count("-3"), count("0")],
            [Some(12), Some(12), Some(-3), Some(0)]
        );
        assert_eq!([count("12.5"), count("1000000000000000000000")], [None, None]);
        assert_eq!(Quantity::rounded(number("12"), Decimal::TEN).exact_count(), None);
    }

    #[test]
    fn a_fraction_is_what_no_whole_number_of_its_step_can_be() {
        let rounded = |value: &str, step: &str| Quantity::rounded(number(value), number(step));
        for (quantity, expected) in [
            (Quantity::exact(number("12.5")), true),
            (Quantity::exact(number("12.0")), false),
            (Quantity::count(12), false),
            (rounded("12.5", "0.1"), true),
            (rounded("12.0", "0.1"), false),
            (rounded("12.5", "1"), false),
            (rounded("12", "10"), false),
            (Quantity::at_least(number("0.5")), false),
            (Quantity::Absent(Absence::Suppressed), false),
        ] {
            assert_eq!(quantity.is_fraction(), expected, "{quantity:?}");
        }
    }

    #[test]
    fn a_count_is_read_from_digits_alone() {
        let digits = "123456789012345678";
        for text in
            ["0", "007", "36210368", digits, "1234567890123456789", "", "-1", "+1", "1.0", "1e3", "１", "1 "]
        {
            let is_count = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            assert_eq!(parse_count(text), is_count.then(|| text.parse().unwrap()), "{text}");
        }
        assert_eq!(Quantity::count(-5), Quantity::exact(number("-5")));
        assert_eq!(Quantity::count(7).exact_value(), Some(number("7")));
        assert_eq!(Quantity::at_least(number("7")).exact_value(), None);
    }

    #[test]
    fn documents_name_the_absences_that_a_publisher_can_mean() {
        for absence in [Absence::Suppressed, Absence::NotReported, Absence::NotApplicable] {
            assert_eq!(Absence::parse(&absence.words().replace(' ', "_")), Some(absence));
        }
        assert_eq!(Absence::parse(Absence::Unreadable.words()), None);
    }

    #[test]
    fn the_open_end_stays_open_in_sums() {
        let at_least = Quantity::at_least(Decimal::TEN).interval().unwrap();
        let sum = at_least.plus(Interval::point(Decimal::ONE)).unwrap();
        assert_eq!((sum.low, sum.high), (Decimal::from(11), None));
        assert!(sum.meets(Interval::point(Decimal::from(1000))) && !sum.meets(Interval::point(Decimal::TEN)));
    }
}
