use std::collections::HashSet;

use super::{Lineage, VINTAGES, evidence};
use crate::diag::{Evidence, Finding, Subject, quantity_of};
use crate::history::{Change, Relation, follows, words};
use crate::model::{Dataset, DocumentId, Observation};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A copy of a publisher's figures that follows an earlier release and not the latest.
    ///
    /// A curated dataset is right on the day on which it is made; then the publisher restates. Looked at are figures that
    /// another document states beside the releases of the publication: where its number is that of an earlier release and
    /// no longer that of the latest, the copy was not brought up to date. `candor diff --patch COPY LATEST` writes the
    /// change.
    ///
    /// ## Example
    ///
    /// ```yaml without restated restated-materially revision-unmarked
    /// vintage: {id: 2023-Q4}
    /// published: 2024-02-01
    /// series: [{values: {2022: 5100, 2023: 5300}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4}
    /// published: 2025-02-01
    /// series: [{values: {2022: 5100, 2023: 6410, 2024: 6600}}]
    /// ---
    /// series: [{values: {2022: 5100, 2023: 5300}}]
    /// ```
    "TR508" "transcription-stale" Warning;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// Reports each document that follows an earlier release of a publication.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    for lineage in lineages {
        let own: HashSet<DocumentId> = lineage
            .publication
            .releases
            .iter()
            .flat_map(|release| release.documents.iter().copied())
            .collect();
        let mut stale: std::collections::BTreeMap<DocumentId, Vec<Stale<'_>>> =
            std::collections::BTreeMap::new();
        for history in &lineage.histories.list {
            let Some((_, latest)) = history.statements.last() else { continue };
            let series = dataset.series(dataset.block_of(latest).series);
            if series.blocks.iter().all(|block| own.contains(&dataset.block(*block).document)) {
                continue;
            }
            for copy in dataset.statements(series).filter(|one| one.period == history.period) {
                let document = dataset.block_of(copy).document;
                if own.contains(&document) || copy.quantity.interval().is_none() {
                    continue;
                }
                sink.examined(1);
                let change = Change { key: history.key, old: copy, new: latest };
                let earlier = history
                    .statements
                    .iter()
                    .rev()
                    .skip(1)
                    .find(|(_, one)| follows(copy, one) == Relation::Same);
                if let Some((release, _)) = earlier.filter(|_| follows(copy, latest) == Relation::Restated) {
                    stale.entry(document).or_default().push(Stale { change, release: *release });
                }
            }
        }
        for (document, mut cells) in stale {
            cells.sort_by(|one, other| other.change.weight().total_cmp(&one.change.weight()));
            let finding = report_copy(dataset, lineage, document, &cells, sink);
            sink.push(finding);
        }
    }
}

/// A figure of a copy that follows an earlier release.
struct Stale<'d> {
    /// From the copy to the latest release.
    change: Change<'d>,
    /// Place of the latest release that the copy agrees with.
    release: usize,
}

fn report_copy(
    dataset: &Dataset,
    lineage: &Lineage<'_>,
    document: DocumentId,
    cells: &[Stale<'_>],
    sink: &Sink,
) -> Finding {
    let latest = lineage.sides.last().map(|side| side.name.as_str()).unwrap_or_default();
    let mut releases: Vec<usize> = cells.iter().map(|cell| cell.release).collect();
    releases.sort_unstable();
    releases.dedup();
    let names: Vec<String> = releases.iter().map(|place| lineage.sides[*place].name.clone()).collect();
    let message = format!(
        "{} {} {} and not {latest}, the latest release",
        quantity_of(cells.len(), "value"),
        if cells.len() == 1 { "follows" } else { "follow" },
        crate::diag::listing(&names, 4),
    );
    let changes: Vec<Change<'_>> = cells.iter().map(|cell| cell.change).collect();
    let first = &changes[0];
    let place = |one: &Observation| one.origin.location();
    let copy = dataset.document(document);
    let subject = Subject {
        publisher: Some(lineage.publication.publisher.to_string()),
        path: Some(copy.path.clone()),
        ..Subject::default()
    };
    let finding = sink
        .finding(subject, message, place(first.old), words::printed(first.old))
        .related(place(first.new), format!("{} in {latest}", words::printed(first.new)))
        .cause(place(first.old));
    let newest = lineage.publication.releases.last().map(|release| release.documents.as_slice());
    let help = match newest {
        Some([only]) => {
            format!("`candor diff --patch {} {}` writes the change", copy.path, dataset.document(*only).path)
        }
        _ => "bring the copy up to date, or state which release it follows".to_owned(),
    };
    evidence::name_largest(finding, &dataset.registry, &changes).help(help).evidence(Evidence {
        method: "vintages-copy",
        changes: evidence::figures(&dataset.registry, &changes),
        ..Evidence::default()
    })
}
