//! The tidy table: one figure a row.

use simd_csv::Writer;

use super::parts;
use crate::model::{Block, Dataset, Observation, SeriesKey};

/// What one column holds.
type Cell = fn(&Dataset, &Block, &Observation) -> Option<String>;

fn of_key(dataset: &Dataset, block: &Block, take: fn(&SeriesKey) -> Option<&str>) -> Option<String> {
    take(&dataset.series(block.series).key).map(str::to_owned)
}

/// The columns in their order; those that say nothing in any row are left out, but for the first four and the last two.
const COLUMNS: [(&str, Cell); 21] = [
    ("publisher", |dataset, block, _| of_key(dataset, block, |key| Some(&key.publisher))),
    ("subject", |dataset, block, _| of_key(dataset, block, |key| Some(&key.subject))),
    ("label", |_, block, _| block.label.as_deref().map(str::to_owned)),
    ("metric", |dataset, block, _| of_key(dataset, block, |key| Some(&key.metric))),
    ("unit", |dataset, block, _| of_key(dataset, block, |key| Some(key.unit.as_str()))),
    ("category", |dataset, block, _| of_key(dataset, block, |key| key.category.as_deref())),
    ("channel", |dataset, block, _| of_key(dataset, block, |key| key.channel.as_deref())),
    ("detection", |dataset, block, _| of_key(dataset, block, |key| key.detection.as_deref())),
    ("surface", |dataset, block, _| of_key(dataset, block, |key| key.surface.as_deref())),
    ("jurisdiction", |dataset, block, _| of_key(dataset, block, |key| key.jurisdiction.as_deref())),
    ("basis_bundled", |dataset, block, _| of_key(dataset, block, |key| key.basis.bundled.as_deref())),
    ("basis_counted_when", |dataset, block, _| {
        of_key(dataset, block, |key| key.basis.counted_when.as_deref())
    }),
    ("total_of", |_, block, _| block.total_of.as_deref().map(str::to_owned)),
    ("parts", |_, block, _| (block.total_of.is_some() && !block.all_parts).then(|| "selected".to_owned())),
    ("redundant", |_, block, _| block.redundant.then(|| "true".to_owned())),
    ("period", |_, _, observation| Some(observation.period.to_string())),
    ("value", |_, _, observation| Some(parts(&observation.quantity)?.value?.to_string())),
    ("rounded_to", |_, _, observation| Some(parts(&observation.quantity)?.rounded_to?.to_string())),
    ("low", |_, _, observation| Some(parts(&observation.quantity)?.low?.to_string())),
    ("high", |_, _, observation| Some(parts(&observation.quantity)?.high?.to_string())),
    ("kind", |_, _, observation| parts(&observation.quantity)?.kind.map(str::to_owned)),
];

/// Columns that a tidy table has whatever they hold.
const ALWAYS: [&str; 5] = ["publisher", "metric", "unit", "period", "value"];

/// Writes all figures that could be read as a tidy table.
///
/// # Errors
/// Where the library cannot write it.
pub fn csv(dataset: &Dataset) -> Result<String, String> {
    let rows = || {
        dataset
            .runs()
            .flat_map(|(block, run)| run.iter().map(move |one| (block, one)))
            .filter(|(_, one)| parts(&one.quantity).is_some())
    };
    let is_used = |(name, cell): &&(&str, Cell)| {
        ALWAYS.contains(name) || rows().any(|(block, one)| cell(dataset, block, one).is_some())
    };
    let columns: Vec<&(&str, Cell)> = COLUMNS.iter().filter(is_used).collect();
    let mut writer = Writer::from_writer(Vec::new());
    let failed = |error: simd_csv::Error| error.to_string();
    writer.write_record(columns.iter().map(|(name, _)| name)).map_err(failed)?;
    for (block, observation) in rows() {
        let cells = columns.iter().map(|(_, cell)| cell(dataset, block, observation).unwrap_or_default());
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
