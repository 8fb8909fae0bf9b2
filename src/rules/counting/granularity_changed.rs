use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::diag::{Change, Confidence, Evidence, Finding, grouped, listing, percent_change};
use crate::model::{Break, Dataset, Observation, Period, Series, SeriesKey};
use crate::rule::{Context, Need, Sink};
use crate::rules::members::{Members, figure};
use crate::rules::time::explanation::{breaks_of_step, explain_by};

crate::declare_rule! {
    /// One row stands for several subjects in one period, and they have rows of their own in another.
    ///
    /// A company and its services, or two services in one row, can be followed over such a change as a sum only. Two kinds
    /// of evidence are looked at: the registry says that subjects whose rows begin belong to one whose row ends; or the
    /// label of a row joins two names (`Amazon / Twitch`) that have rows of their own in a neighbouring period and not in
    /// its own. Where both sides are stated the finding compares their sums.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: north, label: North Mail, values: {2019: 810}}
    ///   - {subject: south, label: South Mail, values: {2019: 541}}
    ///   - {subject: north-and-south, label: North / South, values: {2020: 1435}}
    ///   - {subject: east, label: East, values: {2019: 310, 2020: 330}}
    ///   - {subject: west, label: West, values: {2019: 410, 2020: 440}}
    ///   - {subject: centre, label: Centre, values: {2019: 510, 2020: 490}}
    ///   - {subject: islands, label: Islands, values: {2019: 210, 2020: 230}}
    ///   - {subject: coast, label: Coast, values: {2019: 710, 2020: 730}}
    /// ```
    "TR406" "granularity-changed" Warning;
    needs [Need::Periods(1)];
    parameters &[];
    check check
}

/// Series of one publisher and metric over one kind of subject.
type Table<'d> = Vec<&'d Series>;

/// One row on one side, several on the other.
struct Regrouping<'d> {
    whole: &'d Observation,
    series: &'d Series,
    parts: Vec<(&'d Series, &'d Observation)>,
    method: &'static str,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let members = Members::new(dataset);
    let mut tables: BTreeMap<SeriesKey, Table<'_>> = BTreeMap::new();
    let single = |series: &&Series| series.key.subject != series.key.publisher && !dataset.is_total(series);
    let has_parents = dataset.registry.entities().any(|entity| !entity.parents.is_empty());
    let has_joined =
        dataset.blocks.iter().any(|block| block.label.as_deref().is_some_and(|label| label.contains(" / ")));
    if has_parents || has_joined {
        for series in dataset.series.iter().filter(single) {
            let key = SeriesKey { subject: series.key.publisher.clone(), ..series.key.clone() };
            tables.entry(key).or_default().push(series);
        }
    }
    for table in tables.values().filter(|table| table.len() > 2) {
        sink.examined(table.len());
        let mut found = if has_parents { by_registry(dataset, table) } else { Vec::new() };
        let joined = if has_joined { by_label(dataset, table) } else { Vec::new() };
        for one in joined {
            if !found.iter().any(|known| std::ptr::eq(known.whole, one.whole)) {
                found.push(one);
            }
        }
        for one in &found {
            let finding = describe(sink, dataset, &members, one);
            sink.push(finding);
        }
    }
    sink.nothing_to_check("no rows of subjects that belong to one another, or stand in one row");
}

/// The points of a series that are numbers.
fn numbers<'d>(dataset: &'d Dataset, series: &'d Series) -> impl DoubleEndedIterator<Item = &'d Observation> {
    dataset.points(series).filter(|one| one.quantity.point().is_some())
}

/// Rows that end, and rows of their children that begin in the next period.
fn by_registry<'d>(dataset: &'d Dataset, table: &Table<'d>) -> Vec<Regrouping<'d>> {
    let registry = &dataset.registry;
    let mut found = Vec::new();
    // Few rows are of somebody who belongs to somebody else.
    let first = |series: &&'d Series| Some((*series, numbers(dataset, series).next()?));
    let children: Vec<(&Series, &Observation)> = table
        .iter()
        .filter_map(first)
        .filter(|(series, first)| registry.parent_in(&series.key.subject, first.period).is_some())
        .collect();
    if children.is_empty() {
        return found;
    }
    for series in table.iter().filter(|series| registry.entity(&series.key.subject).is_some()) {
        let Some(last) = numbers(dataset, series).next_back() else { continue };
        let parts: Vec<(&Series, &Observation)> = children
            .iter()
            .copied()
            .filter(|(other, _)| other.key.subject != series.key.subject)
            .filter(|(_, first)| last.period.is_followed_by(first.period))
            .filter(|(other, first)| {
                registry.belongs_to(&other.key.subject, &series.key.subject, first.period)
            })
            .collect();
        if parts.len() > 1 {
            found.push(Regrouping { whole: last, series, parts, method: "children-begin" });
        }
    }
    found
}

