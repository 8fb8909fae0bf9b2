//! Which figures are parts of a stated total.
//!
//! A total says what it is the total of (`total_of: subjects`, `categories` …). Its parts stand in the same document,
//! name the thing that is broken down, and share everything else with it. A document may state several totals of one
//! breakdown, wider and narrower ones; a narrower one has only the parts that demonstrably belong to it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{Additivity, Block, BlockId, Dataset, DocumentId, Observation, Period, SeriesKey};

/// What a total can be the total of.
pub const BREAKDOWNS: [&str; 5] = ["subjects", "categories", "jurisdictions", "channels", "surfaces"];

/// A stated total and the parts that its document states, in one period.
pub struct Total<'d> {
    /// The total itself.
    pub whole: &'d Observation,
    /// What it is about.
    pub key: &'d SeriesKey,
    /// Its parts.
    pub parts: Vec<&'d Observation>,
    /// Whether the document says that it lists all parts.
    pub all_parts: bool,
}

impl Total<'_> {
    /// Whether the parts add up; those of distinct counts may overlap.
    pub fn is_additive(&self) -> bool {
        self.key.unit.additivity() == Additivity::Additive
    }
}

/// What all parts of a total have in common with it: everything but the breakdown. `None` for an unknown breakdown.
pub fn common_key(key: &SeriesKey, breakdown: &str) -> Option<SeriesKey> {
    let mut common = key.clone();
    match breakdown {
        "subjects" => common.subject = key.publisher.clone(),
        "categories" => common.category = None,
        "jurisdictions" => common.jurisdiction = None,
        "channels" => common.channel = None,
        "surfaces" => common.surface = None,
        _ => return None,
    }
    Some(common)
}

/// Whether a series names the thing that is broken down.
pub fn names_part(key: &SeriesKey, breakdown: &str) -> bool {
    match breakdown {
        "subjects" => key.subject != key.publisher,
        "categories" => key.category.is_some(),
        "jurisdictions" => key.jurisdiction.is_some(),
        "channels" => key.channel.is_some(),
        "surfaces" => key.surface.is_some(),
        _ => false,
    }
}

/// Blocks of one document that share everything but the breakdown.
type Group<'d> = (DocumentId, &'d str, SeriesKey);

/// Every total with its parts, in units of which a part is at most the whole.
pub fn totals(dataset: &Dataset) -> Vec<Total<'_>> {
    let totals: Vec<(BlockId, &Block, &str)> = blocks(dataset)
        .filter_map(|(id, block)| Some((id, block, block.total_of.as_deref()?)))
        .filter(|(_, block, _)| dataset.series(block.series).key.unit.additivity() != Additivity::None)
        .collect();
    if totals.is_empty() {
        return Vec::new();
    }
    let candidates = candidates(dataset, &totals);
    let figures = figures(dataset, &totals, &candidates);
    let mut found = Vec::new();
    for (id, block, breakdown) in &totals {
        let key = &dataset.series(block.series).key;
        let Some(parts) = parts_of(dataset, block, breakdown, &totals, &candidates) else { continue };
        let mut by_period: BTreeMap<Period, Vec<&Observation>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for figure in parts.iter().flat_map(|part| figures.get(part)).flatten() {
            let series = dataset.block_of(figure).series;
            let parts = by_period.entry(figure.period).or_default();
            // A second table may repeat the figures of a first one.
            let is_same = |part: &&Observation| {
                dataset.block_of(part).series == series && part.quantity == figure.quantity
            };
            if seen.insert((series, figure.period)) || !parts.iter().any(is_same) {
                parts.push(figure);
            }
        }
        for whole in figures.get(id).into_iter().flatten() {
            let parts = by_period.get(&whole.period).cloned().unwrap_or_default();
            let all_parts = block.all_parts && dataset.document(block.document).complete;
            found.push(Total { whole, key, parts, all_parts });
        }
    }
    found
}

