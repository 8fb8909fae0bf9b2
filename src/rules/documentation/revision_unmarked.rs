use std::collections::HashSet;

use crate::diag::{Evidence, Finding, Location, grouped};
use crate::history::Change;
use crate::model::{Dataset, ProblemKind};
use crate::rule::{Context, Need, Sink};
use crate::rules::vintages::{Lineage, Pair, VINTAGES};

crate::declare_rule! {
    /// A release that restates earlier numbers and does not mark them, or does not say why, or when.
    ///
    /// A reader who has the earlier figures cannot tell a correction from an error of transcription. The implementing
    /// regulation on transparency reports under the EU Digital Services Act (Commission Implementing Regulation (EU)
    /// 2024/2835) demands that changes of a published report be marked, with reason and date. A footnote mark on most of
    /// the numbers, or a reason for the vintage, counts as a mark; the date is that of the publication. For a table both
    /// may stand in candor.toml (`reason`, `published`).
    ///
    /// ## Example
    ///
    /// ```yaml without restated
    /// vintage: {id: 2023-Q4}
    /// series: [{values: {2022: 5100, 2023: 5300}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4}
    /// series: [{values: {2022: 5100, 2023: 5321, 2024: 5710}}]
    /// ```
    "TR805" "revision-unmarked" Warning;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// Reports each release that restates numbers without saying so.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    for lineage in lineages {
        for pair in lineage.pairs() {
            let restated = &pair.comparison.restated;
            sink.examined(restated.len());
            if let Some(finding) = unmarked(context.dataset, lineage, &pair, restated, sink) {
                sink.push(finding);
            }
        }
    }
    sink.nothing_to_check("no release restates anything");
}

fn unmarked(
    dataset: &Dataset,
    lineage: &Lineage<'_>,
    pair: &Pair<'_, '_>,
    restated: &[Change<'_>],
    sink: &Sink,
) -> Option<Finding> {
    let largest = restated.first()?;
    let documents = || pair.releases[1].documents.iter().map(|id| dataset.document(*id));
    let has_reason = documents().any(|document| document.reason.is_some());
    let has_date = documents().any(|document| document.published.is_some());
    let unmarked = if has_reason { None } else { missing_marks(dataset, restated) };
    let undated = (!has_date).then(|| "no date of publication".to_owned());
    let missing: Vec<String> = unmarked.into_iter().chain(undated).collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!(
        "{} restates {} and gives {}",
        pair.new.name,
        if restated.len() == 1 {
            "1 earlier value".to_owned()
        } else {
            format!("{} earlier values", grouped(restated.len().into()))
        },
        missing.join(" and "),
    );
    let place = largest.new.origin.location();
    let finding = sink
        .finding(lineage.subject(pair.name()), message, place, "one of them")
        .cause(place)
        .help("state the reason as `vintage.reason` and the day as `published`; for a table, as `reason` and `published` in candor.toml");
    Some(finding.evidence(Evidence { method: "vintages-unmarked", ..Evidence::default() }))
}

/// In words that not even most of the restated numbers carry a footnote mark; none where they do.
fn missing_marks(dataset: &Dataset, restated: &[Change<'_>]) -> Option<String> {
    let marked = dataset.problems.iter().filter(|one| one.kind == ProblemKind::UnparsableValue && one.minor);
    let places: HashSet<Location> = marked.map(|problem| problem.location).collect();
    match restated.iter().filter(|change| places.contains(&change.new.origin.location())).count() {
        0 => Some("no mark or reason".to_owned()),
        count if 2 * count > restated.len() => None,
        count => Some(format!("a mark to {} of them only and no reason", grouped(count.into()))),
    }
}
