use rust_decimal::Decimal;

use super::name_of;
use crate::diag::{grouped, listing, quantity_of};
use crate::model::{Additivity, Dataset, Observation, RelationKind, SeriesKey};
use crate::rule::{Context, Need, Sink};
use crate::rules::breakdown::totals;
use crate::rules::relations::{Related, related};
use crate::rules::sums::{Judge, total_in_words};
use crate::stats::interval::{self, Bounds, Rounding};

crate::declare_rule! {
    /// Overlapping categories that sum to less than what is in any of them.
    ///
    /// What may stand in several categories is counted in each, so that the categories sum to at least the number of
    /// things that have one. Less is impossible, however much they overlap. Looked at are unions that a relation
    /// declares, and totals in units of distinct things (accounts, users) whose parts are all listed. All figures are
    /// intervals of printed precision.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {metric: accounts-affected, unit: distinct_account, category: Spam, values: {2024: 300}}
    ///   - {metric: accounts-affected, unit: distinct_account, category: Nudity, values: {2024: 110}}
    ///   - {metric: accounts-affected, unit: distinct_account, total_of: categories, values: {2024: 450}}
    /// ```
    "TR206" "below-union" Error;
    needs [Need::Observations];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let judge = Judge::new(dataset);
    for total in totals(dataset) {
        if total.key.unit.additivity() == Additivity::SubAdditive
            && total.all_parts
            && !total.parts.is_empty()
        {
            compare(dataset, sink, &judge, total.key, total.whole, &total.parts);
        }
    }
    for Related { members, .. } in &related(dataset, |kind| matches!(kind, RelationKind::Union { .. })) {
        for whole in dataset.points(members[0]) {
            let parts = members[1..].iter().map(|part| dataset.point_at(part, whole.period));
            if let Some(parts) = parts.collect::<Option<Vec<_>>>() {
                compare(dataset, sink, &judge, &members[0].key, whole, &parts);
            }
        }
    }
    sink.nothing_to_check(
        "no union of overlapping categories, and no total of distinct things with all parts",
    );
}

fn compare<'d>(
    dataset: &'d Dataset,
    sink: &mut Sink,
    judge: &Judge<'d>,
    key: &SeriesKey,
    whole: &'d Observation,
    parts: &[&'d Observation],
) {
    let is_below = |rounding| -> Option<bool> {
        let bounds: Option<Vec<Bounds>> = parts.iter().map(|part| judge.bounds(part, rounding)).collect();
        Some(interval::sum(bounds?)?.is_below(judge.bounds(whole, rounding)?))
    };
    let Some(below) = is_below(Rounding::Nearest) else { return };
    sink.examined(1);
    if !below || is_below(Rounding::CutOff) != Some(true) {
        return;
    }
    let message = format!(
        "{} of {} sum to {}, less than the {} that are in any of them",
        quantity_of(parts.len(), "category"),
        whole.period,
        total_in_words(parts),
        whole.quantity
    );
    let place = whole.origin.location();
    let subject = key.finding_subject(Some(whole.period));
    let mut finding =
        sink.finding(subject, message, place, format!("in any: {}", whole.quantity)).cause(place);
    for part in parts {
        finding = finding.related(part.origin.location(), part.quantity.to_string());
    }
    let sum: Option<Decimal> = parts.iter().map(|part| part.quantity.point()).sum();
    if let Some(lacking) = whole.quantity.point().zip(sum).map(|(whole, sum)| whole - sum) {
        let names: Vec<String> = parts.iter().map(|part| name_of(dataset, part)).collect();
        finding = finding
            .note("differs", format!("at least {} are in none of {}", grouped(lacking), listing(&names, 6)))
            .help("a category may be missing from the list, or a figure be of another table");
    }
    finding.evidence.method = "union-of-parts";
    finding.evidence.observed = Some(total_in_words(parts));
    finding.evidence.expected = Some(format!("at least {}", whole.quantity));
    sink.push(finding);
}
