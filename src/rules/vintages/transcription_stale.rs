use std::collections::HashSet;

use super::{Lineage, VINTAGES, evidence};
use crate::diag::{Evidence, Finding, Subject, quantity_of};
use crate::history::{Change, Relation, Side, Statement, relation, words};
use crate::model::{Dataset, DocumentId, Observation, SeriesId};
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
        for document in copies(dataset, lineage) {
            let copy = Side::of(dataset, document);
            let mut stale: Vec<Stale<'_>> = Vec::new();
            for Statement { key, observation } in copy.numbers() {
                let newest_first = lineage.sides.iter().enumerate().rev();
                let mut releases = newest_first
                    .filter_map(|(place, side)| Some((place, side, side.number(key, observation.period)?)));
                let relation_to = |side: &Side<'_>, one: &Observation| {
                    relation((&copy, key, &observation.quantity), (side, key, &one.quantity))
                };
                let Some((_, side, latest)) = releases.next() else { continue };
                sink.examined(1);
                if relation_to(side, latest) == Relation::Restated
                    && let Some((release, ..)) =
                        releases.find(|(_, side, one)| relation_to(side, one) == Relation::Same)
                {
                    stale.push(Stale { change: Change { key, old: observation, new: latest }, release });
                }
            }
            stale.sort_by(|one, other| other.change.weight().total_cmp(&one.change.weight()));
            if !stale.is_empty() {
                let finding = report_copy(dataset, lineage, document, &stale, sink);
                sink.push(finding);
            }
        }
    }
}

/// Documents that state some of the same series and are no release, nor another table of the publisher's own.
fn copies(dataset: &Dataset, lineage: &Lineage<'_>) -> Vec<DocumentId> {
    let releases = || lineage.publication.releases.iter().flat_map(|release| &release.documents);
    let own: HashSet<DocumentId> = releases().copied().collect();
    let series: HashSet<SeriesId> =
        releases().flat_map(|id| dataset.blocks_of(*id)).map(|block| block.series).collect();
    let is_copy = |id: &DocumentId| {
        let document = dataset.document(*id);
        let is_publishers = document.profile.is_some() && document.publisher == lineage.publication.publisher;
        !own.contains(id)
            && !is_publishers
            && dataset.blocks_of(*id).iter().any(|block| series.contains(&block.series))
    };
    (0..dataset.documents.len() as u32).map(DocumentId).filter(is_copy).collect()
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
