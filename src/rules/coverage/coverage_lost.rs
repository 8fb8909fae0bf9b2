use std::collections::{BTreeMap, BTreeSet, HashSet};

use rust_decimal::Decimal;

use super::names;
use crate::diag::{listing, quantity_of};
use crate::model::{
    BlockId, Dataset, DocumentId, Frequency, Name, Observation, Period, Quantity, Series, Unit,
};
use crate::rule::{Context, Need, Parameter, Sink};
use crate::rules::arithmetic::name_of;

crate::declare_rule! {
    /// A series that was reported for some time and then is not, while those beside it go on.
    ///
    /// A category, a country or a metric that drops out of a report takes its history with it, and totals are no longer
    /// of the same things. Compared are series of one publisher, metric and unit with periods of one length. A series
    /// is lost where it was stated in so many periods in a row, each time with at least so many, then no more, and
    /// most of those that were beside it go on. Small counts may have become none, and lists name who has some. A value that is stated as not
    /// reported is no loss, and neither is what a new series begins beside (it may have been renamed or split), what
    /// a document that lists all members does not name, an entity that no longer exists, or what a document that lists a selection or was not read whole
    /// may hold.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Spam, values: {2020: 900, 2021: 950, 2022: 940, 2023: 1000}}
    ///   - {category: Nudity, values: {2020: 400, 2021: 380, 2022: 410, 2023: 420}}
    ///   - {category: Violence, values: {2020: 610, 2021: 640, 2022: 620}}
    /// ```
    "TR103" "coverage-lost" Warning;
    needs [Need::Periods(3)];
    parameters &[
        Parameter {
            name: "periods",
            default: 3.0,
            range: (2.0, 100.0),
            unit: "periods",
            documentation: "Periods in a row for which a series must have been stated.",
        },
        Parameter {
            name: "least",
            default: 100.0,
            range: (0.0, 1e12),
            unit: "counted things",
            documentation: "Each of those must have been at least this much.",
        },
    ];
    check check
}

/// Series of one publisher, metric and unit.
type Family<'d> = (&'d Name, &'d Name, Unit);

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    if !dataset.is_completely_read() {
        sink.nothing_to_check("not every input could be read to its end");
        return;
    }
    let mut families: BTreeMap<Family<'_>, Vec<&Series>> = BTreeMap::new();
    for series in &dataset.series {
        let key = &series.key;
        families.entry((&key.publisher, &key.metric, key.unit)).or_default().push(series);
    }
    for family in families.values().filter(|family| family.len() > 1) {
        look_at(context, sink, family);
    }
    sink.nothing_to_check("no series beside others of its publisher and metric");
}

/// A series as far as its periods are of one length.
struct Run<'d> {
    series: &'d Series,
    frequency: Frequency,
    last: &'d Observation,
}

impl<'d> Run<'d> {
    /// Every length of periods that a series has, with the last value of each.
    fn of(dataset: &'d Dataset, series: &'d Series) -> Vec<Self> {
        let run = |last: &'d Observation| Self { series, frequency: last.period.frequency(), last };
        let mut latest = dataset.points(series).rev();
        if series.rhythm.is_some() {
            return latest.next().map(run).into_iter().collect();
        }
        let mut runs: Vec<Self> = Vec::new();
        for point in latest {
            if runs.iter().all(|known| known.frequency != point.period.frequency()) {
                runs.push(run(point));
            }
        }
        runs
    }

    fn points(&self, dataset: &'d Dataset) -> impl DoubleEndedIterator<Item = &'d Observation> {
        dataset.points(self.series).filter(|point| point.period.frequency() == self.frequency)
    }
}

fn look_at(context: &Context<'_>, sink: &mut Sink, family: &[&Series]) {
    let dataset = context.dataset;
    let mut by_frequency: BTreeMap<Frequency, Vec<Run<'_>>> = BTreeMap::new();
    for run in family.iter().flat_map(|series| Run::of(dataset, series)) {
        by_frequency.entry(run.frequency).or_default().push(run);
    }
    for (frequency, runs) in by_frequency {
        if frequency == Frequency::Other || runs.len() < 2 {
            continue;
        }
        sink.examined(runs.len());
        let Some(latest) = runs.iter().map(|run| run.last.period).max() else { continue };
        let mut next_of: BTreeMap<Period, Option<Next<'_>>> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.last.period < latest && is_long(context, run)) {
            let next =
                next_of.entry(run.last.period).or_insert_with_key(|last| Next::of(dataset, &runs, *last));
            if let Some(next) = next {
                look_after(dataset, sink, run, &runs, next);
            }
        }
    }
}

/// Whether the last values of a series stand in a row and are large enough.
fn is_long(context: &Context<'_>, run: &Run<'_>) -> bool {
    let parameter = |name| context.parameters.get(name, &run.series.key, Some(run.last.period));
    let (periods, least) = (parameter("periods") as usize, parameter("least"));
    let recent: Vec<&Observation> = run.points(context.dataset).rev().take(periods).collect();
    recent.len() == periods
        && recent.windows(2).all(|pair| pair[1].period.is_followed_by(pair[0].period))
        && recent.iter().all(|point| point.quantity.approximate().is_some_and(|value| value >= least))
}