/// Rows whose label joins names of other rows.
fn by_label<'d>(dataset: &'d Dataset, table: &Table<'d>) -> Vec<Regrouping<'d>> {
    let label = |one: &Observation| dataset.block_of(one).label.as_deref().map(str::to_owned);
    let mut by_name: BTreeMap<String, Vec<(&Series, &Observation)>> = BTreeMap::new();
    let mut joined = Vec::new();
    for series in table {
        for one in numbers(dataset, series) {
            let Some(label) = label(one) else { continue };
            let parts: Vec<String> = label.split(" / ").map(first_word).collect();
            if parts.len() > 1 {
                joined.push((*series, one, parts));
            } else {
                by_name.entry(first_word(&label)).or_default().push((series, one));
            }
        }
    }
    let of_row = |(series, whole, names): (&'d Series, &'d Observation, Vec<String>)| {
        let mut parts: Vec<(&Series, &Observation)> = Vec::new();
        for name in names.iter().collect::<BTreeSet<_>>() {
            let rows = by_name.get(name)?;
            // It has no row of its own beside the joined one, and one in a neighbouring period.
            if rows.iter().any(|(_, one)| one.period == whole.period) {
                return None;
            }
            let is_neighbour = |one: &Observation| {
                one.period.is_followed_by(whole.period) || whole.period.is_followed_by(one.period)
            };
            parts.extend(rows.iter().filter(|(_, one)| is_neighbour(one)));
        }
        let sides: BTreeSet<&str> = parts.iter().map(|(series, _)| &*series.key.subject).collect();
        (sides.len() > 1).then_some(Regrouping { whole, series, parts, method: "joined-label" })
    };
    joined.into_iter().filter_map(of_row).collect()
}

/// The first word of a name, which tells companies apart whatever their legal form.
fn first_word(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    lower
        .split(|one: char| !one.is_alphanumeric())
        .find(|word| !word.is_empty())
        .unwrap_or_default()
        .to_owned()
}

fn describe(sink: &Sink, dataset: &Dataset, members: &Members<'_>, found: &Regrouping<'_>) -> Finding {
    let registry = &dataset.registry;
    let name = |series: &Series, one: &Observation| {
        let label = dataset.block_of(one).label.clone();
        label.map_or_else(|| registry.entity_name(&series.key.subject).to_owned(), |label| label.to_string())
    };
    let mut names: Vec<String> = found.parts.iter().map(|(series, one)| name(series, one)).collect();
    names.sort();
    names.dedup();
    let mut periods: Vec<Period> = found.parts.iter().map(|(_, one)| one.period).collect();
    periods.sort_unstable();
    periods.dedup();
    let whole = name(found.series, found.whole);
    let in_periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let message = format!(
        "`{whole}` is one row in {}; {} have rows of their own in {}",
        found.whole.period,
        listing(&names, 6),
        listing(&in_periods, 4)
    );
    let place = found.whole.origin.location();
    let subject = found.series.key.finding_subject(Some(found.whole.period));
    let mut finding = sink.finding(subject, message, place, figure(found.whole));
    for (series, one) in &found.parts {
        finding = finding.related(one.origin.location(), format!("{}, {}", name(series, one), figure(one)));
    }
    let own = found.whole.quantity.point().unwrap_or_default();
    let mut breaks: Vec<&Break> = Vec::new();
    // What explains one of two steps leaves the other as it is.
    let mut is_explained = true;
    for period in &periods {
        let figures = found.parts.iter().filter(|(_, one)| one.period == *period);
        let sum: Decimal = figures.filter_map(|(_, one)| one.quantity.point()).sum();
        let is_before = *period < found.whole.period;
        let (from, to) = if is_before { (sum, own) } else { (own, sum) };
        let step = if is_before { [*period, found.whole.period] } else { [found.whole.period, *period] };
        // The sums say which way the figures go: a part is always less than the whole.
        let covering = breaks_of_step(dataset, members, found.series, step, to > from);
        is_explained &= !covering.is_empty();
        for one in covering {
            if breaks.iter().all(|other| other.id != one.id) {
                breaks.push(one);
            }
        }
        let change = percent_change(from, to).map(|change| format!(" ({change})")).unwrap_or_default();
        let text = format!(
            "{period}: {} in all, against {} in {}{change}",
            grouped(sum),
            grouped(own),
            found.whole.period
        );
        finding = finding.note("sum", text);
    }
    let change = |(series, one): &(&Series, &Observation)| {
        let (whole, part) = (Some(own), one.quantity.point());
        let (from, to) = if one.period < found.whole.period { (part, whole) } else { (whole, part) };
        Change { name: name(series, one), from, to }
    };
    if is_explained {
        explain_by(&mut finding, &breaks);
    }
    finding
        .note("counting", "only the sums can be followed across the change")
        .help("declare the break with its date and source, or state the parts in both periods")
        .confidence(Confidence::Medium)
        .evidence(Evidence {
            method: found.method,
            observed: Some(grouped(own)),
            changes: found.parts.iter().map(change).collect(),
            ..Evidence::default()
        })
}
