use super::{Lineage, Pair, VINTAGES, evidence, schedules};
use crate::diag::{Explanation, Finding, State, grouped, percent, quantity_of};
use crate::history::words;
use crate::model::Dataset;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A release that states other numbers for periods that an earlier release reported on.
    ///
    /// Whoever quoted the earlier figures, or built a series from releases, no longer agrees with the publisher. Keys are
    /// compared as they are; what stands under a new key is another rule's, and is counted apart. Numbers are compared by
    /// what is printed: float noise, and another rounding whose interval meets that of the earlier number, are no
    /// restatement. A release that gives a reason (`vintage.reason`, or `reason` in candor.toml) makes the finding
    /// *explained*. The schedules `revisions` and `revision-triangle` show every pair of releases, also what agreed.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// vintage: {id: 2023-Q4}
    /// published: 2024-02-01
    /// series: [{values: {2022: 5100, 2023: 5300}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4, reason: Late decisions were added.}
    /// published: 2025-02-01
    /// series: [{values: {2022: 5100, 2023: 5321, 2024: 5710}}]
    /// ```
    "TR501" "restated" Warning;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// Reports each pair of releases of which the later one restates the earlier.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    for lineage in lineages {
        for pair in lineage.pairs() {
            sink.examined(pair.comparison.in_common);
            if let Some(finding) = restatement(context.dataset, lineage, &pair, sink) {
                sink.push(finding);
            }
        }
    }
    sink.schedule(schedules::revisions(context.dataset, lineages));
    sink.schedule(schedules::triangle(context.dataset, lineages));
}

fn restatement(
    dataset: &Dataset,
    lineage: &Lineage<'_>,
    pair: &Pair<'_, '_>,
    sink: &Sink,
) -> Option<Finding> {
    let changes = &pair.comparison.restated;
    let largest = changes.first()?;
    let oldest = changes.iter().map(|change| change.period()).min()?;
    let message = format!(
        "{} states other numbers than {} for {} of {} values in common, back to {oldest}",
        pair.new.name,
        pair.old.name,
        grouped(changes.len().into()),
        grouped(pair.comparison.in_common.into()),
    );
    let mut finding = at_largest(sink, lineage, pair, message, largest);
    finding = evidence::name_largest(finding, &dataset.registry, changes)
        .note("periods", words::by_period(changes.iter().map(|change| change.period())));
    let renamed = &pair.comparison.renamed_restated;
    if !renamed.is_empty() {
        let (count, of) = (renamed.len(), pair.comparison.renamed_in_common);
        finding = finding.note(
            "renamed",
            format!("and {} of {} under new keys", grouped(count.into()), quantity_of(of, "value")),
        );
    }
    if !pair.comparison.reprinted.is_empty() {
        let count = quantity_of(pair.comparison.reprinted.len(), "value");
        finding = finding.note("rounding", format!("{count} printed to another step are not counted"));
    }
    finding.evidence.method = "vintages";
    finding.evidence.observed = Some(quantity_of(changes.len(), "other value"));
    finding.evidence.changes = evidence::figures(&dataset.registry, changes);
    finding = finding.help(help(dataset, pair));
    if let Some(reason) = reason(dataset, pair) {
        let by = Explanation { by: format!("vintage {}", pair.new.name), text: reason, source: None };
        finding.state = State::Explained { by: vec![by] };
    }
    Some(finding)
}

/// A finding that points at the largest change on both sides.
pub(super) fn at_largest(
    sink: &Sink,
    lineage: &Lineage<'_>,
    pair: &Pair<'_, '_>,
    message: String,
    largest: &crate::history::Change<'_>,
) -> Finding {
    let relative = largest.relative().map(percent).unwrap_or_else(|| "no longer 0".to_owned());
    let (old, new) = (largest.old.origin.location(), largest.new.origin.location());
    let old_label = format!("{} in {}", words::printed(largest.old), pair.old.name);
    // All findings about what one release restates have one cause: that it does.
    sink.finding(lineage.subject(pair.name()), message, new, relative).related(old, old_label).cause(new)
}

/// Why a release says that it differs from the one before.
pub fn reason(dataset: &Dataset, pair: &Pair<'_, '_>) -> Option<String> {
    pair.releases[1].documents.iter().find_map(|id| dataset.document(*id).reason.clone())
}

/// How to see everything.
fn help(dataset: &Dataset, pair: &Pair<'_, '_>) -> String {
    let path = |release: usize| match pair.releases[release].documents.as_slice() {
        [only] => Some(dataset.document(*only).path.as_str()),
        _ => None,
    };
    match (path(0), path(1)) {
        (Some(old), Some(new)) => format!("`candor diff {old} {new} --all` lists every change"),
        _ => "`candor diff` lists every change between two releases".to_owned(),
    }
}
