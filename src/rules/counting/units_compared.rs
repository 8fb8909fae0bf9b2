use std::collections::BTreeMap;

use crate::diag::{Finding, Location};
use crate::model::{Basis, Dataset, Observation, Period, Series, SeriesKey, Unit};
use crate::rule::{Context, Need, Sink};
use crate::rules::members::figure;

crate::declare_rule! {
    /// Figures in different units of count in one series.
    ///
    /// 36.2 million reports and 29.2 million incidents are no fall of 19 %: one report may carry several incidents.
    /// Found are figures in another unit than the metric's, figures in another unit that continue a series, and
    /// figures that contradict another statement of the same period and equal what is published for it in a linked
    /// unit. The help gives the figure of the same period in the unit of the series, where the data hold it.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {metric: cybertipline-reports, unit: report, values: {2022: 32059029, 2023: 36210368}}
    ///   - {metric: cybertipline-reports, unit: incident, values: {2024: 29200000}}
    /// ```
    "TR402" "units-compared" Error;
    needs [Need::Observations];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let mut groups: BTreeMap<SeriesKey, Vec<&Series>> = BTreeMap::new();
    for series in &dataset.series {
        let unitless = SeriesKey { unit: Unit::Report, basis: Basis::default(), ..series.key.clone() };
        groups.entry(unitless).or_default().push(series);
    }
    for group in groups.values() {
        sink.examined(group.iter().map(|series| series.points.len()).sum());
        check_units(dataset, sink, group);
    }
    for series in dataset.series.iter().filter(|series| series.statements.len() > series.points.len()) {
        check_statements(dataset, sink, series);
    }
}

/// Series that differ in nothing but their unit: all but the one in the metric's unit are in the wrong one.
fn check_units(dataset: &Dataset, sink: &mut Sink, group: &[&Series]) {
    let metric_unit = dataset.registry.metric(&group[0].key.metric).map(|metric| metric.unit);
    let most = group.iter().max_by_key(|series| (series.points.len(), std::cmp::Reverse(series.key.unit)));
    let Some(unit) = metric_unit.or(most.filter(|_| group.len() > 1).map(|series| series.key.unit)) else {
        return;
    };
    let usual: Vec<&Series> = group.iter().filter(|series| series.key.unit == unit).copied().collect();
    for other in group.iter().filter(|series| series.key.unit != unit) {
        // One statement of a unit speaks for all the values under it.
        let mut by_statement: BTreeMap<Location, Vec<&Observation>> = BTreeMap::new();
        for observation in dataset.statements(other) {
            let block = dataset.block_of(observation);
            by_statement.entry(dataset.location_in(block, block.unit)).or_default().push(observation);
        }
        for (place, observations) in by_statement {
            let finding = wrong_unit(dataset, sink, other, unit, &usual, place, &observations);
            sink.push(finding);
        }
    }
}

fn wrong_unit(
    dataset: &Dataset,
    sink: &Sink,
    series: &Series,
    unit: Unit,
    usual: &[&Series],
    place: Location,
    observations: &[&Observation],
) -> Finding {
    let first = observations[0];
    let other = series.key.unit;
    let periods = span_of(observations.iter().map(|one| one.period));
    let before = span_of(usual.iter().flat_map(|series| dataset.points(series)).map(|one| one.period));
    let verb = if observations.len() == 1 { "counts" } else { "count" };
    let message = match before {
        Some(before) => format!(
            "{} {verb} {} where {before} count {}",
            periods.unwrap_or_default(),
            other.plural(),
            unit.plural()
        ),
        None => format!(
            "{} {verb} {}, while the metric `{}` counts {}",
            periods.unwrap_or_default(),
            other.plural(),
            series.key.metric,
            unit.plural()
        ),
    };
    // With one value, the value is the place to look at; with several, the unit that they share.
    let (at, label) = match observations {
        [only] => (only.origin.location(), format!("{}{}", other.plural(), aside(other, unit))),
        _ => (place, format!("{}{}", other.plural(), aside(other, unit))),
    };
    let mut finding =
        sink.finding(series.key.finding_subject(Some(first.period)), message, at, label).cause(at);
    if at != place {
        finding = finding.related(place, "the unit");
    }
    finding = same_period(dataset, finding, unit, usual, observations);
    let linked = dataset
        .registry
        .metrics()
        .find(|metric| metric.unit == other && (metric.linked.iter().any(|id| **id == *series.key.metric)));
    if let Some(linked) = linked {
        finding = finding.help(format!("as a series of its own they are the metric `{}`", linked.id));
    }
    finding.evidence.method = "unit";
    finding.evidence.observed = Some(other.to_string());
    finding.evidence.expected = Some(unit.to_string());
    finding
}

