use std::collections::HashSet;

use super::{push, repeated_statements, row_of};
use crate::model::{Dataset, Format, Observation, ProblemKind};
use crate::rule::{Context, Need, Sink};
use crate::source::SourceId;

crate::declare_rule! {
    /// The same key twice in one document, with the same value.
    ///
    /// The second statement adds nothing and will be forgotten when the first is corrected. Keys of objects that
    /// stand twice are reported here too: the first one is used.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2023: 100, 2024: 120, 2024: 120}}
    /// ```
    "TR006" "repeated-key" Warning;
    needs [Need::Inputs];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let of_keys = || {
        let kinds = [ProblemKind::DuplicateKey, ProblemKind::ConflictingKey];
        dataset.problems.iter().filter(move |problem| kinds.contains(&problem.kind))
    };
    // Rows whose keys a data package says are repeated.
    let rows: HashSet<(SourceId, u32)> =
        of_keys().filter_map(|one| Some((one.location.source, one.location.cell?.row))).collect();
    for problem in of_keys().filter(|problem| problem.kind == ProblemKind::DuplicateKey) {
        push(sink, problem, "key");
    }
    for (first, later) in repeated_statements(dataset)
        .flat_map(|group| {
            let first = group[0];
            group.into_iter().skip(1).map(move |later| (first, later))
        })
        .filter(|pair| pair.0.quantity == pair.1.quantity && !is_shown_again(dataset, *pair))
        .filter(|pair| !row_of(pair.1).is_some_and(|row| rows.contains(&row)))
    {
        let series = dataset.series(dataset.block_of(later).series);
        let message = format!("{} is stated twice: {}", later.period, later.quantity);
        let mut finding = sink
            .finding(
                series.key.finding_subject(Some(later.period)),
                message,
                later.origin.location(),
                "again",
            )
            .related(first.origin.location(), "first")
            .help("remove one of them")
            .fold(format!("{} repeated", later.origin.source.0));
        finding.evidence.method = "observation";
        sink.push(finding);
    }
    sink.examined(dataset.observations.len());
    sink.nothing_to_check("no published number");
}

/// Whether a publisher shows a figure in two tables of one file, as beside the appeals against what it counts.
fn is_shown_again(dataset: &Dataset, (first, later): (&Observation, &Observation)) -> bool {
    first.block != later.block && dataset.document_of(later).format == Format::Publisher
}