/// What is stated in the period after one in which series end.
struct Next<'d> {
    period: Period,
    /// How many series are stated before it.
    beside: usize,
    /// The figures of those that go on.
    going_on: Vec<&'d Observation>,
    /// The documents that state them.
    documents: BTreeSet<DocumentId>,
    /// What those that go on were before: one of them may be a series that ends, under another name.
    before: HashSet<&'d Quantity>,
}

impl<'d> Next<'d> {
    /// None where there is no such period, or a series begins in it: it may be one of those that end.
    fn of(dataset: &'d Dataset, runs: &[Run<'d>], last: Period) -> Option<Self> {
        let period = last.next()?;
        let mut next = Self {
            period,
            beside: 0,
            going_on: Vec::new(),
            documents: BTreeSet::new(),
            before: HashSet::new(),
        };
        for other in runs {
            let before = dataset.point_at(other.series, last);
            next.beside += usize::from(before.is_some());
            let Some(after) = dataset.point_at(other.series, period) else { continue };
            let first = other.points(dataset).find(|point| is_number(point));
            if first.is_some_and(|first| first.period == period) {
                return None;
            }
            if let Some(before) = before {
                next.before.insert(&before.quantity);
                next.documents.insert(dataset.block_of(after).document);
                next.going_on.push(after);
            }
        }
        (next.going_on.len() * 2 > next.beside).then_some(next)
    }
}

/// Reports a series that ends where most of those that were stated beside its last value go on, and none begins.
fn look_after<'d>(dataset: &'d Dataset, sink: &mut Sink, run: &Run<'d>, runs: &[Run<'d>], next: &Next<'d>) {
    // The period may be stated in another length, or the series be taken up again later.
    let goes_on = dataset.points(run.series).any(|point| {
        point.period.contains(next.period)
            || next.period.contains(point.period)
            || point.period.start > next.period.end
    });
    let entity = dataset.registry.entity(&run.series.key.subject);
    let has_ended = entity.and_then(|entity| entity.until).is_some_and(|until| until <= next.period.end);
    if goes_on || has_ended || next.before.contains(&run.last.quantity) {
        return;
    }
    if !is_open_list(dataset, run, next) && !is_withdrawn(dataset, run, runs, next) {
        report(dataset, sink, run, next);
    }
}

/// Whether the release that goes on states the history of others and nothing of this series: it was withdrawn, which
/// another rule says.
fn is_withdrawn(dataset: &Dataset, run: &Run<'_>, runs: &[Run<'_>], next: &Next<'_>) -> bool {
    let is_in = |block: BlockId| next.documents.contains(&dataset.block(block).document);
    let has_history = |other: &Run<'_>| {
        dataset
            .statements(other.series)
            .any(|statement| statement.period == run.last.period && is_in(statement.block))
    };
    !run.series.blocks.iter().any(|block| is_in(*block)) && runs.iter().any(has_history)
}

fn is_number(one: &Observation) -> bool {
    !matches!(one.quantity, Quantity::Absent(_))
}

/// Whether the documents of the next period could leave the series out without a word: they list a selection, or all
/// that there are.
fn is_open_list(dataset: &Dataset, run: &Run<'_>, next: &Next<'_>) -> bool {
    let is_part = run.series.key.subject != run.series.key.publisher;
    next.documents.iter().any(|document| {
        let lists_all =
            |block: &crate::model::Block| block.all_parts && block.total_of.as_deref() == Some("subjects");
        dataset.document(*document).lists_selection
            || (is_part && dataset.blocks_of(*document).iter().any(lists_all))
    })
}

fn report(dataset: &Dataset, sink: &mut Sink, run: &Run<'_>, next: &Next<'_>) {
    let Next { period: next, going_on, .. } = next;
    let (first, last) = (run.points(dataset).next().unwrap_or(run.last), run.last);
    let metric = dataset.registry.metric_name(&run.series.key.metric);
    let message = format!(
        "{metric}, {}, is stated from {} to {}, and not for {next}, for which {} of the metric {}",
        name_of(dataset, last),
        first.period,
        last.period,
        quantity_of(going_on.len(), "series"),
        if going_on.len() == 1 { "is" } else { "are" }
    );
    let key = &run.series.key;
    let mut finding = sink
        .finding(
            key.finding_subject(Some(*next)),
            message,
            last.origin.location(),
            format!("{}: {}", last.period, last.quantity),
        )
        .help("state it, or why it is no longer there: `{kind: not_reported}`")
        .cause(last.origin.location())
        .fold(format!("{} {} {} {next}", key.publisher, key.metric, key.unit));
    if let Some(other) = going_on.first() {
        finding = finding.related(other.origin.location(), format!("goes on: {}", other.quantity));
    }
    let mut shown: Vec<&Observation> = run.points(dataset).rev().take(3).collect();
    shown.reverse();
    let values: Vec<String> = shown.iter().map(|point| point.quantity.to_string()).collect();
    let periods = names(shown.iter().map(|point| point.period));
    finding = finding.note("before", format!("{} in {}", listing(&values, 3), listing(&periods, 3)));
    finding.evidence.method = "ends-before-others";
    finding.evidence.expected = last.quantity.point().map(|value: Decimal| value.to_string());
    sink.push(finding);
}
