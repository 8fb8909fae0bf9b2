use std::collections::BTreeSet;

use super::{Lineage, Pair, VINTAGES, place_of};
use crate::diag::{Evidence, Finding, grouped, listing};
use crate::history::{Comparability, Side};
use crate::model::{Dataset, SeriesKey};
use crate::rule::{Context, Need, Parameter, Sink};

crate::declare_rule! {
    /// Two releases of one publication that have too few figures in common to be compared.
    ///
    /// Nothing can then be said on whether history was changed: the categories, metrics or columns are others, and no
    /// equal numbers say which took the place of which. The finding says what each release has that the other lacks.
    /// Releases that each report on their own periods only are not meant.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// vintage: {id: 2023-Q4}
    /// series: [{category: Spam, values: {2022: 5100, 2023: 5300}}, {category: Hate speech, values: {2022: 110, 2023: 131}}, {values: {2021: 7000}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4}
    /// series: [{category: Integrity, values: {2022: 1301, 2023: 977}}, {category: Safety, values: {2022: 240, 2023: 310}}, {values: {2020: 6400}}]
    /// ```
    "TR507" "not-comparable" Note;
    needs [Need::Vintages];
    parameters &[Parameter {
        name: SHARE,
        default: 0.2,
        range: (0.0, 1.0),
        unit: "share",
        documentation: "Releases are compared where at least this share of the earlier numbers, in periods that both \
                        report on, have a counterpart.",
    }];
    look VINTAGES
}

/// Name of the parameter that decides.
pub const SHARE: &str = "share";

/// Labels that a finding names.
const NAMED: usize = 4;

/// Reports each pair of releases that cannot be compared.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    for lineage in lineages {
        for pair in lineage.pairs().filter(|pair| pair.is_comparable.is_some()) {
            sink.examined(1);
            if pair.is_comparable == Some(false) {
                let mut finding = incomparable(context.dataset, lineage, &pair, sink);
                finding.evidence.threshold = Some((SHARE, context.parameters.global(SHARE)));
                sink.push(finding);
            }
        }
    }
}

/// A part of a key, with the plural by which it is called.
type Part = (&'static str, fn(&SeriesKey) -> Option<&str>);

const PARTS: [Part; 3] = [
    ("metrics", |key| Some(&key.metric)),
    ("categories", |key| key.category.as_deref()),
    ("subjects", |key| Some(&key.subject)),
];

fn incomparable(dataset: &Dataset, lineage: &Lineage<'_>, pair: &Pair<'_, '_>, sink: &Sink) -> Finding {
    let (found, of) = match pair.comparison.comparability {
        Comparability::Share { found, of } => (found, of),
        Comparability::NoCommonPeriod => (0, 0),
    };
    let message = format!(
        "{} of {} numbers of {} have a counterpart in {}, in periods that both report on: too few to compare",
        grouped(found.into()),
        grouped(of.into()),
        pair.old.name,
        pair.new.name,
    );
    let mut finding = sink
        .finding(
            lineage.subject(pair.name()),
            message,
            place_of(dataset, pair.releases[1]),
            pair.new.name.to_string(),
        )
        .related(place_of(dataset, pair.releases[0]), pair.old.name.clone());
    for (plural, of) in PARTS {
        for (one, other) in [(pair.old, pair.new), (pair.new, pair.old)] {
            let only = only_in(one, other, of);
            if !only.is_empty() {
                finding = finding.note(plural, format!("only in {}: {}", one.name, listing(&only, NAMED)));
            }
        }
    }
    finding = finding.help("map the names of one release to those of the other, in a profile");
    finding.evidence(Evidence {
        method: "vintages-overlap",
        observed: Some(format!("{found} of {of}")),
        ..Evidence::default()
    })
}

fn only_in(one: &Side<'_>, other: &Side<'_>, of: impl Fn(&SeriesKey) -> Option<&str>) -> Vec<String> {
    let labels = |side: &Side<'_>| -> BTreeSet<String> {
        side.series.iter().filter_map(|series| of(series.key).map(str::to_owned)).collect()
    };
    let other = labels(other);
    labels(one).into_iter().filter(|label| !other.contains(label)).map(|label| format!("`{label}`")).collect()
}
