use crate::diag::{grouped, listing};
use crate::model::{Dataset, SeriesKey};
use crate::rule::{Need, Sink};
use crate::rules::missing_member::Missing;
use crate::rules::sums::Sum;

crate::declare_rule! {
    /// A total that is more than its parts, while a known part is not among them.
    ///
    /// A list that has all states but one, with a total that counts that one too, makes shares and ranks of the others
    /// wrong and says nothing of the one. Known is what other lists of the same kind have: four fifths of this list
    /// stand in the other, which has at most three more. Where one of those is stated elsewhere with exactly the
    /// difference, it alone is named.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {metric: appeals, category: Nudity, values: {2024: 1002}}
    ///   - {metric: appeals, category: Violence, values: {2024: 297}}
    ///   - {metric: appeals, total_of: categories, values: {2024: 1340}}
    ///   - {metric: restorations, unit: restoration, category: Nudity, values: {2024: 310}}
    ///   - {metric: restorations, unit: restoration, category: Violence, values: {2024: 102}}
    ///   - {metric: restorations, unit: restoration, category: Spam, values: {2024: 41}}
    /// ```
    "TR106" "entity-missing-from-total" Warning;
    needs [Need::Totals];
    parameters &[];
    look crate::rules::arithmetic::sum_mismatch::SUMS
}

/// Reports a total that is more than its parts, and who is known and not among them.
pub fn report(dataset: &Dataset, sink: &mut Sink, key: &SeriesKey, sum: &Sum<'_>, missing: &Missing<'_>) {
    let Sum { whole, parts } = sum;
    let names: Vec<String> = missing
        .members
        .iter()
        .map(|(name, _)| match missing.breakdown {
            "subjects" => dataset.registry.entity_name(name).to_owned(),
            _ => name.to_string(),
        })
        .collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let message = format!(
        "the total of {} is {} more than the {} {} that are listed, and {} {verb} not among them",
        whole.period,
        grouped(missing.residual),
        parts.len(),
        missing.breakdown,
        listing(&names, 3)
    );
    let mut finding = sink
        .finding(
            key.finding_subject(Some(whole.period)),
            message,
            whole.origin.location(),
            format!("total: {}", whole.quantity),
        )
        .cause(whole.origin.location());
    for (name, figure) in &missing.members {
        if let Some(figure) = figure {
            finding = finding
                .related(figure.origin.location(), format!("{name}: {}", figure.quantity))
                .help(format!("{name} is stated here with exactly the difference"));
        }
    }
    if missing.members.iter().all(|(_, figure)| figure.is_none()) {
        finding = finding.help("add what is missing, or say that the list is a selection");
    }
    finding.evidence.method = "listed-elsewhere";
    finding.evidence.observed = Some(whole.quantity.to_string());
    finding.evidence.expected = Some(crate::rules::sums::total_in_words(parts));
    sink.push(finding);
}
