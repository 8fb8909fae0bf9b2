use super::{Lineage, Pair, VINTAGES, evidence, place_of};
use crate::diag::{Evidence, Finding, grouped};
use crate::history::{Statement, words};
use crate::model::Dataset;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// Numbers that an earlier release states and a later one no longer does, although it reports on their periods.
    ///
    /// A figure that is only in an old release is lost to whoever reads the newest, and nobody says whether it still
    /// holds. Counted are numbers whose key is gone, or whose cell is blank; what stands under a new key is renamed, and
    /// periods before the first that the later release reports on are not expected of it.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// vintage: {id: 2023-Q4}
    /// series: [{values: {2022: 5100, 2023: 5300}}, {category: Spam, values: {2022: 110, 2023: 131}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4}
    /// series: [{values: {2022: 5100, 2023: 5300, 2024: 5710}}]
    /// ```
    "TR504" "withdrawn" Warning;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// Reports each pair of releases of which the later one lacks numbers of the earlier.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    for lineage in lineages {
        for pair in lineage.pairs().filter(|pair| pair.is_comparable == Some(true)) {
            sink.examined(pair.comparison.in_common + pair.comparison.no_longer_published());
            if let Some(finding) = withdrawal(context.dataset, lineage, &pair, sink) {
                sink.push(finding);
            }
        }
    }
}

fn withdrawal(dataset: &Dataset, lineage: &Lineage<'_>, pair: &Pair<'_, '_>, sink: &Sink) -> Option<Finding> {
    // What was not read says nothing.
    if !pair.releases[1].documents.iter().all(|id| dataset.document(*id).complete) {
        return None;
    }
    let emptied = pair.comparison.emptied.iter().map(|one| Statement { key: one.key, observation: one.old });
    let gone: Vec<Statement<'_>> = pair.comparison.withdrawn.iter().copied().chain(emptied).collect();
    let first = gone.first()?;
    let message = format!(
        "{} of {} {} not in {}, which reports on {}",
        if gone.len() == 1 { "1 value".to_owned() } else { format!("{} values", grouped(gone.len().into())) },
        pair.old.name,
        if gone.len() == 1 { "is" } else { "are" },
        pair.new.name,
        words::period_names(gone.iter().map(|one| one.observation.period)),
    );
    let label = words::figure_name(&dataset.registry, first.key, first.observation.period);
    let mut finding = sink
        .finding(lineage.subject(pair.name()), message, first.observation.origin.location(), label)
        .related(place_of(dataset, pair.releases[1]), format!("not in {}", pair.new.name))
        .note("metrics", words::by_metric(&dataset.registry, gone.iter().map(|one| one.key)));
    if !pair.comparison.emptied.is_empty() {
        let count = grouped(pair.comparison.emptied.len().into());
        finding = finding.note("blank", format!("{count} of them have a cell without a number"));
    }
    finding = finding.help("publish them again, or say since when and why they are no longer published");
    Some(finding.evidence(Evidence {
        method: "vintages-withdrawn",
        changes: evidence::figures_of(&dataset.registry, &gone),
        ..Evidence::default()
    }))
}
