use crate::diag::{grouped, listing};
use crate::model::{Dataset, SeriesKey};
use crate::rule::{Context, Need, Sink};
use crate::rules::breakdown::totals;
use crate::rules::missing_member::{Lists, Missing};
use crate::rules::sums::{Agreement, Judge, Sum};

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
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let judge = Judge::new(dataset);
    let lists = Lists::new(dataset);
    for total in totals(dataset).iter().filter(|total| total.is_additive() && total.all_parts) {
        if total.parts.is_empty() {
            continue;
        }
        sink.examined(1);
        let sum = Sum { whole: total.whole, parts: total.parts.clone() };
        if judge.agreement(&sum).is_none_or(|agreement| agreement == Agreement::Holds) {
            continue;
        }
        if let Some(missing) = lists.missing(&sum, total.key) {
            report(dataset, sink, total.key, &sum, &missing);
        }
    }
    sink.nothing_to_check("no total whose parts are all stated and add up");
}

fn report(dataset: &Dataset, sink: &mut Sink, key: &SeriesKey, sum: &Sum<'_>, missing: &Missing<'_>) {
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
