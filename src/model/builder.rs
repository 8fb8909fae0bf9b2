//! Putting a [`Dataset`] together.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{
    Block, BlockId, Dataset, Document, DocumentId, Frequency, Name, NumberStyle, Observation, ObservationId,
    Problem, Registry, Series, SeriesId, SeriesKey,
};

/// Collects documents, blocks and observations while inputs are read, and joins them into series at the end.
#[derive(Debug, Default)]
pub struct Builder {
    dataset: Dataset,
    keys: Vec<SeriesKey>,
    by_key: HashMap<SeriesKey, SeriesId>,
}

impl Builder {
    /// A builder that knows these terms.
    pub fn new(registry: Registry) -> Self {
        Self { dataset: Dataset { registry, ..Dataset::default() }, ..Self::default() }
    }

    /// Adds a document.
    pub fn document(&mut self, document: Document) -> DocumentId {
        self.dataset.documents.push(document);
        DocumentId(self.dataset.documents.len() as u32 - 1)
    }

    /// The publisher of a document.
    pub fn document_publisher(&self, id: DocumentId) -> Name {
        self.dataset.document(id).publisher.clone()
    }

    /// Names the publisher of a document that has none yet: a table states it in its rows.
    pub fn set_publisher(&mut self, id: DocumentId, publisher: Name) {
        let document = &mut self.dataset.documents[id.0 as usize];
        if document.publisher.is_empty() {
            document.publisher = publisher;
        }
    }

    /// Notes how a document writes its larger numbers.
    pub fn note_number_style(&mut self, id: DocumentId, style: NumberStyle) {
        self.dataset.documents[id.0 as usize].number_style = Some(style);
    }

    /// Notes that a document was not read to its end, or not in every row.
    pub fn mark_incomplete(&mut self, id: DocumentId) {
        self.dataset.documents[id.0 as usize].complete = false;
    }

    /// The number of the series with this key; a new one where it is new.
    pub fn series(&mut self, key: SeriesKey) -> SeriesId {
        if let Some(id) = self.by_key.get(&key) {
            return *id;
        }
        let id = SeriesId(self.keys.len() as u32);
        self.keys.push(key.clone());
        self.by_key.insert(key, id);
        id
    }

    /// Adds a block.
    pub fn block(&mut self, block: Block) -> BlockId {
        self.dataset.blocks.push(block);
        BlockId(self.dataset.blocks.len() as u32 - 1)
    }

    /// Adds an observation.
    pub fn observation(&mut self, observation: Observation) {
        self.dataset.observations.push(observation);
    }

    /// Adds a fault.
    pub fn problem(&mut self, problem: Problem) {
        self.dataset.problems.push(problem);
    }

    /// Counts values that were looked at.
    pub fn count_values(&mut self, count: usize) {
        self.dataset.values_read += count;
    }

    /// Counts an input that could not be read to its end.
    pub fn count_unread(&mut self) {
        self.dataset.unread_inputs += 1;
    }

    /// Counts an input, and whether it has a schema.
    pub fn count_input(&mut self, has_schema: bool) {
        self.dataset.inputs += 1;
        self.dataset.inputs_with_schema += usize::from(has_schema);
    }

    /// Makes room for observations.
    pub fn reserve(&mut self, count: usize) {
        self.dataset.observations.reserve(count);
    }

    /// The terms known so far.
    pub fn registry(&mut self) -> &mut Registry {
        &mut self.dataset.registry
    }

    /// Adds what other builders have read of one document, which is their only one, in the order of its stretches: its
    /// series, observations and faults. Blocks that say the same of the same series become one.
    pub fn add_stretches(&mut self, document: DocumentId, stretches: Vec<Self>) {
        let mut known: HashMap<_, BlockId> = HashMap::new();
        for Self { dataset: stretch, keys, .. } in stretches {
            if let Some(publisher) = stretch.documents.first().map(|one| one.publisher.clone()) {
                self.set_publisher(document, publisher);
            }
            let series: Vec<SeriesId> = keys.into_iter().map(|key| self.series(key)).collect();
            let mut renumbered = Vec::with_capacity(stretch.blocks.len());
            for block in stretch.blocks {
                let series = series[block.series.0 as usize];
                let identity = (series, block.label.clone(), block.total_of.clone(), block.all_parts);
                let id =
                    known.entry(identity).or_insert_with(|| self.block(Block { document, series, ..block }));
                renumbered.push(*id);
            }
            let add = |one: Observation| Observation { block: renumbered[one.block.0 as usize], ..one };
            if self.dataset.observations.is_empty() && renumbered.iter().enumerate().all(stays) {
                self.dataset.observations = stretch.observations;
            } else {
                self.dataset.observations.par_extend(stretch.observations.into_par_iter().map(add));
            }
            self.dataset.problems.extend(stretch.problems);
            self.dataset.values_read += stretch.values_read;
        }
    }