fn aside(unit: Unit, usual: Unit) -> &'static str {
    match (unit, usual) {
        (Unit::Incident, Unit::Report) => "; one report may carry several",
        (Unit::File | Unit::Piece, Unit::Report) => "; one report may carry many",
        (Unit::DistinctAccount | Unit::DistinctPiece, _) => ", each once",
        _ => "",
    }
}

/// The figures of the same periods in the usual unit.
fn same_period(
    dataset: &Dataset,
    finding: Finding,
    unit: Unit,
    usual: &[&Series],
    observations: &[&Observation],
) -> Finding {
    let is_same = |one: &&Observation| observations.iter().any(|other| other.period == one.period);
    let found: Vec<&Observation> =
        usual.iter().flat_map(|series| dataset.points(series)).filter(is_same).take(3).collect();
    found.into_iter().fold(finding, |finding, one| {
        let text = format!("in {}, {} is {}", unit.plural(), one.period, one.quantity);
        finding.related(one.origin.location(), unit.plural()).help(text)
    })
}

/// A statement that contradicts another one of the same period and equals what a linked metric says of it.
fn check_statements(dataset: &Dataset, sink: &mut Sink, series: &Series) {
    let statements: Vec<&Observation> = dataset.statements(series).collect();
    for same in statements.chunk_by(|left, right| left.period == right.period).filter(|same| same.len() > 1) {
        for (index, one) in same.iter().enumerate() {
            let meets = |left: &Observation, right: &Observation| {
                Some(left.quantity.interval()?.meets(right.quantity.interval()?))
            };
            let contradicted =
                same.iter().enumerate().find(|(at, other)| *at != index && meets(one, other) == Some(false));
            let Some((_, other)) = contradicted else { continue };
            let linked = linked_figures(dataset, series, one.period)
                .find(|(_, figure)| meets(one, figure) == Some(true) && meets(other, figure) == Some(false));
            if let Some((linked, figure)) = linked {
                let finding = borrowed(sink, series, one, other, linked, figure);
                sink.push(finding);
            }
        }
    }
}

/// What metrics that count the same events in another unit say of a period.
fn linked_figures<'d>(
    dataset: &'d Dataset,
    series: &'d Series,
    period: Period,
) -> impl Iterator<Item = (&'d Series, &'d Observation)> {
    let links = |one: &str, two: &str| {
        dataset.registry.metric(one).is_some_and(|metric| metric.linked.iter().any(|id| id == two))
    };
    dataset
        .series
        .iter()
        .filter(move |other| {
            other.key.publisher == series.key.publisher
                && other.key.subject == series.key.subject
                && (links(&other.key.metric, &series.key.metric)
                    || links(&series.key.metric, &other.key.metric))
        })
        .flat_map(move |other| dataset.points(other).map(move |one| (other, one)))
        .filter(move |(_, one)| one.period == period)
}

fn borrowed(
    sink: &Sink,
    series: &Series,
    one: &Observation,
    other: &Observation,
    linked: &Series,
    figure_of: &Observation,
) -> Finding {
    let (unit, linked_unit) = (series.key.unit.plural(), linked.key.unit.plural());
    let message =
        format!("{} of {} is the number of {linked_unit}, in a series of {unit}", one.quantity, one.period);
    let place = one.origin.location();
    let mut finding = sink
        .finding(
            series.key.finding_subject(Some(one.period)),
            message,
            place,
            format!("{linked_unit}{}", aside(linked.key.unit, series.key.unit)),
        )
        .related(figure_of.origin.location(), format!("{linked_unit}, {}", figure(figure_of)))
        .related(other.origin.location(), format!("{unit}, {}", figure(other)))
        .help(format!("in {unit}, {} is {}", other.period, other.quantity))
        .cause(place);
    finding.evidence.method = "linked-unit";
    finding.evidence.observed = Some(one.quantity.to_string());
    finding.evidence.expected = Some(other.quantity.to_string());
    finding
}

/// `2019 to 2023`, or the only period.
fn span_of(periods: impl Iterator<Item = Period>) -> Option<String> {
    let periods: Vec<Period> = periods.collect();
    let (first, last) = (periods.iter().min()?, periods.iter().max()?);
    Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
}
