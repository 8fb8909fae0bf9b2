use rust_decimal::Decimal;

use super::{push, repeated_statements, rows_of};
use crate::diag::{Confidence, Finding};
use crate::model::{
    Absence, Dataset, Document, DocumentId, Interval, Name, Observation, ProblemKind, Quantity, Series,
};
use crate::rule::{Context, Need, Sink};
use crate::rules::derived::is_like;
use crate::rules::linked::linked_figure;

crate::declare_rule! {
    /// Two different values for the same thing and period.
    ///
    /// In one document one of the two must be wrong. Two documents of one publisher may differ where the later one
    /// says that it replaces the earlier (`vintage.supersedes`), or where both are releases of one publication, of
    /// different vintages; else a reader cannot tell which figure holds. A table that is copied from other publications is no
    /// release that a document replaces. Rows of a data package that have one primary
    /// key and differ elsewhere are reported too. Tables of different kinds are compared by cross-source-mismatch.
    /// Where one document states a company with what belongs to it and the other the row that bears its name, the two differ
    /// by exactly other rows of the company and are no conflict. Values are compared as intervals of their printed
    /// precision: 36.2 million and 36,210,368 agree.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2023: 100, 2024: 120, 2024: 210}}
    /// ```
    "TR005" "conflicting-duplicate" Error;
    needs [Need::Inputs];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let conflicts: Vec<_> = repeated_statements(dataset).flat_map(|group| contradictions(&group)).collect();
    let rows = rows_of(conflicts.iter().map(|(_, later)| *later));
    for problem in dataset.problems.iter().filter(|problem| problem.kind == ProblemKind::ConflictingKey) {
        let row = problem.location.cell.map(|cell| (problem.location.source, cell.row));
        // The figures of the row say it better.
        if row.is_none_or(|row| !rows.contains(&row)) {
            push(sink, problem, "key");
        }
    }
    for (first, later) in conflicts {
        let finding = conflict(dataset, sink, first, later).cause(later.origin.location());
        sink.push(finding.fold(format!("{} conflicts", later.origin.source.0)));
    }
    for series in dataset.series.iter().filter(|series| series.statements.len() > series.points.len()) {
        across_documents(dataset, series, sink);
    }
    sink.examined(dataset.observations.len());
    sink.nothing_to_check("no published number");
}

/// Statements of one figure of which none contradicts another. A number contradicts any of them exactly if it lies above the
/// one that ends lowest or below the one that begins highest: what is left open or rounded between two hides nothing. Of
/// several that end or begin alike the latest counts.
struct Agreeing<'d> {
    ends_lowest: &'d Observation,
    begins_highest: &'d Observation,
}

impl<'d> Agreeing<'d> {
    fn new(first: &'d Observation) -> Self {
        Self { ends_lowest: first, begins_highest: first }
    }

    /// The one that another statement contradicts.
    fn contradicted_by(&self, later: &Observation) -> Option<&'d Observation> {
        let intervals = self.ends_lowest.quantity.interval().zip(later.quantity.interval());
        let is_above = intervals.is_some_and(|(known, later)| known.is_below(later));
        let nearest = if is_above { self.ends_lowest } else { self.begins_highest };
        differ(nearest, later).then_some(nearest)
    }

    /// Adds one that contradicts none.
    fn add(&mut self, later: &'d Observation) {
        let Some(interval) = later.quantity.interval() else { return };
        let end = |interval: Interval| interval.high.unwrap_or(Decimal::MAX);
        let known = |one: &Observation| one.quantity.interval();
        if known(self.ends_lowest).is_none_or(|known| end(interval) <= end(known)) {
            self.ends_lowest = later;
        }
        if known(self.begins_highest).is_none_or(|known| interval.low >= known.low) {
            self.begins_highest = later;
        }
    }
}

/// Several statements of one document, each that contradicts one before it beside that one.
fn contradictions<'d>(group: &[&'d Observation]) -> Vec<(&'d Observation, &'d Observation)> {
    let is_readable = |one: &&Observation| one.quantity != Quantity::Absent(Absence::Unreadable);
    let mut statements = group.iter().copied().filter(is_readable);
    let Some(mut known) = statements.next().map(Agreeing::new) else { return Vec::new() };
    let mut found = Vec::new();
    for later in statements {
        match known.contradicted_by(later) {
            Some(earlier) => found.push((earlier, later)),
            None => known.add(later),
        }
    }
    found
}

