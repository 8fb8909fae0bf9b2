//! What a figure would be if a slip in writing its digits were undone.

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

#[cfg(test)]
mod tests {
    use super::*;

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
