use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::diag::{grouped, listing, quantity_of};
use crate::model::{Additivity, Dataset, DocumentId, Name, Observation, Period, Series, SeriesKey};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// One company under several names in one table, so that a comparison by name is wrong.
    ///
    /// A company that was renamed during a year, or that reports through two accounts, is listed twice: neither row is
    /// the company, and each of them falls or begins without anything having happened. Names are those of a registry:
    /// two aliases of one entity, or entities whose `parent` says that they are the `same`. Services of a company that
    /// are listed apart are no such names, and what a publisher calls itself is not looked at.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: twitter, values: {2023: 597087}}
    ///   - {subject: x-corp, values: {2023: 273416}}
    /// ```
    "TR104" "entity-split" Warning;
    needs [Need::Observations];
    parameters &[];
    check check
}

/// A figure and the name that it stands under.
type Row<'d> = (&'d str, &'d Observation);

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let subjects = subjects_with_names(dataset);
    sink.examined(dataset.series.len());
    let mut rows: BTreeMap<(DocumentId, SeriesKey, Period), Vec<Row<'_>>> = BTreeMap::new();
    let is_about_another = |series: &&Series| series.key.subject != series.key.publisher;
    for series in
        dataset.series.iter().filter(is_about_another).filter(|one| subjects.contains(&one.key.subject))
    {
        for statement in dataset.statements(series) {
            let block = dataset.block_of(statement);
            if block.total_of.is_some() || statement.quantity.interval().is_none() {
                continue;
            }
            let subject = &series.key.subject;
            let identity = Name::from(dataset.registry.identity_of(subject, statement.period));
            let key = SeriesKey { subject: identity, ..series.key.clone() };
            let name = block.label.as_deref().unwrap_or_else(|| dataset.registry.entity_name(subject));
            rows.entry((block.document, key, statement.period)).or_default().push((name, statement));
        }
    }
    for ((document, key, period), rows) in rows {
        if rows.iter().any(|(name, _)| *name != rows[0].0) {
            report(dataset, sink, (document, &key, period), &rows);
        }
    }
}

/// Subjects that are names of another, those whose names they are, and those that one document states under several
/// labels.
fn subjects_with_names(dataset: &Dataset) -> BTreeSet<Name> {
    let mut subjects: BTreeSet<Name> = BTreeSet::new();
    for alike in dataset.series.chunk_by(|one, other| one.key.subject == other.key.subject) {
        let subject = &alike[0].key.subject;
        // A name may be one of another name.
        let mut names = vec![subject.clone()];
        let mut is_name = false;
        while let Some(name) = names.pop() {
            let parents = dataset.registry.entity(&name).map_or(&[][..], |entity| &entity.parents);
            for parent in parents.iter().filter(|parent| parent.same) {
                is_name = true;
                let parent = Name::from(&*parent.parent);
                if subjects.insert(parent.clone()) {
                    names.push(parent);
                }
            }
        }
        if is_name || have_labels(dataset, alike) {
            subjects.insert(subject.clone());
        }
    }
    subjects
}

/// Whether one document states several labels for the subject of these series.
fn have_labels(dataset: &Dataset, alike: &[Series]) -> bool {
    let blocks = || alike.iter().flat_map(|series| &series.blocks).map(|id| dataset.block(*id));
    let mut labels = blocks().map(|block| &block.label);
    let first = labels.next();
    if labels.all(|label| Some(label) == first) {
        return false;
    }
    let labels: BTreeSet<_> = blocks().map(|block| (block.document, &block.label)).collect();
    labels.iter().zip(labels.iter().skip(1)).any(|(one, other)| one.0 == other.0)
}

fn report(
    dataset: &Dataset,
    sink: &mut Sink,
    (document, key, period): (DocumentId, &SeriesKey, Period),
    rows: &[Row<'_>],
) {
    let Some(((_, last), earlier)) = rows.split_last() else { return };
    let names: BTreeSet<&str> = rows.iter().map(|(name, _)| *name).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let company = dataset.registry.entity_name(&key.subject);
    let sum = || -> Option<Decimal> { rows.iter().map(|(_, one)| one.quantity.point()).sum() };
    let together = match sum().filter(|_| key.unit.additivity() == Additivity::Additive) {
        Some(sum) => format!("; together {}", grouped(sum)),
        None => String::new(),
    };
    let message = format!(
        "{company} stands under {} in {period}: {}{together}",
        quantity_of(names.len(), "name"),
        listing(&quoted, 6)
    );
    let label = |(name, one): &Row<'_>| format!("`{name}`: {}", one.quantity);
    let mut finding = sink
        .finding(
            key.finding_subject(Some(period)),
            message,
            last.origin.location(),
            rows.last().map(label).unwrap_or_default(),
        )
        .help(format!("compare the rows of {company} together; one of them alone is a part of it"))
        .fold(format!("{} {}", document.0, key.subject));
    for row in earlier {
        finding = finding.related(row.1.origin.location(), label(row));
    }
    finding.evidence.method = "names-of-one-entity";
    finding.evidence.observed = Some(quoted.join(", "));
    sink.push(finding);
}