fn differ(left: &Observation, right: &Observation) -> bool {
    match (&left.quantity, &right.quantity) {
        (Quantity::Absent(Absence::Unreadable), _) | (_, Quantity::Absent(Absence::Unreadable)) => false,
        (Quantity::Absent(one), Quantity::Absent(other)) => one != other,
        (Quantity::Absent(_), _) | (_, Quantity::Absent(_)) => true,
        (one, other) => !one.interval().zip(other.interval()).is_none_or(|(one, other)| one.meets(other)),
    }
}

/// Conflicts between the documents that state a figure for one period.
fn across_documents(dataset: &Dataset, series: &Series, sink: &mut Sink) {
    let statements: Vec<&Observation> = dataset.statements(series).collect();
    let by_period = statements.chunk_by(|left, right| left.period == right.period);
    for same_period in by_period.filter(|statements| statements.len() > 1) {
        // What one document leaves open another may fill in.
        let stated: Vec<&Observation> =
            same_period.iter().copied().filter(|one| one.quantity.interval().is_some()).collect();
        let Some((first, rest)) = stated.split_first() else { continue };
        let mut known = Agreeing::new(first);
        for later in rest {
            if let Some(earlier) = known.contradicted_by(later) {
                between_documents(dataset, series, &stated, [earlier, later], sink);
                known = Agreeing::new(later);
            } else {
                known.add(later);
            }
        }
    }
}

/// Reports two of all numbers that are stated for one period and contradict each other, where two documents state them and
/// nothing says why they differ.
fn between_documents<'d>(
    dataset: &'d Dataset,
    series: &'d Series,
    stated: &[&Observation],
    [first, later]: [&'d Observation; 2],
    sink: &mut Sink,
) {
    let documents = (dataset.block_of(first).document, dataset.block_of(later).document);
    if documents.0 != documents.1
        && !replaces(dataset, documents)
        && !is_company_and_own_row(dataset, series, [first, later])
        && !follows_earlier_release(dataset, stated, [first, later])
    {
        let suspect = least_fitting(dataset, series, first, later);
        let other = if std::ptr::eq(suspect, first) { later } else { first };
        let finding = conflict(dataset, sink, other, suspect).confidence(Confidence::Medium);
        // Two releases that differ do so in many places.
        let pair = format!("{} {}", documents.0.0, documents.1.0);
        sink.push(finding.fold(pair).cause(suspect.origin.location()));
    }
}

/// A company of more rows than this is not looked at more closely.
const MOST_PARTS: usize = 12;

/// Whether the larger of two figures is exactly the smaller one and some of what is stated beside it of what belongs to the
/// subject: one document speaks of the company, the other of the row that bears its name.
fn is_company_and_own_row(dataset: &Dataset, series: &Series, pair: [&Observation; 2]) -> bool {
    let (Some(first), Some(later)) = (pair[0].quantity.exact_value(), pair[1].quantity.exact_value()) else {
        return false;
    };
    let own = if first < later { pair[0] } else { pair[1] };
    let (period, document) = (own.period, dataset.block_of(own).document);
    let (key, registry) = (&series.key, &dataset.registry);
    let belongs = |id: &str| *id != *key.subject && registry.belongs_to(id, &key.subject, period);
    let members = registry.entities().map(|entity| entity.id.as_str()).filter(|id| belongs(id));
    let beside = |id: &str| {
        let all = dataset.series_about(&key.publisher, &Name::from(id)).iter();
        let mut like =
            all.filter(|other| is_like(&other.key, key)).flat_map(|other| dataset.statements(other));
        like.rfind(|one| one.period == period && dataset.block_of(one).document == document)
    };
    let parts: Option<Vec<Decimal>> =
        members.filter_map(beside).map(|part| part.quantity.exact_value()).collect();
    let Some(parts) = parts else { return false };
    let rest = (first - later).abs();
    let all = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
    if all == Some(rest) {
        return true;
    }
    // One of so many combinations may be a small difference by chance.
    let is_telling = parts.len() <= MOST_PARTS && rest >= Decimal::from(100u64 << parts.len());
    is_telling && sums(&parts).contains(&rest)
}

