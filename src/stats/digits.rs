//! The digits of a figure: what it would be if a slip in writing them were undone, and how far it is printed.

use rust_decimal::Decimal;

/// How a figure and the one that was meant differ in writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Two neighbouring digits stand the other way round.
    Transposed,
    /// A digit stands there twice.
    Doubled,
    /// One of two equal digits is missing.
    Dropped,
}

/// Figures that one slip of the hand turns into this one. Zeros at the end are the publisher's rounding and stay; a
/// number of more than 15 digits has none.
pub fn meant(value: f64) -> Vec<(Slip, f64)> {
    if !(10.0..1e15).contains(&value) || value.fract() != 0.0 {
        return Vec::new();
    }
    let text = format!("{value:.0}");
    let significant = text.trim_end_matches('0');
    let zeros = "0".repeat(text.len() - significant.len());
    let digits = significant.as_bytes();
    let mut found = Vec::new();
    let mut add = |slip: Slip, digits: Vec<u8>| {
        let is_number = digits.first().is_some_and(|first| *first != b'0');
        let text = String::from_utf8(digits).unwrap_or_default();
        if let Some(meant) = format!("{text}{zeros}").parse().ok().filter(|_| is_number) {
            found.push((slip, meant));
        }
    };
    for place in 1..digits.len() {
        let mut other = digits.to_vec();
        if digits[place] == digits[place - 1] {
            other.remove(place);
            add(Slip::Doubled, other);
        } else {
            other.swap(place, place - 1);
            add(Slip::Transposed, other);
        }
    }
    for place in 0..digits.len() {
        let mut other = digits.to_vec();
        other.insert(place, digits[place]);
        add(Slip::Dropped, other);
    }
    found
}

/// Digits beyond these are what a computer's arithmetic leaves, and nobody's precision.
const SIGNIFICANT: u32 = 12;

/// The place of the last digit that is not zero, as a power of ten: 3 of 418,000, 0 of 418,001 and −2 of 0.45; none of
/// zero.
pub fn last_place(value: Decimal) -> Option<i32> {
    let value = if value.scale() >= SIGNIFICANT { value.round_sf(SIGNIFICANT)? } else { value };
    let (mut mantissa, mut place) = (value.mantissa(), -(value.scale() as i32));
    // Nearly all fit a register.
    if let Ok(mut small) = i64::try_from(mantissa) {
        while small != 0 && small % 10 == 0 {
            small /= 10;
            place += 1;
        }
        return (small != 0).then_some(place);
    }
    while mantissa % 10 == 0 {
        mantissa /= 10;
        place += 1;
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digit_that_is_not_zero() {
        let place = |text: &str| last_place(text.parse().unwrap());
        assert_eq!((place("418000"), place("418001"), place("0.450")), (Some(3), Some(0), Some(-2)));
        assert_eq!((place("0"), place("0.9470000000000001"), place("-20")), (None, Some(-3), Some(1)));
        assert_eq!(place("120000000000000000000000"), Some(22));
    }

    #[test]
    fn slips_are_undone() {
        assert!(meant(58_213.0).contains(&(Slip::Transposed, 58_231.0)));
        assert!(meant(1_223.0).contains(&(Slip::Doubled, 123.0)));
        assert!(meant(123.0).contains(&(Slip::Dropped, 1_223.0)));
        assert!(meant(25_600_000.0).contains(&(Slip::Transposed, 52_600_000.0)));
        assert!(meant(25_600_000.0).iter().all(|(_, meant)| meant % 100_000.0 == 0.0));
        assert!(meant(7.0).is_empty() && meant(12.5).is_empty());
        // No figure begins with a zero.
        assert!(meant(101.0).iter().all(|(_, meant)| *meant != 11.0 || format!("{meant}").len() == 2));
    }
}
