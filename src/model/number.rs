//! Decimal numbers in little room: a large disclosure holds millions of them.

use std::fmt;
use std::hash::{Hash, Hasher};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A decimal number with every digit that was printed. Those of at most 18 digits, nearly all, stand where they are,
/// the others elsewhere in memory. A zero of few digits has no sign.
#[derive(Clone)]
pub struct Number(Digits);

#[derive(Clone)]
enum Digits {
    /// `mantissa` / 10^`scale`.
    Few {
        scale: u8,
        mantissa: i64,
    },
    Many(Box<Decimal>),
}

impl Number {
    /// A whole number.
    #[inline]
    pub const fn of_whole(number: i64) -> Self {
        Self(Digits::Few { scale: 0, mantissa: number })
    }

    /// The number to calculate with.
    #[inline]
    pub fn decimal(&self) -> Decimal {
        match &self.0 {
            Digits::Few { scale: 0, mantissa } => Decimal::from(*mantissa),
            Digits::Few { scale, mantissa } => Decimal::new(*mantissa, u32::from(*scale)),
            Digits::Many(decimal) => **decimal,
        }
    }

    /// The number for statistics, where the last digits do not matter.
    #[inline]
    pub fn approximate(&self) -> Option<f64> {
        match self.0 {
            Digits::Few { scale: 0, mantissa } => Some(mantissa as f64),
            _ => self.decimal().to_f64(),
        }
    }

    /// The number, where it is a whole one; `None` also where it has more digits than an `i64`.
    #[inline]
    pub fn whole(&self) -> Option<i64> {
        match self.0 {
            Digits::Few { scale: 0, mantissa } => Some(mantissa),
            _ => Some(self.decimal()).filter(Decimal::is_integer)?.to_i64(),
        }
    }

    /// Whether there is something but zeros behind its decimal point.
    #[inline]
    pub fn is_fraction(&self) -> bool {
        !matches!(self.0, Digits::Few { scale: 0, .. }) && !self.decimal().is_integer()
    }
}

impl From<Decimal> for Number {
    #[inline]
    fn from(decimal: Decimal) -> Self {
        Self(match (i64::try_from(decimal.mantissa()), u8::try_from(decimal.scale())) {
            (Ok(mantissa), Ok(scale)) => Digits::Few { scale, mantissa },
            _ => Digits::Many(Box::new(decimal)),
        })
    }
}

impl PartialEq for Number {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (
                Digits::Few { scale, mantissa },
                Digits::Few { scale: other_scale, mantissa: other_mantissa },
            ) if scale == other_scale => mantissa == other_mantissa,
            _ => self.decimal() == other.decimal(),
        }
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<State: Hasher>(&self, state: &mut State) {
        self.decimal().hash(state);
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher, RandomState};

    #[test]
    fn every_digit_is_kept() {
        for text in
            ["0", "-0", "0.00", "12", "12.0", "-3", "0.947", "9223372036854775807", "9223372036854775808"]
                .into_iter()
                .chain(["-0.0", "123456789012345678901.2345678", "0.0000000000000000000000000001"])
        {
            let decimal: Decimal = text.parse().unwrap();
            let number = Number::from(decimal);
            assert_eq!(number.decimal().to_string(), decimal.to_string());
            assert_eq!(format!("{number:?}"), format!("{decimal:?}"));
            assert_eq!(number.approximate(), decimal.to_f64(), "{text}");
            assert_eq!(
                number.whole(),
                Some(decimal).filter(Decimal::is_integer).and_then(|one| one.to_i64())
            );
            assert_eq!(number.is_fraction(), !decimal.is_integer(), "{text}");
        }
    }

    #[test]
    fn numbers_are_equal_where_their_values_are() {
        let hasher = RandomState::new();
        let number = |text: &str| Number::from(text.parse::<Decimal>().unwrap());
        for (left, right, same) in [
            ("12", "12.0", true),
            ("0", "-0.0", true),
            ("12", "12", true),
            ("12", "13", false),
            ("9223372036854775808", "9223372036854775808.0", true),
            ("9223372036854775808", "-9223372036854775808", false),
            ("1.2", "12", false),
        ] {
            assert_eq!(number(left) == number(right), same, "{left} and {right}");
            if same {
                assert_eq!(
                    hasher.hash_one(number(left)),
                    hasher.hash_one(number(right)),
                    "{left} and {right}"
                );
            }
        }
    }
}
