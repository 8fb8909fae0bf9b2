use super::{Lineage, Pair, VINTAGES};
use crate::diag::{Evidence, Finding, grouped, quantity_of};
use crate::history::mappings;
use crate::model::Dataset;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// The same figures under another key: a category, metric, subject or column that was renamed between releases.
    ///
    /// To a program the old series ends and a new one begins. A name alone never decides: two series are one where they
    /// state the same numbers for the same periods and their names are alike, or where so many numbers agree that no name
    /// is needed. A label that is so proven to be renamed, or is only spelt otherwise, then counts as renamed wherever
    /// else it stands, unless the numbers speak against it. What is renamed is not withdrawn.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// vintage: {id: 2023-Q4}
    /// series: [{category: Hate speech, values: {2021: 4120, 2022: 5100, 2023: 5300}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4}
    /// series: [{category: Hateful speech, values: {2021: 4120, 2022: 5100, 2023: 5300, 2024: 5710}}]
    /// ```
    "TR505" "renamed" Note;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// Mappings that a finding names.
const NAMED: usize = 6;

/// Reports each pair of releases between which keys were renamed.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    for lineage in lineages {
        for pair in lineage.pairs() {
            sink.examined(pair.new.series.len());
            if let Some(finding) = renaming(context.dataset, lineage, &pair, sink) {
                sink.push(finding);
            }
        }
    }
}

fn renaming(dataset: &Dataset, lineage: &Lineage<'_>, pair: &Pair<'_, '_>, sink: &Sink) -> Option<Finding> {
    let mappings = mappings(&pair.comparison.renames);
    let first = mappings.first()?;
    let statements: usize = mappings.iter().map(|mapping| mapping.statements()).sum();
    let message = format!(
        "{} of {} under other names in {}: {}{}",
        if statements == 1 {
            "1 statement".to_owned()
        } else {
            format!("{} statements", grouped(statements.into()))
        },
        pair.old.name,
        pair.new.name,
        first.words(),
        if mappings.len() > 1 { format!(" and {} more", mappings.len() - 1) } else { String::new() },
    );
    let head = |side: &crate::history::Side<'_>, key| {
        let block = dataset.block_of(side.series(key)?.points.first()?);
        Some(dataset.location_in(block, block.head))
    };
    let lead = first.renames.first()?;
    let mut finding = sink
        .finding(
            lineage.subject(pair.name()),
            message,
            head(pair.new, lead.new)?,
            format!("in {}", pair.new.name),
        )
        .related(head(pair.old, lead.old)?, format!("in {}", pair.old.name));
    for mapping in mappings.iter().take(NAMED) {
        let (equal, common) = (mapping.equal(), mapping.common());
        finding = finding.note(
            "renamed",
            format!(
                "{}: {} in {}, {} of {} in common the same; known by {}",
                mapping.words(),
                quantity_of(mapping.statements(), "statement"),
                quantity_of(mapping.renames.len(), "series"),
                grouped(equal.into()),
                quantity_of(common, "number"),
                mapping.evidence(),
            ),
        );
    }
    if mappings.len() > NAMED {
        finding =
            finding.note("renamed", format!("and {}", quantity_of(mappings.len() - NAMED, "more change")));
    }
    finding = finding.help("map both names to one term, in a profile or before figures are joined");
    Some(finding.evidence(Evidence {
        method: "vintages-renamed",
        observed: Some(quantity_of(statements, "statement")),
        ..Evidence::default()
    }))
}
