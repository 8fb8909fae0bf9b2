use rust_decimal::Decimal;

use super::name_of;
use crate::diag::{Finding, Level, Location, grouped, quantity_of, signed};
use crate::model::{Dataset, Interval, Observation, Quantity};
use crate::rule::{Context, Need, Sink};
use crate::rules::breakdown::{Total, totals};

crate::declare_rule! {
    /// A total outside the sum of its parts.
    ///
    /// Every printed number stands for the interval that rounds to it; the total and the sum of its parts disagree
    /// where the two intervals have no number in common (XBRL Calculations 1.1, 2023). An error where all figures are
    /// exact, a warning where rounding is involved. A part that is not reported only bounds the sum from below.
    ///
    /// Where changing one digit of one cell would make the sum hold, and of no other, the finding points at that
    /// cell: possibly, not certainly, the one to mend.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Nudity, values: {2024: 1002}}
    ///   - {category: Violence, values: {2024: 297}}
    ///   - {category: All, total_of: categories, values: {2024: 1298}}
    /// ```
    "TR201" "sum-mismatch" Error;
    needs [Need::Totals];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    for total in totals(context.dataset)
        .iter()
        .filter(|total| total.is_additive() && total.all_parts && !total.parts.is_empty())
    {
        let Some(whole) = total.whole.quantity.interval() else { continue };
        // A part that cannot be read could be anything.
        let Some(sum) = bounded_sum(&total.parts) else { continue };
        sink.examined(1);
        if !sum.meets(whole) {
            report(context.dataset, sink, total, sum, whole);
        }
    }
    sink.nothing_to_check("no total whose parts are all stated and add up");
}

/// Sum of the parts; a part that is withheld or not reported adds zero or more.
fn bounded_sum(parts: &[&Observation]) -> Option<Interval> {
    use crate::model::Absence;
    parts.iter().try_fold(Interval::point(Decimal::ZERO), |sum, part| {
        let part = match &part.quantity {
            Quantity::Absent(Absence::Unreadable) => return None,
            Quantity::Absent(Absence::NotApplicable) => Interval::point(Decimal::ZERO),
            Quantity::Absent(_) => Interval { low: Decimal::ZERO, high: None },
            quantity => quantity.interval()?,
        };
        sum.plus(part)
    })
}

fn report(dataset: &Dataset, sink: &mut Sink, total: &Total<'_>, sum: Interval, whole: Interval) {
    let exact = sum.is_point() && whole.is_point();
    let count = quantity_of(total.parts.len(), "part");
    let subject = total.key.finding_subject(Some(total.whole.period));
    let message = format!(
        "{} of {} {} to {sum}, while the total is stated as {}",
        count,
        total.whole.period,
        if total.parts.len() == 1 { "sums" } else { "sum" },
        total.whole.quantity
    );
    let suspect = exact.then(|| suspect_part(total, sum.low, whole.low)).flatten();
    let label = format!("total: {}", total.whole.quantity);
    let mut finding = match suspect {
        Some((part, _)) => sink
            .finding(subject, message, part.origin.location(), part.quantity.to_string())
            .related(total.whole.origin.location(), label)
            .cause(part.origin.location()),
        None => {
            sink.finding(subject, message, total.whole.origin.location(), label).cause(cause(total, whole))
        }
    };
    if exact {
        finding = finding.note("differs", format!("by {}", signed(whole.low - sum.low)));
    } else if total
        .parts
        .iter()
        .chain([&total.whole])
        .any(|one| one.quantity.interval().is_some_and(|one| !one.is_point()))
    {
        finding.level = Level::Warning;
    }
    finding = explain(dataset, finding, total, sum.low, whole.low, exact, suspect);
    finding.evidence.method = "interval-sum";
    finding.evidence.observed = Some(total.whole.quantity.to_string());
    finding.evidence.expected = Some(sum.to_string());
    sink.push(finding);
}

/// The cell to mend where no digit gives it away: a part that alone exceeds the total, else the total.
fn cause(total: &Total<'_>, whole: Interval) -> Location {
    let exceeds = |part: &&&Observation| part.quantity.interval().is_some_and(|part| whole.is_below(part));
    total.parts.iter().find(exceeds).unwrap_or(&total.whole).origin.location()
}

fn explain(
    dataset: &Dataset,
    finding: Finding,
    total: &Total<'_>,
    sum: Decimal,
    whole: Decimal,
    exact: bool,
    suspect: Option<(&Observation, Decimal)>,
) -> Finding {
    if !exact {
        return finding;
    }
    if let Some((part, needed)) = suspect {
        let name = name_of(dataset, part);
        return finding
            .help(format!("the sum would hold if {name} were {}, one digit away", grouped(needed)));
    }
    let residual = (whole - sum).abs();
    let equal = total.parts.iter().find(|part| part.quantity.point() == Some(residual));
    match equal {
        Some(part) if whole < sum => finding.help(format!(
            "{} is exactly the difference: it may be counted twice, or not belong here",
            name_of(dataset, part)
        )),
        _ if is_one_digit_away(whole, sum) => {
            finding.help(format!("the total would hold as {}, one digit away", grouped(sum)))
        }
        _ if sum < whole => finding.help("only stated parts are added: one may be missing"),
        _ => finding,
    }
}

/// The only part whose change by one digit would make the sum hold; none where the total itself is one digit away.
fn suspect_part<'d>(total: &Total<'d>, sum: Decimal, whole: Decimal) -> Option<(&'d Observation, Decimal)> {
    if is_one_digit_away(whole, sum) {
        return None;
    }
    let mut candidates = total.parts.iter().filter_map(|part| {
        let value = part.quantity.point()?;
        let needed = value + whole - sum;
        (needed >= Decimal::ZERO && is_one_digit_away(value, needed)).then_some((*part, needed))
    });
    candidates.next().filter(|_| candidates.next().is_none())
}

/// Whether one number becomes the other by inserting, dropping or replacing one digit, or by swapping two neighbours.
fn is_one_digit_away(left: Decimal, right: Decimal) -> bool {
    let (left, right) = (left.normalize().to_string(), right.normalize().to_string());
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left == right || left.len().abs_diff(right.len()) > 1 {
        return false;
    }
    let start = left.iter().zip(right).take_while(|(one, other)| one == other).count();
    let (left, right) = (&left[start..], &right[start..]);
    match left.len() as isize - right.len() as isize {
        0 => {
            left[1..] == right[1..]
                || (left.len() > 1 && left[0] == right[1] && left[1] == right[0] && left[2..] == right[2..])
        }
        1 => &left[1..] == right,
        _ => left == &right[1..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_digit_away() {
        let away = |left: i64, right: i64| is_one_digit_away(Decimal::from(left), Decimal::from(right));
        assert!(away(875_783, 87_578) && away(87_578, 875_783) && away(58_213, 58_231) && away(1_299, 1_298));
        assert!(!away(100, 100) && !away(1_299, 1_308) && !away(12, 1_234));
    }
}
