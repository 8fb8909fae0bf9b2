//! TR2xx: arithmetic, on intervals of printed precision.

pub mod part_exceeds_whole;
pub mod rate_out_of_range;
pub mod sum_mismatch;

use std::collections::HashMap;

use crate::model::{Additivity, Block, BlockId, Dataset, DocumentId, Observation, Period, SeriesKey};

/// A stated total and the parts that its document states, in one period.
struct Total<'d> {
    whole: &'d Observation,
    key: &'d SeriesKey,
    parts: Vec<&'d Observation>,
    /// Whether the document says that it lists all parts.
    all_parts: bool,
}

impl Total<'_> {
    /// Whether the parts add up; those of distinct counts may overlap.
    fn is_additive(&self) -> bool {
        self.key.unit.additivity() == Additivity::Additive
    }
}

/// What all parts of a total have in common with it: everything but the breakdown that it totals.
fn common_key(key: &SeriesKey, total_of: &str) -> Option<SeriesKey> {
    let mut common = key.clone();
    match total_of {
        // The total of all subjects may have a name of its own, which stands as its category.
        "subjects" => {
            common.subject = key.publisher.clone();
            common.category = None;
        }
        "categories" => common.category = None,
        "jurisdictions" => common.jurisdiction = None,
        "channels" => common.channel = None,
        "surfaces" => common.surface = None,
        _ => return None,
    }
    Some(common)
}

/// Whether a block is a part of the breakdown: it names the thing that is broken down, and is no total itself.
fn is_part(key: &SeriesKey, block: &Block, total_of: &str) -> bool {
    block.total_of.is_none()
        && match total_of {
            "subjects" => key.subject != key.publisher && key.category.is_none(),
            "categories" => key.category.is_some(),
            "jurisdictions" => key.jurisdiction.is_some(),
            "channels" => key.channel.is_some(),
            _ => key.surface.is_some(),
        }
}

/// Every total with its parts, in units of which a part is at most the whole.
fn totals(dataset: &Dataset) -> Vec<Total<'_>> {
    let mut observations: HashMap<BlockId, Vec<&Observation>> = HashMap::new();
    let is_relevant = |block: BlockId| {
        let document = dataset.block(block).document;
        dataset.blocks.iter().any(|one| one.document == document && one.total_of.is_some())
    };
    let mut relevant: HashMap<DocumentId, bool> = HashMap::new();
    for observation in &dataset.observations {
        let document = dataset.block_of(observation).document;
        if *relevant.entry(document).or_insert_with(|| is_relevant(observation.block)) {
            observations.entry(observation.block).or_default().push(observation);
        }
    }
    let mut found = Vec::new();
    for (index, block) in dataset.blocks.iter().enumerate() {
        let Some(total_of) = block.total_of.as_deref() else { continue };
        let key = &dataset.series(block.series).key;
        let Some(common) = common_key(key, total_of).filter(|key| key.unit.additivity() != Additivity::None)
        else {
            continue;
        };
        let parts: HashMap<Period, Vec<&Observation>> =
            parts_of(dataset, block, total_of, &common, &observations);
        for whole in observations.get(&BlockId(index as u32)).into_iter().flatten() {
            let parts = parts.get(&whole.period).cloned().unwrap_or_default();
            let all_parts = block.all_parts && dataset.document(block.document).complete;
            found.push(Total { whole, key, parts, all_parts });
        }
    }
    found
}

fn parts_of<'d>(
    dataset: &'d Dataset,
    total: &Block,
    total_of: &str,
    common: &SeriesKey,
    observations: &HashMap<BlockId, Vec<&'d Observation>>,
) -> HashMap<Period, Vec<&'d Observation>> {
    let mut parts: HashMap<Period, Vec<&Observation>> = HashMap::new();
    for (index, block) in
        dataset.blocks.iter().enumerate().filter(|(_, block)| block.document == total.document)
    {
        let key = &dataset.series(block.series).key;
        if is_part(key, block, total_of) && common_key(key, total_of).as_ref() == Some(common) {
            for observation in observations.get(&BlockId(index as u32)).into_iter().flatten() {
                parts.entry(observation.period).or_default().push(observation);
            }
        }
    }
    parts
}

/// Name of what an observation is about, in a sentence.
fn name_of(dataset: &Dataset, observation: &Observation) -> String {
    let key = &dataset.series(dataset.block_of(observation).series).key;
    let subject = dataset.registry.entity_name(&key.subject);
    match key.narrowing() {
        Some(breakdown) if key.subject == key.publisher => breakdown,
        Some(breakdown) => format!("{subject}, {breakdown}"),
        None => subject.to_owned(),
    }
}
