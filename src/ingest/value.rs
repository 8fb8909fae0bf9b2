//! What a single value says: a number, a range, an absence, or something that is none of these.

use rust_decimal::Decimal;

use crate::load::{Kind, Node};
use crate::model::{Absence, Interval, NumberFault, ProblemKind, Quantity, parse_number};

/// Why a text is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind of problem.
    pub kind: ProblemKind,
    /// What is the matter.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
}

/// Reads a number from text.
///
/// # Errors
/// Says what stands there instead, and what it could have been meant to be.
pub fn number(text: &str) -> Result<Decimal, Fault> {
    parse_number(text).map_err(|fault| {
        let mut fault = number_fault(text, fault);
        fault.help = fault.help.or_else(|| mending(text.trim()));
        fault
    })
}

/// What is wrong with a text that is no number that can be kept, whatever it is written in.
pub fn number_fault(text: &str, fault: NumberFault) -> Fault {
    let trimmed = text.trim();
    let (kind, message, help) = match fault {
        NumberFault::TooManyDigits => (
            ProblemKind::UnparsableValue,
            format!("`{}` has more digits than candor can keep exactly (28)", shortened(text)),
            Some("round it, and state the step as `rounded_to`"),
        ),
        NumberFault::TooLarge => (
            ProblemKind::UnparsableValue,
            format!("`{}` is larger than candor compares (10²¹)", shortened(text)),
            None,
        ),
        NumberFault::NotANumber if is_placeholder(trimmed) => (
            ProblemKind::Placeholder,
            format!("the placeholder `{}` was left in", shortened(trimmed)),
            Some("put the figure there, or state why there is none (`kind: not_reported`)"),
        ),
        NumberFault::NotANumber => (
            ProblemKind::UnparsableValue,
            format!("`{}` stands where a number belongs", shortened(text)),
            None,
        ),
    };
    Fault { kind, message, help: help.map(str::to_owned) }
}

/// A text that a template, a spreadsheet or a hurried person leaves where a figure or a period should come.
pub fn is_placeholder(text: &str) -> bool {
    if text.split_once('/').is_some_and(|(start, end)| is_placeholder(start) && is_placeholder(end)) {
        return true;
    }
    let upper = text.to_ascii_uppercase();
    let spreadsheet = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"];
    let words = ["TBD", "TBC", "TODO", "XXX", "FIXME", "YYYY-MM-DD", "YYYY", "LOREM IPSUM"];
    (text.contains("{{") && text.contains("}}"))
        || (text.starts_with("${") && text.ends_with('}'))
        || (text.starts_with("<%") && text.ends_with("%>"))
        || spreadsheet.contains(&upper.as_str())
        || words.contains(&upper.as_str())
}

fn mending(text: &str) -> Option<String> {
    let marks = ['*', '†', '‡', '¹', '²', '³'];
    let unmarked = text.trim_end_matches(marks);
    let plain = without_separators(unmarked);
    match (plain, unmarked.len() < text.len()) {
        (Some(plain), true) => Some(format!("write {plain} and put the footnote into `note`")),
        (Some(plain), false) => Some(format!("write {plain}, without thousands separators")),
        (None, true) if parse_number(unmarked).is_ok() => {
            Some(format!("write {unmarked} and put the footnote into `note`"))
        }
        _ if text.ends_with('%') => Some("write the share as a fraction: 0.25 for 25 %".to_owned()),
        _ if is_absence_word(text) => {
            Some("state the absence: `kind: not_reported`, `suppressed` or `not_applicable`".to_owned())
        }
        _ if parse_number(text).is_ok() => Some(format!("write {text} without spaces around it")),
        _ => None,
    }
}

fn is_absence_word(text: &str) -> bool {
    ["n/a", "na", "-", "--", "–", "none", "null", "not reported", "not applicable", "suppressed", ""]
        .contains(&text.to_ascii_lowercase().as_str())
}

/// The digits of a number that is written with commas between groups of three; `None` where it is not.
pub fn without_separators(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = whole.contains(',')
        && digits(first)
        && first.len() <= 3
        // `0,975` is a decimal comma.
        && !first.starts_with('0')
        && groups.all(|group| digits(group) && group.len() == 3)
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| text.replace(',', ""))
}

/// The beginning of a text, for a message.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The parts of a value as texts, from an object or from the cells of a row.
#[derive(Default)]
pub struct Parts<'a> {
    pub value: Option<&'a str>,
    pub rounded_to: Option<&'a str>,
    pub low: Option<&'a str>,
    pub high: Option<&'a str>,
    pub kind: Option<&'a str>,
}

