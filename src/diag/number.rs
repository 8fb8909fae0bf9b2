//! Numbers as they are written in messages: thousands separators, one decimal for percentages, a true minus sign.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A number with thousands separators: `36,210,368`, `0.9470`.
pub fn grouped(value: Decimal) -> String {
    group_digits(&value.to_string())
}

/// A measured number, rounded to a whole one from 100 on and to three significant digits below.
pub fn grouped_float(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 || value == value.trunc() {
        group_digits(&format!("{value:.0}"))
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// A number with so many digits behind the first, as probabilities are printed: more would suggest a precision that no
/// method has, and differ between machines.
pub fn to_digits(value: f64, digits: usize) -> f64 {
    format!("{value:.digits$e}").parse().unwrap_or(value)
}

/// A difference with its sign, which is never left out: `+769,430`, `−15,697,565`.
pub fn signed(value: Decimal) -> String {
    match (value.is_zero(), value.is_sign_negative()) {
        (true, _) => "±0".to_owned(),
        (_, true) => format!("−{}", grouped(value.abs())),
        _ => format!("+{}", grouped(value)),
    }
}

/// A share of one as a percentage with one decimal and sign: `−43.4 %`.
pub fn percent(share: f64) -> String {
    let text = format!("{:.1} %", (share * 100.0).abs());
    let text = match text.split_once('.') {
        Some((whole, rest)) if whole.len() > 3 => format!("{}.{rest}", group_digits(whole)),
        _ => text,
    };
    if share < 0.0 { format!("−{text}") } else { format!("+{text}") }
}

/// Relative change from one number to another as a percentage; `None` where the base is zero.
pub fn percent_change(from: Decimal, to: Decimal) -> Option<String> {
    let (from, to) = (from.to_f64()?, to.to_f64()?);
    (from != 0.0).then(|| percent(to / from - 1.0))
}

/// A count with its noun: `1 value`, `412 values`.
pub fn quantity_of(count: usize, noun: &str) -> String {
    let number = group_digits(&count.to_string());
    if count == 1 {
        return format!("{number} {noun}");
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{number} {stem}ies"),
        _ if noun.ends_with("series") => format!("{number} {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Names in a sentence: `a`, `a and b`, `a, b and c`; after `most` names the rest as a number.
pub fn listing(names: &[String], most: usize) -> String {
    let shown = names.len().min(most);
    let mut parts = names[..shown].to_vec();
    if names.len() > shown {
        parts.push(format!("{} more", names.len() - shown));
    }
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

fn group_digits(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
    let mut result = String::with_capacity(text.len() + digits.len() / 3 + 1);
    result.push_str(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    if let Some(fraction) = fraction {
        result.push('.');
        result.push_str(fraction);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_print() {
        assert_eq!(grouped(Decimal::from(36_210_368)), "36,210,368");
        assert_eq!(grouped(Decimal::from(-100)), "−100");
        assert_eq!(grouped(Decimal::new(1_234_567, 3)), "1,234.567");
        assert_eq!(signed(Decimal::from(-15_697_565)), "−15,697,565");
        assert_eq!(percent(-0.4335), "−43.4 %");
        assert_eq!(percent(12.345), "+1,234.5 %");
        assert_eq!(quantity_of(1, "series"), "1 series");
        assert_eq!(quantity_of(2, "entity"), "2 entities");
        assert_eq!(quantity_of(2, "key"), "2 keys");
        assert_eq!(listing(&["a".into(), "b".into(), "c".into()], 2), "a, b and 1 more");
    }
}
