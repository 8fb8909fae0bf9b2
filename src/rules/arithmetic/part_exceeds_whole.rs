use std::collections::HashMap;

use super::name_of;
use crate::diag::{Finding, Level};
use crate::model::{Dataset, Interval, Observation, Period, RelationKind, Series, SeriesKey};
use crate::rule::{Context, Need, Sink};
use crate::rules::breakdown::{Total, totals};
use crate::rules::relations::{Related, related};

crate::declare_rule! {
    /// A part above its whole, or a subset above its set.
    ///
    /// A single part cannot exceed the stated total, and neither can the sum of the parts that a document lists where
    /// the unit adds up. A metric that counts some of what another counts (restorations after appeals among appeals, by
    /// the registry of metrics) cannot exceed it, and neither can what a relation names as a part, or as the lower of two.
    /// Both sides are intervals of printed precision.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {metric: appeals, unit: appeal, values: {2024: 183}}
    ///   - {metric: restorations-after-appeal, unit: restoration, values: {2024: 269}}
    /// ```
    "TR202" "part-exceeds-whole" Error;
    needs [Need::Observations];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    for total in &totals(context.dataset) {
        compare_total(context.dataset, sink, total);
    }
    compare_subsets(context.dataset, sink);
    compare_related(context.dataset, sink);
    sink.nothing_to_check("no total with parts, and no metric beside one that bounds it");
}

fn compare_total(dataset: &Dataset, sink: &mut Sink, total: &Total<'_>) {
    let Some(whole) = total.whole.quantity.interval() else { return };
    let intervals: Vec<(&Observation, Interval)> =
        total.parts.iter().filter_map(|part| Some((*part, part.quantity.interval()?))).collect();
    sink.examined(intervals.len());
    let mut any = false;
    for (part, _) in intervals.iter().filter(|(_, interval)| whole.is_below(*interval)) {
        any = true;
        let message = format!(
            "{} is {} in {}, more than the total of {}",
            name_of(dataset, part),
            part.quantity,
            part.period,
            total.whole.quantity
        );
        let key = &dataset.series(dataset.block_of(part).series).key;
        let finding = bounded(sink, key, part, total.whole, message).cause(part.origin.location());
        sink.push(finding);
    }
    let sum =
        intervals.iter().try_fold(Interval::point(rust_decimal::Decimal::ZERO), |sum, one| sum.plus(one.1));
    // Where all parts are listed, the sum rule says it more exactly.
    if let Some(sum) =
        sum.filter(|sum| total.is_additive() && !any && !total.all_parts && whole.is_below(*sum))
    {
        let message = format!(
            "the {} parts that are listed for {} sum to {sum}, more than the total of {}",
            intervals.len(),
            total.whole.period,
            total.whole.quantity
        );
        let place = total.whole.origin.location();
        let mut finding = sink
            .finding(
                total.key.finding_subject(Some(total.whole.period)),
                message,
                place,
                format!("total: {}", total.whole.quantity),
            )
            .cause(place);
        finding.evidence.method = "parts-against-total";
        sink.push(finding);
    }
}

fn compare_subsets(dataset: &Dataset, sink: &mut Sink) {
    // Everything that a subset and its set have in common; unit and metric differ.
    let bare =
        |key: &SeriesKey| SeriesKey { metric: "".into(), unit: crate::model::Unit::Report, ..key.clone() };
    let bounded_metrics = |series: &&Series| {
        dataset.registry.metric(&series.key.metric).is_some_and(|metric| !metric.at_most.is_empty())
    };
    if !dataset.series.iter().any(|series| bounded_metrics(&series)) {
        return;
    }
    let by_key: HashMap<(SeriesKey, &str), &Series> =
        dataset.series.iter().map(|series| ((bare(&series.key), &*series.key.metric), series)).collect();
    for subset in dataset.series.iter().filter(bounded_metrics) {
        let sets = dataset
            .registry
            .metric(&subset.key.metric)
            .map(|metric| metric.at_most.as_slice())
            .unwrap_or_default();
        for set in sets.iter().filter_map(|set| by_key.get(&(bare(&subset.key), set.as_str()))) {
            let wholes: HashMap<Period, &Observation> =
                dataset.points(set).map(|one| (one.period, one)).collect();
            for part in dataset.points(subset) {
                compare_subset(dataset, sink, subset, part, set, wholes.get(&part.period).copied());
            }
        }
    }
}

fn compare_related(dataset: &Dataset, sink: &mut Sink) {
    let bounds = |kind: &RelationKind| {
        matches!(kind, RelationKind::PartOf { .. } | RelationKind::Order { .. } | RelationKind::Union { .. })
    };
    for Related { members, .. } in &related(dataset, bounds) {
        for part in &members[1..] {
            for one in dataset.points(part) {
                compare_subset(
                    dataset,
                    sink,
                    part,
                    one,
                    members[0],
                    dataset.point_at(members[0], one.period),
                );
            }
        }
    }
}

fn compare_subset(
    dataset: &Dataset,
    sink: &mut Sink,
    subset: &Series,
    part: &Observation,
    set: &Series,
    whole: Option<&Observation>,
) {
    let Some(whole) = whole else { return };
    let (Some(low), Some(high)) = (part.quantity.interval(), whole.quantity.interval()) else { return };
    sink.examined(1);
    if !high.is_below(low) {
        return;
    }
    let name = |series: &Series| dataset.registry.metric_name(&series.key.metric).to_lowercase();
    let message = format!(
        "{} {} in {}, more than the {} {} they are part of",
        part.quantity,
        name(subset),
        part.period,
        whole.quantity,
        name(set)
    );
    let finding = bounded(sink, &subset.key, part, whole, message);
    sink.push(finding);
}

fn bounded(
    sink: &Sink,
    key: &SeriesKey,
    part: &Observation,
    whole: &Observation,
    message: String,
) -> Finding {
    let mut finding = sink
        .finding(
            key.finding_subject(Some(part.period)),
            message,
            part.origin.location(),
            part.quantity.to_string(),
        )
        .related(whole.origin.location(), format!("at most {}", whole.quantity))
        .help("the two may be swapped, or counted in different units");
    let exact = |one: &Observation| one.quantity.interval().is_some_and(Interval::is_point);
    if !(exact(part) && exact(whole)) {
        finding.level = Level::Warning;
    }
    finding.evidence.method = "bounded-by";
    finding.evidence.observed = Some(part.quantity.to_string());
    finding.evidence.expected = Some(format!("at most {}", whole.quantity));
    finding
}