impl Parts<'_> {
    /// Puts the parts together.
    ///
    /// # Errors
    /// Where a part is no number, or a kind lacks the number that it speaks of.
    pub fn quantity(&self, rounded_to: Option<Decimal>) -> Result<Quantity, Fault> {
        let read = |text: Option<&str>| text.map(number).transpose();
        let (value, low, high) = (read(self.value)?, read(self.low)?, read(self.high)?);
        let own = read(self.rounded_to)?;
        let step = match self.kind {
            Some("exact") => own,
            Some("rounded") => own.or(rounded_to).or(value.map(printed_step)),
            _ => own.or(rounded_to),
        };
        match (self.kind, value, low, high) {
            (Some("suppressed"), ..) => Ok(Quantity::Absent(Absence::Suppressed)),
            (Some("not_reported"), ..) => Ok(Quantity::Absent(Absence::NotReported)),
            (Some("not_applicable"), ..) => Ok(Quantity::Absent(Absence::NotApplicable)),
            (Some("lower_bound"), Some(low), ..) | (_, None, Some(low), None) => Ok(Quantity::at_least(low)),
            (_, None, Some(low), Some(high)) if low <= high => {
                Ok(Quantity::Range(Box::new(Interval { low, high: Some(high) })))
            }
            (_, None, Some(_), Some(_)) => {
                Err(fault("the low end of this range is above its high end", "swap `low` and `high`"))
            }
            (_, None, None, Some(high)) => {
                Ok(Quantity::Range(Box::new(Interval { low: Decimal::ZERO, high: Some(high) })))
            }
            (_, Some(value), ..) => {
                Ok(step.map_or_else(|| Quantity::exact(value), |step| Quantity::rounded(value, step)))
            }
            (Some(_), None, None, None) => {
                Err(fault("this value has a kind but no number", "add `value`, or `low` and `high`"))
            }
            (None, None, None, None) => Ok(Quantity::Absent(Absence::NotReported)),
        }
    }
}

/// The largest power of ten, from one up, that divides a number: the step that a rounded number suggests.
fn printed_step(value: Decimal) -> Decimal {
    let mut step = Decimal::ONE;
    while !value.is_zero() && step < value.abs() && (value % (step * Decimal::TEN)).is_zero() {
        step *= Decimal::TEN;
    }
    step
}

/// Counts, shares and durations are not negative.
///
/// # Errors
/// Where one is.
pub fn not_negative(quantity: Quantity) -> Result<Quantity, Fault> {
    match quantity.point() {
        Some(value) if value < Decimal::ZERO => Err(Fault {
            kind: ProblemKind::Schema,
            message: format!("`{value}` is below zero"),
            help: Some("a published count, share or duration is zero or more".to_owned()),
        }),
        _ => Ok(quantity),
    }
}

fn fault(message: &str, help: &str) -> Fault {
    Fault { kind: ProblemKind::UnparsableValue, message: message.to_owned(), help: Some(help.to_owned()) }
}

/// A scalar as a number where it is one.
pub fn plain_number(node: Node<'_>) -> Option<Decimal> {
    (node.kind() == Kind::Number).then(|| parse_number(&node.text()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_say_what_would_mend_them() {
        let help = |text: &str| number(text).err().and_then(|fault| fault.help).unwrap_or_default();
        assert!(help("20,512,803").starts_with("write 20512803"));
        assert!(help("15,935*").contains("15935") && help("15,935*").contains("note"));
        assert!(help("12%").contains("fraction"));
        assert!(help("N/A").contains("not_reported"));
        for text in ["TBD", "{{ reports }}", "#REF!", "yyyy-mm-dd", "${total}"] {
            assert_eq!(number(text).err().map(|fault| fault.kind), Some(ProblemKind::Placeholder), "{text}");
        }
    }

    #[test]
    fn separators_are_commas_between_groups_of_three() {
        assert_eq!(without_separators("1,234,567.5").as_deref(), Some("1234567.5"));
        assert_eq!(without_separators("-1,234").as_deref(), Some("-1234"));
        for text in ["0,975", "1234", "12,34", "1,2345", ",123", "1234,567", "1,23a"] {
            assert_eq!(without_separators(text), None, "{text}");
        }
    }

    #[test]
    fn parts_make_quantities() {
        let range = Parts { low: Some("0"), high: Some("249"), ..Parts::default() };
        assert_eq!(range.quantity(None).ok().unwrap().to_string(), "0 to 249");
        let absent = Parts { kind: Some("suppressed"), ..Parts::default() };
        assert_eq!(absent.quantity(None).ok().unwrap(), Quantity::Absent(Absence::Suppressed));
        let rounded = Parts { value: Some("29200000"), rounded_to: Some("100000"), ..Parts::default() };
        assert_eq!(rounded.quantity(None).ok().unwrap().step(), Decimal::from(100_000));
        let implied = Parts { value: Some("2500"), kind: Some("rounded"), ..Parts::default() };
        assert_eq!(implied.quantity(None).ok().unwrap().step(), Decimal::from(100));
        let exact = Parts { value: Some("2500"), kind: Some("exact"), ..Parts::default() };
        assert_eq!(exact.quantity(Some(Decimal::TEN)).ok().unwrap().step(), Decimal::ZERO);
    }
}