fn blocks(dataset: &Dataset) -> impl Iterator<Item = (BlockId, &Block)> {
    dataset.blocks.iter().enumerate().map(|(index, block)| (BlockId(index as u32), block))
}

/// Blocks that could be parts, by document, breakdown and what they share.
fn candidates<'d>(
    dataset: &'d Dataset,
    totals: &[(BlockId, &'d Block, &'d str)],
) -> HashMap<Group<'d>, Vec<BlockId>> {
    let mut wanted: HashMap<DocumentId, Vec<&str>> = HashMap::new();
    for (_, block, breakdown) in totals {
        let breakdowns = wanted.entry(block.document).or_default();
        if !breakdowns.contains(breakdown) {
            breakdowns.push(breakdown);
        }
    }
    let mut found: HashMap<Group<'_>, Vec<BlockId>> = HashMap::new();
    for (id, block) in blocks(dataset) {
        let key = &dataset.series(block.series).key;
        for breakdown in wanted.get(&block.document).into_iter().flatten() {
            // A total of the same breakdown is no part of another one.
            let is_part = names_part(key, breakdown) && block.total_of.as_deref() != Some(*breakdown);
            if let Some(common) = common_key(key, breakdown).filter(|_| is_part) {
                found.entry((block.document, breakdown, common)).or_default().push(id);
            }
        }
    }
    found
}

/// Observations of all blocks that matter.
fn figures<'d>(
    dataset: &'d Dataset,
    totals: &[(BlockId, &Block, &str)],
    candidates: &HashMap<Group<'_>, Vec<BlockId>>,
) -> HashMap<BlockId, Vec<&'d Observation>> {
    let relevant = totals.iter().map(|total| total.0).chain(candidates.values().flatten().copied());
    let mut figures: HashMap<BlockId, Vec<&Observation>> = relevant.map(|id| (id, Vec::new())).collect();
    let mut is_relevant = vec![false; dataset.blocks.len()];
    figures.keys().for_each(|id| is_relevant[id.0 as usize] = true);
    for observation in dataset.observations.iter().filter(|one| is_relevant[one.block.0 as usize]) {
        if let Some(list) = figures.get_mut(&observation.block) {
            list.push(observation);
        }
    }
    figures
}

/// The blocks that are parts of a total; `None` where that cannot be told.
fn parts_of(
    dataset: &Dataset,
    total: &Block,
    breakdown: &str,
    totals: &[(BlockId, &Block, &str)],
    candidates: &HashMap<Group<'_>, Vec<BlockId>>,
) -> Option<Vec<BlockId>> {
    let key = &dataset.series(total.series).key;
    let common = common_key(key, breakdown)?;
    let parts =
        |common: SeriesKey| candidates.get(&(total.document, breakdown, common)).cloned().unwrap_or_default();
    let mut found = parts(common.clone());
    if found.is_empty() && breakdown == "subjects" && common.category.is_some() {
        // The total of all subjects may have a name of its own, which stands as its category.
        found = parts(SeriesKey { category: None, ..common.clone() });
    }
    // A total that names a part of the breakdown itself is a narrower one where a wider one stands beside it;
    // otherwise that is only what it is called: `category: All`.
    let is_wider = |other: &&(BlockId, &Block, &str)| {
        let other_key = &dataset.series(other.1.series).key;
        other.1.document == total.document
            && other.2 == breakdown
            && !names_part(other_key, breakdown)
            && common_key(other_key, breakdown).as_ref() == Some(&common)
    };
    if !names_part(key, breakdown) || !totals.iter().any(|other| is_wider(&other)) {
        return Some(found);
    }
    if breakdown != "subjects" {
        return None;
    }
    let belongs = |id: &BlockId| {
        let observations = dataset.series(dataset.block(*id).series);
        let part = &observations.key.subject;
        let period = dataset.points(observations).next_back().map(|point| point.period);
        *part == key.subject
            || period.is_some_and(|period| dataset.registry.belongs_to(part, &key.subject, period))
    };
    found.retain(belongs);
    (!found.is_empty()).then_some(found)
}
