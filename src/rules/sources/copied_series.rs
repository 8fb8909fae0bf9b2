use std::collections::HashMap;

use crate::diag::{Location, listing};
use crate::model::{Observation, Period, Series, SeriesKey};
use crate::rule::{Context, Need, Parameter, Sink};

crate::declare_rule! {
    /// Two entities with the same series of figures.
    ///
    /// Large counts of two companies do not agree in period after period: one row was taken for the other. Compared are
    /// series of one metric and breakdown that begin or end alike; all periods that both state must agree exactly, and
    /// `values` of them be counts of at least `least`. A group and its only service may well be equal, and so may a
    /// total and its only part: these are left alone.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: one, values: {2021: 4821, 2022: 5035, 2023: 19591}}
    ///   - {subject: other, values: {2021: 4821, 2022: 5035, 2023: 19591}}
    /// ```
    "TR605" "copied-series" Error;
    needs [Need::Periods(3)];
    parameters PARAMETERS;
    check check
}

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "values",
        default: 3.0,
        range: (2.0, 1e6),
        unit: "values",
        documentation: "Fewer equal values are a coincidence.",
    },
    Parameter {
        name: "least",
        default: 500.0,
        range: (0.0, 1e12),
        unit: "counted things",
        documentation: "Smaller counts coincide too easily to be counted.",
    },
];

/// Of many series with one value at an end, each is compared with so many after it: were all compared with each other, a
/// value that fills a table would take forever. Copies of one series are each found beside the one before.
const NEIGHBOURS: usize = 32;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let wanted = |series: &Series| context.parameters.get("values", &series.key, None) as usize;
    let mut by_end: HashMap<(Period, i64), Vec<usize>> = HashMap::new();
    for (index, series) in dataset.series.iter().enumerate() {
        if series.points.len() < wanted(series) {
            continue;
        }
        sink.examined(1);
        let (first, last) = (series.points.first(), series.points.last());
        for end in [first, last].into_iter().flatten().map(|id| dataset.observation(id)) {
            if let Some(value) = end.quantity.exact_count().filter(|value| *value != 0) {
                by_end.entry((end.period, value)).or_default().push(index);
            }
        }
    }
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for alike in by_end.values() {
        for (place, one) in alike.iter().enumerate() {
            let may_be_copies = |other: &&usize| are_apart(&dataset.series[*one], &dataset.series[**other]);
            let others = alike[place + 1..].iter().take(NEIGHBOURS);
            pairs.extend(others.filter(may_be_copies).map(|other| (*one, *other)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    for (one, other) in pairs {
        compare(context, sink, &dataset.series[one], &dataset.series[other]);
    }
    sink.nothing_to_check("no series is long enough");
}

/// Whether two series count the same of two subjects, neither of them the publisher of the other.
fn are_apart(one: &Series, other: &Series) -> bool {
    let (one, other) = (&one.key, &other.key);
    let is_total = |key: &SeriesKey| key.subject == key.publisher;
    let is_same_matter = one.metric == other.metric && one.unit == other.unit;
    one.subject != other.subject
        && !(one.publisher == other.publisher && is_total(one) != is_total(other))
        && is_same_matter
        && one.breakdowns() == other.breakdowns()
}

fn compare(context: &Context<'_>, sink: &mut Sink, one: &Series, other: &Series) {
    let dataset = context.dataset;
    let least = context.parameters.get("least", &one.key, None);
    let wanted = context.parameters.get("values", &one.key, None) as usize;
    let mut equal: Vec<(&Observation, &Observation)> = Vec::new();
    for point in dataset.points(other) {
        let Some(twin) = dataset.point_at(one, point.period) else { continue };
        match (twin.quantity.exact_count(), point.quantity.exact_count()) {
            (Some(left), Some(right)) if left == right => {
                if right as f64 >= least {
                    equal.push((twin, point));
                }
            }
            _ => return,
        }
    }
    let Some((twin, last)) = equal.last().filter(|_| equal.len() >= wanted) else { return };
    let registry = &dataset.registry;
    let (subject, original) = (&other.key.subject, &one.key.subject);
    if registry.belongs_to(subject, original, last.period)
        || registry.belongs_to(original, subject, last.period)
    {
        return;
    }
    let (name, twin_name) = (registry.entity_name(subject), registry.entity_name(original));
    let values: Vec<String> = equal.iter().map(|(_, point)| point.quantity.to_string()).collect();
    let message =
        format!("{name} and {twin_name} have the same {} figures: {}", equal.len(), listing(&values, 6));
    let place: Location = last.origin.location();
    let mut finding = sink
        .finding(
            other.key.finding_subject(Some(last.period)),
            message,
            place,
            format!("{name}: {}", last.quantity),
        )
        .related(twin.origin.location(), format!("{twin_name}: {}", twin.quantity))
        .help("check which of the two the figures are of");
    finding.evidence.method = "equal-series";
    finding.evidence.observed = Some(values.join(", "));
    sink.push(finding);
}
