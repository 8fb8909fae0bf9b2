use std::collections::{BTreeMap, BTreeSet};

use crate::diag::quantity_of;
use crate::model::{Dataset, Name, Series, SeriesKey};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// The same label in two spellings: another letter case, spacing or punctuation.
    ///
    /// To a program these are two series, each with a gap where the other goes on. Compared are categories, channels
    /// and surfaces of one publisher and metric; the spelling with fewer values is pointed at. Labels that one document
    /// states side by side for one period differ on purpose.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Violence and Incitement, values: {2022: 100, 2023: 120}}
    ///   - {category: Violence And Incitement, values: {2024: 110}}
    /// ```
    "TR012" "label-drift" Note;
    needs [Need::Observations];
    parameters &[];
    check check
}

type Field = (&'static str, fn(&SeriesKey) -> Option<&Name>);

const FIELDS: [Field; 3] = [
    ("category", |key| key.category.as_ref()),
    ("channel", |key| key.channel.as_ref()),
    ("surface", |key| key.surface.as_ref()),
];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut labels = 0;
    for (field, of) in FIELDS {
        let mut spellings: BTreeMap<_, BTreeMap<&str, Vec<&Series>>> = BTreeMap::new();
        for series in &context.dataset.series {
            let Some(label) = of(&series.key) else { continue };
            let form = normalised(label);
            if form.is_empty() {
                continue;
            }
            let group = (&series.key.publisher, &series.key.metric, form);
            spellings.entry(group).or_default().entry(label).or_default().push(series);
        }
        labels += spellings.len();
        for variants in spellings.values().filter(|variants| variants.len() > 1) {
            report(context, sink, field, variants);
        }
    }
    sink.examined(labels);
    sink.nothing_to_check("no series has a category, channel or surface");
}

fn report(
    context: &Context<'_>,
    sink: &mut Sink,
    field: &'static str,
    variants: &BTreeMap<&str, Vec<&Series>>,
) {
    let values = |series: &[&Series]| series.iter().map(|one| one.statements.len()).sum::<usize>();
    let mut ranked: Vec<(&str, &[&Series])> =
        variants.iter().map(|(label, series)| (*label, series.as_slice())).collect();
    ranked.sort_by_key(|(label, series)| (std::cmp::Reverse(values(series)), *label));
    let (usual, of_usual) = ranked[0];
    for (label, series) in &ranked[1..] {
        if are_stated_together(context.dataset, series, of_usual) {
            continue;
        }
        let place = |series: &[&Series]| {
            let block = context.dataset.block(series[0].blocks[0]);
            context.dataset.location_in(block, block.head)
        };
        let message = format!("the {field} `{label}` is elsewhere spelt `{usual}`");
        let mut finding = sink
            .finding(
                series[0].key.finding_subject(None),
                message,
                place(series),
                format!("`{label}`, {}", quantity_of(values(series), "value")),
            )
            .related(place(of_usual), format!("`{usual}`, {} values", values(of_usual)))
            .help("use one spelling");
        finding.evidence.method = field;
        sink.push(finding);
    }
}

/// Whether one document states both for one period: it tells them apart.
fn are_stated_together(dataset: &Dataset, one: &[&Series], other: &[&Series]) -> bool {
    let stated = |series: &[&Series]| -> BTreeSet<_> {
        let all = series.iter().flat_map(|series| dataset.statements(series));
        all.map(|statement| (dataset.block_of(statement).document, statement.period)).collect()
    };
    !stated(one).is_disjoint(&stated(other))
}

/// In lower case, without spaces and punctuation. Signs that mean something (`<`, `+`, `%`, emoji) stay.
fn normalised(label: &str) -> String {
    let is_spelling = |letter: char| letter.is_whitespace() || "-_.,:;'’‘\"“”/()[]–—".contains(letter);
    label.chars().filter(|letter| !is_spelling(*letter)).flat_map(char::to_lowercase).collect()
}
