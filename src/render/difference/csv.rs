//! For spreadsheets: a row for every figure that is not the same on both sides.

use rust_decimal::Decimal;
use simd_csv::Writer;

use super::words;
use crate::engine::{CheckedSide, Step};
use crate::history::{Change, Statement};
use crate::model::{Observation, SeriesKey};
use crate::render::csv::harmless;

const COLUMNS: [&str; 20] = [
    "old",
    "new",
    "change",
    "publisher",
    "subject",
    "metric",
    "unit",
    "category",
    "channel",
    "detection",
    "surface",
    "jurisdiction",
    "period",
    "old_value",
    "new_value",
    "difference",
    "relative_percent",
    "old_metric",
    "old_place",
    "new_place",
];

/// Writes the table.
pub fn render(steps: &[Step<'_>]) -> Result<String, String> {
    let mut writer = Writer::from_writer(Vec::new());
    let failed = |error: simd_csv::Error| error.to_string();
    writer.write_record(COLUMNS).map_err(failed)?;
    for step in steps {
        for row in rows(step) {
            writer.write_record(row.each_ref().map(|cell| harmless(cell))).map_err(failed)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

type Row = [String; COLUMNS.len()];

fn rows<'s>(step: &'s Step<'_>) -> impl Iterator<Item = Row> + 's {
    let comparison = &step.comparison;
    let both = [
        ("restated", &comparison.restated),
        ("restated", &comparison.renamed_restated),
        ("printed to another step", &comparison.reprinted),
        ("number in place of none", &comparison.filled),
        ("none in place of a number", &comparison.emptied),
    ];
    let one = [
        ("removed", &comparison.withdrawn, true),
        ("period no longer covered", &comparison.out_of_range, true),
        ("added", &comparison.added, false),
    ];
    let both = both
        .into_iter()
        .flat_map(move |(word, list)| list.iter().map(move |change| changed(step, word, change)));
    let one = one.into_iter().flat_map(move |(word, list, is_old)| {
        list.iter().map(move |statement| one_sided(step, word, statement, is_old))
    });
    both.chain(one)
}

fn changed(step: &Step<'_>, word: &str, change: &Change<'_>) -> Row {
    let old_key = &step.old.outcome.dataset.series(step.old.outcome.dataset.block_of(change.old).series).key;
    let relative = change.relative().map(|share| format!("{:.1}", share * 100.0)).unwrap_or_default();
    let difference = change.difference().map(|one: Decimal| one.normalize().to_string()).unwrap_or_default();
    let old = Some((step.old, change.old));
    row(
        step,
        word,
        change.key,
        [old, Some((step.new, change.new))],
        [difference, relative, old_key.metric.to_string()],
    )
}

fn one_sided(step: &Step<'_>, word: &str, one: &Statement<'_>, is_old: bool) -> Row {
    let side = if is_old { step.old } else { step.new };
    let stated = Some((side, one.observation));
    let sides = if is_old { [stated, None] } else { [None, stated] };
    row(step, word, one.key, sides, Default::default())
}

fn row(
    step: &Step<'_>,
    word: &str,
    key: &SeriesKey,
    [old, new]: [Option<(&CheckedSide, &Observation)>; 2],
    [difference, relative, old_metric]: [String; 3],
) -> Row {
    let number = |one: Option<(&CheckedSide, &Observation)>| {
        one.map(|(_, observation)| match observation.quantity.point() {
            Some(point) => point.to_string(),
            None => observation.quantity.to_string(),
        })
    };
    let place = |one: Option<(&CheckedSide, &Observation)>| {
        one.map(|(side, observation)| words::place(observation.origin.location(), &side.outcome.sources))
    };
    let label = |label: &Option<crate::model::Name>| label.as_deref().unwrap_or_default().to_owned();
    let period = new.or(old).map(|(_, observation)| observation.period.to_string());
    [
        step.old.name.clone(),
        step.new.name.clone(),
        word.to_owned(),
        key.publisher.to_string(),
        key.subject.to_string(),
        key.metric.to_string(),
        key.unit.to_string(),
        label(&key.category),
        label(&key.channel),
        label(&key.detection),
        label(&key.surface),
        label(&key.jurisdiction),
        period.unwrap_or_default(),
        number(old).unwrap_or_default(),
        number(new).unwrap_or_default(),
        difference,
        relative,
        old_metric,
        place(old).unwrap_or_default(),
        place(new).unwrap_or_default(),
    ]
}
