use std::collections::{BTreeMap, BTreeSet};

use crate::diag::quantity_of;
use crate::model::{Dataset, Name, ProblemKind, Series, SeriesKey};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// The same label in two spellings: another letter case, spacing or punctuation.
    ///
    /// To a program these are two series, each with a gap where the other goes on. Compared are categories, channels
    /// and surfaces of one publisher and metric; the spelling with fewer values is pointed at. Labels that one document
    /// states side by side for one period differ on purpose. Of names of subjects that are spelt otherwise from one period to
    /// the next, with another legal form or second name, it is said how many recur as printed and how many but for that.
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

/// A part of the key that holds the publisher's wording.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    of: fn(&mut SeriesKey) -> &mut Option<Name>,
}

const FIELDS: [Field; 3] = [
    Field { name: "category", of: |key| &mut key.category },
    Field { name: "channel", of: |key| &mut key.channel },
    Field { name: "surface", of: |key| &mut key.surface },
];

impl Field {
    fn label(self, key: &SeriesKey) -> Option<Name> {
        (self.of)(&mut key.clone()).take()
    }

    fn without(self, key: &SeriesKey) -> SeriesKey {
        let mut rest = key.clone();
        (self.of)(&mut rest).take();
        rest
    }
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut labels = 0;
    for field in FIELDS {
        let mut spellings: BTreeMap<_, BTreeMap<Name, Vec<&Series>>> = BTreeMap::new();
        for series in &context.dataset.series {
            let Some(label) = field.label(&series.key) else { continue };
            let form = normalised(&label);
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
    super::report(context, sink, ProblemKind::LabelSpacing, "spacing");
    super::name_drift::check(context.dataset, sink);
    sink.examined(labels);
    sink.nothing_to_check("no series has a category, channel or surface");
}

fn report(context: &Context<'_>, sink: &mut Sink, field: Field, variants: &BTreeMap<Name, Vec<&Series>>) {
    let values = |series: &[&Series]| series.iter().map(|one| one.statements.len()).sum::<usize>();
    let mut ranked: Vec<(&str, &[&Series])> =
        variants.iter().map(|(label, series)| (&**label, series.as_slice())).collect();
    ranked.sort_by_key(|(label, series)| (std::cmp::Reverse(values(series)), *label));
    let (usual, of_usual) = ranked[0];
    for (label, series) in &ranked[1..] {
        if are_stated_together(context.dataset, series, of_usual, field) {
            continue;
        }
        let place = |series: &[&Series]| {
            let block = context.dataset.block(series[0].blocks[0]);
            context.dataset.location_in(block, block.head)
        };
        let message = format!("the {} `{label}` is elsewhere spelt `{usual}`", field.name);
        let mut finding = sink
            .finding(
                series[0].key.finding_subject(None),
                message,
                place(series),
                format!("`{label}`, {}", quantity_of(values(series), "value")),
            )
            .related(place(of_usual), format!("`{usual}`, {} values", values(of_usual)))
            .help("use one spelling");
        finding.evidence.method = field.name;
        sink.push(finding);
    }
}

/// Whether one document states both for one period and otherwise the same thing: it tells them apart.
fn are_stated_together(dataset: &Dataset, one: &[&Series], other: &[&Series], field: Field) -> bool {
    let stated = |series: &[&Series]| -> BTreeSet<_> {
        let all =
            series.iter().flat_map(|series| dataset.statements(series).map(|statement| (*series, statement)));
        all.map(|(series, statement)| {
            (field.without(&series.key), dataset.block_of(statement).document, statement.period)
        })
        .collect()
    };
    !stated(one).is_disjoint(&stated(other))
}

/// In lower case, without spaces and punctuation. Signs that mean something (`<`, `+`, `%`, emoji) stay.
fn normalised(label: &str) -> String {
    let is_spelling = |letter: char| letter.is_whitespace() || "-_.,:;'’‘\"“”/()[]–—".contains(letter);
    label.chars().filter(|letter| !is_spelling(*letter)).flat_map(char::to_lowercase).collect()
}