    /// Joins blocks into series, sorted by key so that the order of the inputs does not matter.
    pub fn finish(self) -> Dataset {
        let Self { mut dataset, keys, .. } = self;
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_unstable_by(|left, right| keys[*left].cmp(&keys[*right]));
        let mut renumbered = vec![SeriesId(0); keys.len()];
        for (new, old) in order.iter().enumerate() {
            renumbered[*old] = SeriesId(new as u32);
        }
        let mut keys: Vec<Option<SeriesKey>> = keys.into_iter().map(Some).collect();
        dataset.series = order.iter().filter_map(|old| keys[*old].take()).map(Series::new).collect();
        for (index, block) in dataset.blocks.iter_mut().enumerate() {
            block.series = renumbered[block.series.0 as usize];
            dataset.series[block.series.0 as usize].blocks.push(BlockId(index as u32));
        }
        let mut next = 0;
        for run in dataset.observations.chunk_by(|left, right| left.block == right.block) {
            let series = dataset.blocks[run[0].block.0 as usize].series;
            let ids = next..next + run.len() as u32;
            next = ids.end;
            dataset.series[series.0 as usize].statements.extend(ids.map(ObservationId));
        }
        let ranks = vintage_ranks(&dataset.documents);
        let mut series = std::mem::take(&mut dataset.series);
        series.par_iter_mut().for_each(|one| order_statements(&dataset, &ranks, one));
        dataset.series = series;
        dataset
    }
}

/// Whether a block keeps its number.
fn stays((old, new): (usize, &BlockId)) -> bool {
    new.0 as usize == old
}

/// Place of each document in the order of publication. Documents without a date come first; among equals a document
/// comes after those that it replaces, and then the order of the inputs decides.
fn vintage_ranks(documents: &[Document]) -> Vec<u32> {
    let vintages: HashMap<(&Name, &str), &Document> = documents
        .iter()
        .rev()
        .filter_map(|document| Some(((&document.publisher, document.vintage.as_deref()?), document)))
        .collect();
    let replaced = |document: &Document| {
        let mut last = document;
        // No chain is longer than there are documents, unless it is a circle.
        for depth in 0..documents.len() {
            match last.supersedes.as_deref().and_then(|name| vintages.get(&(&last.publisher, name))) {
                Some(earlier) => last = earlier,
                None => return depth,
            }
        }
        documents.len()
    };
    let depths: Vec<usize> = documents.iter().map(replaced).collect();
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by_key(|document| (&documents[*document].published, depths[*document]));
    let mut ranks = vec![0; documents.len()];
    for (rank, document) in order.into_iter().enumerate() {
        ranks[document] = rank as u32;
    }
    ranks
}

fn order_statements(dataset: &Dataset, ranks: &[u32], series: &mut Series) {
    let period = |id: &ObservationId| dataset.observation(*id).period;
    // Nearly every series stands in one block, in order.
    if series.blocks.len() > 1 || !series.statements.is_sorted_by_key(period) {
        series.statements.sort_by_cached_key(|id| {
            let observation = dataset.observation(*id);
            let document = dataset.block_of(observation).document;
            (observation.period, ranks[document.0 as usize], id.0)
        });
    }
    let same_period = |left: &ObservationId, right: &ObservationId| period(left) == period(right);
    series.points =
        series.statements.chunk_by(same_period).filter_map(|statements| statements.last().copied()).collect();
    series.rhythm = rhythm(dataset, series);
}

/// How long all periods of a series are, where each follows the one before.
fn rhythm(dataset: &Dataset, series: &Series) -> Option<Frequency> {
    let mut periods = dataset.points(series).map(|point| point.period);
    let mut last = periods.next()?;
    let frequency = last.frequency();
    periods
        .all(|period| {
            let follows = last.is_followed_by(period) && period.frequency() == frequency;
            last = period;
            follows
        })
        .then_some(frequency)
}
