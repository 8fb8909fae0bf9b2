use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::diag::{Finding, Location, quantity_of};
use crate::model::{Dataset, Interval, Observation, Period, Series, Unit};
use crate::rule::{Context, Need, Sink};
use crate::rules::linked::{linked_figure, linked_series};
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

/// Figures in another unit than the one they should be in, under one statement of that unit.
struct Foreign<'d> {
    series: &'d Series,
    /// The unit they should be in.
    unit: Unit,
    /// Series that are the same but for the unit, and in the right one.
    usual: Vec<&'d Series>,
    observation: &'d Observation,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    // One statement of a unit, such as a document's default, may speak for the values of many series.
    let mut by_statement: BTreeMap<Location, Vec<Foreign<'_>>> = BTreeMap::new();
    for group in dataset.same_but_unit() {
        // A lone series of an unknown metric has no unit that it should be in.
        if group.len() > 1 || dataset.registry.metric(&group[0].key.metric).is_some() {
            sink.examined(group.iter().map(|series| series.points.len()).sum());
        }
        for foreign in foreign_figures(dataset, &group) {
            let block = dataset.block_of(foreign.observation);
            by_statement.entry(dataset.location_in(block, block.unit)).or_default().push(foreign);
        }
    }
    sink.nothing_to_check("no metric of a known unit, and none in two units");
    for (place, foreign) in by_statement {
        let finding = wrong_unit(dataset, sink, place, &foreign);
        sink.push(finding);
    }
    for series in dataset.series.iter().filter(|series| series.statements.len() > series.points.len()) {
        check_statements(dataset, sink, series);
    }
}

/// Figures in another unit than the metric's, or than most of the figures where the metric is not known.
fn foreign_figures<'d>(dataset: &'d Dataset, group: &[&'d Series]) -> Vec<Foreign<'d>> {
    let metric_unit = dataset.registry.metric(&group[0].key.metric).map(|metric| metric.unit);
    let unit = metric_unit.unwrap_or(group[0].key.unit);
    let usual: Vec<&Series> = group.iter().filter(|series| series.key.unit == unit).copied().collect();
    let others = group.iter().copied().filter(|series| series.key.unit != unit);
    others
        .flat_map(|series| dataset.statements(series).map(move |observation| (series, observation)))
        .map(|(series, observation)| Foreign { series, unit, usual: usual.clone(), observation })
        .collect()
}

fn wrong_unit(dataset: &Dataset, sink: &Sink, statement: Location, foreign: &[Foreign<'_>]) -> Finding {
    let first = &foreign[0];
    let (other, unit, key) = (first.series.key.unit, first.unit, &first.series.key);
    let periods = span_of(foreign.iter().map(|one| one.observation.period)).unwrap_or_default();
    let usual = foreign.iter().flat_map(|one| &one.usual);
    let before = span_of(usual.flat_map(|series| dataset.points(series)).map(|one| one.period));
    let verb = if foreign.len() == 1 { "counts" } else { "count" };
    let who = if foreign.len() == 1 {
        periods
    } else {
        format!("{} of {periods}", quantity_of(foreign.len(), "value"))
    };
    let message = match before {
        Some(before) => format!("{who} {verb} {} where {before} count {}", other.plural(), unit.plural()),
        None => format!(
            "{who} {verb} {}, while the metric `{}` counts {}",
            other.plural(),
            key.metric,
            unit.plural()
        ),
    };
    // With one value, the value is the place to look at; with several, the unit that they share.
    let at = if let [only] = foreign { only.observation.origin.location() } else { statement };
    let label = format!("{}{}", other.plural(), aside(other, unit));
    let mut finding =
        sink.finding(key.finding_subject(Some(first.observation.period)), message, at, label).cause(at);
    if let [only] = foreign {
        if at != statement {
            finding = finding.related(statement, "the unit");
        }
        finding = same_period(dataset, finding, only);
    }
    let linked = dataset
        .registry
        .metrics()
        .find(|metric| metric.unit == other && metric.linked.iter().any(|id| **id == *key.metric));
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

/// The figure of the same period in the usual unit.
fn same_period(dataset: &Dataset, finding: Finding, foreign: &Foreign<'_>) -> Finding {
    let period = foreign.observation.period;
    let mut figures = foreign.usual.iter().flat_map(|series| dataset.points(series));
    let Some(one) = figures.find(|one| one.period == period) else { return finding };
    let units = foreign.unit.plural();
    finding
        .related(one.origin.location(), units.clone())
        .help(format!("in {units}, {period} is {}", one.quantity))
}

/// A statement that contradicts another one of the same period and equals what a linked metric says of it.
fn check_statements(dataset: &Dataset, sink: &mut Sink, series: &Series) {
    if linked_series(dataset, series).next().is_none() {
        return;
    }
    let statements: Vec<&Observation> = dataset.statements(series).collect();
    for same in statements.chunk_by(|left, right| left.period == right.period).filter(|same| same.len() > 1) {
        let stated: Vec<(&Observation, Interval)> =
            same.iter().filter_map(|one| Some((*one, one.quantity.interval()?))).collect();
        // Whatever contradicts none of these two contradicts none at all.
        let (Some(highest), Some(lowest)) = (
            stated.iter().map(|one| one.1).max_by_key(|one| one.low),
            stated.iter().map(|one| one.1).min_by_key(|one| one.high.unwrap_or(Decimal::MAX)),
        ) else {
            continue;
        };
        for (one, own) in stated.iter().filter(|(_, own)| !own.meets(highest) || !own.meets(lowest)) {
            let Some((other, _)) = stated.iter().find(|(_, other)| !own.meets(*other)) else { continue };
            if let Some((linked, figure)) = linked_figure(dataset, series, one, other) {
                let finding = borrowed(sink, series, one, other, linked, figure);
                sink.push(finding);
            }
        }
    }
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
