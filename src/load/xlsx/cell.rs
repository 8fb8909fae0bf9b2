//! What the value of a cell is written as: what a reader of the sheet sees, without what only looks nice.
//!
//! Numbers keep all their digits, whatever the format shows of them; a percent format is part of what a number means and
//! is kept.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime, XlsxFormulaMetadata};

/// Days from which on a serial number is no date: the first of January 10000.
const END_OF_DATES: f64 = 2_958_466.0;

/// The text of a value; empty where there is none.
pub fn text<'a>(value: &DataRef<'a>, is_percent: bool) -> Cow<'a, str> {
    match value {
        DataRef::Empty => Cow::Borrowed(""),
        DataRef::SharedString(text) => one_line(Cow::Borrowed(*text)),
        DataRef::String(text) => one_line(Cow::Owned(text.clone())),
        DataRef::Int(number) => Cow::Owned(number.to_string()),
        DataRef::Float(number) => Cow::Owned(decimal(*number, is_percent)),
        DataRef::Bool(true) => Cow::Borrowed("TRUE"),
        DataRef::Bool(false) => Cow::Borrowed("FALSE"),
        DataRef::DateTime(moment) => Cow::Owned(date(moment)),
        DataRef::DateTimeIso(text) => {
            one_line(Cow::Owned(text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()))
        }
        DataRef::DurationIso(text) => one_line(Cow::Owned(text.clone())),
        DataRef::Error(error) => Cow::Owned(error.to_string()),
    }
}

/// The largest whole number up to which a workbook keeps every one apart, 2⁵³: its numbers are binary floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a number may have been another one when it was typed.
pub fn is_inexact(value: &DataRef<'_>) -> bool {
    matches!(value, DataRef::Float(number) if number.abs() >= EXACT)
}

/// A formula as it is typed; of one that is shared with other cells only the first has its words.
pub fn formula(formula: &XlsxFormulaMetadata) -> String {
    let words = match formula {
        XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => formula,
        _ => "(a formula shared with cells before)",
    };
    one_line(Cow::Borrowed(&format!("={words}"))).into_owned()
}

/// A text with a blank in place of every line break.
fn one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(['\r', '\n']) {
        Cow::Owned(text.replace("\r\n", " ").replace(['\r', '\n'], " "))
    } else {
        text
    }
}

/// The shortest decimal that is this number; as a percentage where its format says so.
fn decimal(number: f64, is_percent: bool) -> String {
    // Adding zero takes the sign off a negative zero.
    let decimal = (number + 0.0).to_string();
    if is_percent && number.is_finite() { format!("{}%", times_hundred(&decimal)) } else { decimal }
}

/// Moves the point of a decimal by two digits: a product of floats would not be exact.
fn times_hundred(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (moved, rest) = fraction.split_at(fraction.len().min(2));
    let whole = format!("{whole}{moved:0<2}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}")
}

/// Whether a number format shows percentages: a percent sign in its first section that is no literal text.
pub fn is_percent(format: &str) -> bool {
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        let closing = match character {
            '%' => return true,
            ';' => return false,
            '\\' | '_' | '*' => {
                characters.next();
                continue;
            }
            '"' => '"',
            '[' => ']',
            _ => continue,
        };
        characters.by_ref().find(|character| *character == closing);
    }
    false
}

/// A date, with the time where it is not midnight; a time alone; or a duration in hours.
fn date(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    if !(0.0..END_OF_DATES).contains(&serial) {
        return decimal(serial, false);
    }
    if moment.is_duration() {
        let seconds = (serial * 86_400.0).round() as u64;
        return format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    match (serial < 1.0, time.as_str()) {
        (true, _) => time,
        (false, "00:00:00") => format!("{year:04}-{month:02}-{day:02}"),
        (false, _) => format!("{year:04}-{month:02}-{day:02}T{time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_shortest_decimals() {
        for (number, expected) in [
            (100.0, "100"),
            (-0.0, "0"),
            (0.947_000_000_000_000_1, "0.9470000000000001"),
            (920_793.0, "920793"),
            (1e21, "1000000000000000000000"),
            (0.000_000_1, "0.0000001"),
            (-2.5, "-2.5"),
        ] {
            assert_eq!(decimal(number, false), expected);
        }
    }

    #[test]
    fn percentages_are_exact() {
        for (number, expected) in [
            (0.998, "99.8%"),
            (0.0056, "0.56%"),
            (1.0, "100%"),
            (0.0, "0%"),
            (0.29, "29%"),
            (0.1, "10%"),
            (-0.005, "-0.5%"),
            (12.345_6, "1234.56%"),
            (0.000_01, "0.001%"),
            (0.07, "7%"),
        ] {
            assert_eq!(decimal(number, true), expected);
        }
    }

    #[test]
    fn a_percent_sign_counts_where_it_is_no_text() {
        for format in ["0%", "0.0%", "#,##0.00 %", "0.0%;-0.0%", "[Red]0%", "\"about \"0%"] {
            assert!(is_percent(format), "{format}");
        }
        for format in ["General", "0", "0\"%\"", "0\\%", "0;0%", "[$%-409]0", "0_%", "\"50%"] {
            assert!(!is_percent(format), "{format}");
        }
    }
}
