use super::restated::{at_largest, reason};
use super::{Lineage, Pair, VINTAGES, evidence};
use crate::diag::{Evidence, Explanation, Finding, State, grouped, percent, quantity_of};
use crate::history::Change;
use crate::model::{Dataset, Period};
use crate::rule::{Context, Need, Parameter, Sink};
use crate::stats::robust::median;

crate::declare_rule! {
    /// Earlier numbers that a later release changes by much.
    ///
    /// Small revisions are usual where late decisions are added. A change of more than a twentieth, beyond what rounding
    /// allows, is what auditors look at first (the preliminary threshold that SEC Staff Accounting Bulletin 99 names, and
    /// no more than a first screen). The finding says how far back the changes reach, which part of the figures they
    /// touch, and how often they turn a published rise into a fall or the other way round. It stands within that on all
    /// changes of the release.
    ///
    /// ## Example
    ///
    /// ```yaml without restated
    /// vintage: {id: 2023-Q4}
    /// published: 2024-02-01
    /// series: [{values: {2022: 5100, 2023: 5300}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4, reason: Another system was connected.}
    /// published: 2025-02-01
    /// series: [{values: {2022: 5100, 2023: 6410, 2024: 6600}}]
    /// ```
    "TR502" "restated-materially" Warning;
    needs [Need::Vintages];
    parameters &[Parameter {
        name: RELATIVE,
        default: 0.05,
        range: (0.0, 10.0),
        unit: "share",
        documentation: "A number that changes by more than this share of the earlier one is materially restated.",
    }];
    look VINTAGES
}

const RELATIVE: &str = "relative-change";

/// Reports each pair of releases between which numbers change by much.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    for lineage in lineages {
        for pair in lineage.pairs() {
            sink.examined(pair.comparison.restated.len() + pair.comparison.unchanged);
            let is_material = |change: &&Change<'_>| {
                let least = context.parameters.get(RELATIVE, change.key, Some(change.period()));
                // Whatever was 0 changes without bounds.
                change.relative().is_none_or(|share| share.abs() > least)
            };
            let material: Vec<Change<'_>> =
                pair.comparison.restated.iter().filter(is_material).copied().collect();
            if let Some(mut finding) = restatement(context.dataset, lineage, &pair, &material, sink) {
                finding.evidence.threshold = Some((RELATIVE, context.parameters.global(RELATIVE)));
                sink.push(finding);
            }
        }
    }
}

fn restatement(
    dataset: &Dataset,
    lineage: &Lineage<'_>,
    pair: &Pair<'_, '_>,
    material: &[Change<'_>],
    sink: &Sink,
) -> Option<Finding> {
    let largest = material.first()?;
    let shares: Vec<f64> = material.iter().filter_map(Change::relative).collect();
    let middle = if shares.is_empty() {
        String::new()
    } else {
        format!(", the median by {}", percent(median(&shares)))
    };
    let message = format!(
        "{} of {} values that {} restates change materially{middle}",
        grouped(material.len().into()),
        grouped(pair.comparison.restated.len().into()),
        pair.new.name,
    );
    let oldest = material.iter().map(Change::period).min()?;
    let mut finding = at_largest(sink, lineage, pair, message, largest);
    finding = finding.note("reach", reach(pair, material.len(), oldest));
    let turned = material.iter().filter(|change| turns(pair, change)).count();
    if turned > 0 {
        let verb = if turned == 1 { "turns" } else { "turn" };
        let changes = quantity_of(turned, "published change");
        let text = format!("{changes} from the period before {verb} round");
        finding = finding.note("direction", text);
    }
    if let Some(text) = reason(dataset, pair) {
        let by = Explanation { by: format!("vintage {}", pair.new.name), text, source: None };
        finding.state = State::Explained { by: vec![by] };
    }
    Some(finding.evidence(Evidence {
        method: "vintages-relative",
        changes: evidence::figures(&dataset.registry, material),
        ..Evidence::default()
    }))
}

/// How far back, and which part of all figures.
fn reach(pair: &Pair<'_, '_>, count: usize, oldest: Period) -> String {
    let share = count as f64 / pair.comparison.in_common.max(1) as f64;
    let part = format!("{} of the values in common", percent(share).trim_start_matches('+'));
    match pair.new.newest().and_then(|newest| lag(oldest, newest)) {
        Some(periods) => format!(
            "back to {oldest}, {} before the newest figures; {part}",
            quantity_of(periods.unsigned_abs() as usize, oldest.frequency().noun())
        ),
        None => format!("back to {oldest}; {part}"),
    }
}

/// Periods between the end of one and that of another; `None` for odd spans.
pub(super) fn lag(earlier: Period, newest: Period) -> Option<i32> {
    let months = |period: Period| i32::from(period.end.year()) * 12 + i32::from(period.end.month());
    Some((months(newest) - months(earlier)) / i32::from(earlier.frequency().months()?))
}

/// Whether the change from the period before goes the other way since.
fn turns(pair: &Pair<'_, '_>, change: &Change<'_>) -> bool {
    let (Some(old), Some(new)) = (pair.old.series(change.key), pair.new.series(change.key)) else {
        return false;
    };
    let before = old.points.iter().rev().find(|point| point.period.is_followed_by(change.period()));
    let Some(before) = before.filter(|one| one.period.frequency() == change.period().frequency()) else {
        return false;
    };
    let direction = |from: Option<&crate::model::Observation>, to: &crate::model::Observation| {
        Some(to.quantity.point()?.cmp(&from?.quantity.point()?))
    };
    let was = direction(Some(before), change.old);
    let is = direction(new.at(before.period), change.new);
    was.zip(is).is_some_and(|(was, is)| was.is_ne() && is == was.reverse())
}