/// The sums of all combinations of some numbers.
fn sums(parts: &[Decimal]) -> Vec<Decimal> {
    let mut sums = vec![Decimal::ZERO];
    for part in parts {
        let with: Vec<Decimal> = sums.iter().filter_map(|sum| sum.checked_add(*part)).collect();
        sums.extend(with);
    }
    sums
}

/// Whether one of two statements is that of an earlier release of the document that makes the other: a copy that was not
/// brought up to date, which another rule reports.
fn follows_earlier_release(dataset: &Dataset, stated: &[&Observation], pair: [&Observation; 2]) -> bool {
    let [first, later] = pair;
    [(first, later), (later, first)].into_iter().any(|(copy, other)| {
        let is_earlier = |one: &&&Observation| {
            let document = dataset.document_of(one);
            document.is_other_release_of(dataset.document_of(other))
                && !document.is_other_release_of(dataset.document_of(copy))
        };
        stated.iter().filter(is_earlier).any(|one| !differ(one, copy))
    })
}

fn replaces(dataset: &Dataset, (earlier, later): (DocumentId, DocumentId)) -> bool {
    dataset.supersedes(earlier, later)
        || dataset.supersedes(later, earlier)
        || dataset.document(earlier).is_other_release_of(dataset.document(later))
        || are_tables_apart(dataset.document(earlier), dataset.document(later))
}

/// Whether two files are tables of different kinds, which are sources to each other and count as they do.
fn are_tables_apart(one: &Document, other: &Document) -> bool {
    one.profile.is_some() && other.profile.is_some() && one.profile != other.profile
}

/// Of two statements the one that is copied from elsewhere, or was taken from a series in another unit, or else the one that
/// lies further from its neighbours; the later one where that does not tell.
fn least_fitting<'d>(
    dataset: &'d Dataset,
    series: &'d Series,
    first: &'d Observation,
    later: &'d Observation,
) -> &'d Observation {
    let is_derived = |one| dataset.document_of(one).derived;
    if is_derived(first) != is_derived(later) {
        return if is_derived(first) { first } else { later };
    }
    if linked_figure(dataset, series, first, later).is_some() {
        return first;
    }
    if linked_figure(dataset, series, later, first).is_some() {
        return later;
    }
    let near = |one: &&Observation| {
        one.period.is_followed_by(first.period) || first.period.is_followed_by(one.period)
    };
    let logarithms: Vec<f64> = dataset
        .points(series)
        .filter(near)
        .filter_map(|one| one.quantity.approximate())
        .map(f64::ln)
        .collect();
    let distance = |one: &Observation| {
        let centre = logarithms.iter().sum::<f64>() / logarithms.len() as f64;
        one.quantity.approximate().map_or(0.0, |value| (value.ln() - centre).abs())
    };
    // A difference of a few per cent from the neighbours says nothing.
    if distance(first) > distance(later) + 0.1 { first } else { later }
}

fn conflict(dataset: &Dataset, sink: &Sink, first: &Observation, later: &Observation) -> Finding {
    let series = dataset.series(dataset.block_of(later).series);
    let help = if dataset.block_of(first).document == dataset.block_of(later).document {
        "keep one of them"
    } else if dataset.document_of(later).derived {
        "bring the figure that is taken from elsewhere up to date, or correct the other"
    } else {
        "correct one of them; a document that replaces another names it as `vintage.supersedes`, and candor.toml \
         states the `vintage` of a table"
    };
    let message = format!("{} is stated as {} and as {}", later.period, first.quantity, later.quantity);
    let mut finding = sink
        .finding(
            series.key.finding_subject(Some(later.period)),
            message,
            later.origin.location(),
            later.quantity.to_string(),
        )
        .related(first.origin.location(), first.quantity.to_string())
        .help(help);
    finding.evidence.method = "two-statements";
    finding.evidence.observed = Some(later.quantity.to_string());
    finding.evidence.expected = Some(first.quantity.to_string());
    finding
}
