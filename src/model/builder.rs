//! Putting a [`Dataset`] together.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use rayon::prelude::*;

use super::{
    AllowComment, Block, BlockId, Claim, ClaimSource, Dataset, Document, DocumentId, Frequency, Makeup, Name,
    NumberStyle, Observation, ObservationId, ObservationIds, Period, Problem, Registry, Series, SeriesId,
    SeriesKey, Unit,
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
    pub fn new(registry: Arc<Registry>) -> Self {
        Self { dataset: Dataset { registry, ..Dataset::default() }, ..Self::default() }
    }

    /// A builder that reads a stretch of a document beside this one: it knows the same terms, and that document alone,
    /// under the number given.
    pub fn for_stretch_of(&self, document: DocumentId) -> (Self, DocumentId) {
        let mut builder = Self::new(Arc::clone(&self.dataset.registry));
        let document = builder.document(self.dataset.document(document).clone());
        (builder, document)
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

    /// What a block is a part of, with the block itself.
    pub fn block_with_key(&self, id: BlockId) -> (&Block, &SeriesKey) {
        let block = self.dataset.block(id);
        (block, &self.keys[block.series.0 as usize])
    }

    /// Adds a block.
    pub fn block(&mut self, block: Block) -> BlockId {
        self.dataset.blocks.push(block);
        BlockId(self.dataset.blocks.len() as u32 - 1)
    }

    /// Adds an observation.
    #[inline]
    pub fn observation(&mut self, observation: Observation) {
        self.dataset.observations.push(observation);
    }

    /// Adds a comment that accepts findings.
    pub fn allow_comment(&mut self, comment: AllowComment) {
        self.dataset.allow_comments.push(comment);
    }

    /// Adds a fault.
    pub fn problem(&mut self, problem: Problem) {
        self.dataset.problems.push(problem);
    }

    /// How many faults there are so far.
    pub fn problem_count(&self) -> usize {
        self.dataset.problems.len()
    }

    /// The faults from this number on.
    pub fn problems_from(&mut self, number: usize) -> &mut [Problem] {
        self.dataset.problems.get_mut(number..).unwrap_or_default()
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

    /// Adds a source of claims and gives its number.
    pub fn claim_source(&mut self, source: ClaimSource) -> usize {
        self.dataset.claim_sources.push(source);
        self.dataset.claim_sources.len() - 1
    }

    /// Adds a claim.
    pub fn claim(&mut self, claim: Claim) {
        self.dataset.claims.push(claim);
    }

    /// The terms known so far, to add some.
    pub fn registry(&mut self) -> &mut Registry {
        Arc::make_mut(&mut self.dataset.registry)
    }

    /// The unit of count of a metric, where it is known.
    pub fn unit_of(&self, metric: &str) -> Option<Unit> {
        self.dataset.registry.metric(metric).map(|metric| metric.unit)
    }

    /// Adds what other builders have read of one document, which is their only one, in the order of its stretches: its
    /// series, observations and faults. Blocks with the same `identity` become one; it is given the number of the
    /// stretch, and the block with its number there.
    pub fn add_stretches<Identity: Hash + Eq>(
        &mut self,
        document: DocumentId,
        stretches: Vec<Self>,
        identity: impl Fn(usize, BlockId, &Block) -> Identity,
    ) {
        let mut known: HashMap<Identity, BlockId> = HashMap::new();
        for (number, Self { dataset: stretch, keys, .. }) in stretches.into_iter().enumerate() {
            if let Some(publisher) = stretch.documents.first().map(|one| one.publisher.clone()) {
                self.set_publisher(document, publisher);
            }
            let series: Vec<SeriesId> = keys.into_iter().map(|key| self.series(key)).collect();
            let mut renumbered = Vec::with_capacity(stretch.blocks.len());
            for (old, block) in stretch.blocks.into_iter().enumerate() {
                let block = Block { document, series: series[block.series.0 as usize], ..block };
                let identity = identity(number, BlockId(old as u32), &block);
                renumbered.push(*known.entry(identity).or_insert_with(|| self.block(block)));
            }
            let all_stay = renumbered.iter().enumerate().all(stays);
            for mut observations in stretch.observations.into_pieces() {
                if !all_stay {
                    observations.par_iter_mut().for_each(|one| one.block = renumbered[one.block.0 as usize]);
                }
                self.dataset.observations.append(observations);
            }
            self.dataset.problems.extend(stretch.problems);
            self.dataset.values_read += stretch.values_read;
        }
    }

    /// Names the vintage of every publisher's table that states none after the newest period in its file: a release is
    /// made for its newest figures. `file_of` gives the file that a path names, or a sheet of it.
    pub fn date_by_newest_period(&mut self, file_of: impl Fn(&str) -> &str) {
        let Dataset { documents, blocks, observations, .. } = &mut self.dataset;
        let is_undated = |document: &Document| document.profile.is_some() && document.vintage.is_none();
        if !documents.iter().any(is_undated) {
            return;
        }
        let mut newest: HashMap<&str, Period> = HashMap::new();
        for run in observations.runs() {
            let document = &documents[blocks[run[0].block.0 as usize].document.0 as usize];
            let last = run.iter().map(|one| one.period).max_by_key(|period| (period.end, period.start));
            if let Some(last) = last.filter(|_| is_undated(document)) {
                let known = newest.entry(file_of(&document.path)).or_insert(last);
                *known = last.max_by_end(*known);
            }
        }
        let dates: Vec<Option<String>> = documents
            .iter()
            .map(|one| newest.get(file_of(&one.path)).filter(|_| is_undated(one)).map(Period::to_string))
            .collect();
        for (document, date) in documents.iter_mut().zip(dates) {
            document.vintage = document.vintage.take().or(date);
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
            dataset.documents[block.document.0 as usize].lists_selection |=
                block.total_of.is_some() && !block.all_parts;
            block.series = renumbered[block.series.0 as usize];
            dataset.series[block.series.0 as usize].blocks.push(BlockId(index as u32));
        }
        let statements = statements(&mut dataset);
        let ranks = vintage_ranks(&dataset.documents);
        for (document, rank) in dataset.documents.iter_mut().zip(&ranks) {
            document.rank = *rank;
        }
        let mut series = std::mem::take(&mut dataset.series);
        let each = series.par_iter_mut().zip(statements).with_min_len(64);
        each.for_each_init(Calendar::default, |calendar, (series, list)| {
            order_statements(&dataset, &ranks, series, list, calendar);
        });
        dataset.series = series;
        dataset
    }
}

/// Gives every series what is stated of it, in the order of the inputs, and counts what each document states. What
/// does not stand side by side is returned as lists, by the number of the series.
fn statements(dataset: &mut Dataset) -> Vec<Vec<ObservationId>> {
    let mut lists: Vec<Vec<ObservationId>> = vec![Vec::new(); dataset.series.len()];
    let starts = dataset.observations.run_starts();
    let ends = starts.iter().skip(1).map(|(first, _)| first.0);
    for ((first, block), end) in starts.iter().zip(ends.chain([dataset.observations.len() as u32])) {
        let block = &dataset.blocks[block.0 as usize];
        let number = block.series.0 as usize;
        dataset.documents[block.document.0 as usize].values += (end - first.0) as usize;
        let (known, list) = (&mut dataset.series[number].statements, &mut lists[number]);
        if known.is_empty() {
            *known = ObservationIds::Run(first.0, end);
        } else {
            if list.is_empty() {
                list.extend(known.iter());
            }
            list.extend((first.0..end).map(ObservationId));
        }
    }
    lists
}

/// Whether a block keeps its number.
fn stays((old, new): (usize, &BlockId)) -> bool {
    new.0 as usize == old
}

/// Place of each document in the order of publication, by the day that it states, else by the last day of the period
/// that its vintage is named after, else by that of the document it replaces. Documents without any of these come
/// first; among equals a document comes after those that it replaces, then the name of the vintage decides, and then
/// that of the file, so that the order in which files are named does not matter.
fn vintage_ranks(documents: &[Document]) -> Vec<u32> {
    let vintages: HashMap<(&Name, &str), &Document> = documents
        .iter()
        .rev()
        .filter_map(|document| Some(((&document.publisher, document.release()?), document)))
        .collect();
    let place = |document: &Document| {
        let mut day = document.release_day();
        let mut last = document;
        // No chain is longer than there are documents, unless it is a circle.
        for depth in 0..documents.len() {
            match last.supersedes.as_deref().and_then(|name| vintages.get(&(&last.publisher, name))) {
                Some(earlier) => last = earlier,
                None => return (day, depth),
            }
            day = day.or_else(|| last.release_day());
        }
        (day, documents.len())
    };
    let places: Vec<(Option<String>, usize)> = documents.iter().map(place).collect();
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by_key(|document| {
        let Document { vintage, path, .. } = &documents[*document];
        (&places[*document], vintage, path)
    });
    let mut ranks = vec![0; documents.len()];
    for (rank, document) in order.into_iter().enumerate() {
        ranks[document] = rank as u32;
    }
    ranks
}

fn order_statements(
    dataset: &Dataset,
    ranks: &[u32],
    series: &mut Series,
    list: Vec<ObservationId>,
    calendar: &mut Calendar,
) {
    if !list.is_empty() {
        series.statements = list.into();
    }
    let periods = dataset.observations.of(&series.statements).map(|one| one.period);
    // Nearly every series states each period once, in order.
    if calendar.turn_to(periods) {
        series.points = series.statements.clone();
    } else {
        let mut list: Vec<ObservationId> = series.statements.iter().collect();
        list.sort_by_cached_key(|id| {
            let observation = dataset.observation(*id);
            let block = dataset.block_of(observation);
            let document = block.document;
            // What repeats another figure does not take its place.
            (observation.period, ranks[document.0 as usize], !block.redundant, id.0)
        });
        let period = |id: &ObservationId| dataset.observation(*id).period;
        let same_period = |left: &ObservationId, right: &ObservationId| period(left) == period(right);
        let points: Vec<ObservationId> =
            list.chunk_by(same_period).filter_map(|statements| statements.last().copied()).collect();
        calendar.turn_to(points.iter().map(period));
        (series.statements, series.points) = (list.into(), points.into());
    }
    series.periods = Arc::clone(&calendar.periods);
    series.rhythm = calendar.rhythm;
    series.makeup = makeup(dataset, series);
}

fn makeup(dataset: &Dataset, series: &Series) -> Makeup {
    let mut makeup = Makeup::default();
    dataset.statements(series).for_each(|one| makeup.add_statement(&one.quantity));
    dataset.points(series).for_each(|one| makeup.add_point(&one.quantity));
    makeup
}

/// Some periods, and how they follow each other. Series beside each other nearly always have the same.
struct Calendar {
    periods: Arc<[Period]>,
    /// Whether each comes after the one before.
    is_ascending: bool,
    /// How long all are, where each follows the one before at once.
    rhythm: Option<Frequency>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { periods: Arc::default(), is_ascending: true, rhythm: None }
    }
}

impl Calendar {
    /// Turns to some periods, and says whether each comes after the one before.
    fn turn_to(&mut self, periods: impl Iterator<Item = Period> + Clone) -> bool {
        if !periods.clone().eq(self.periods.iter().copied()) {
            let periods: Arc<[Period]> = periods.collect();
            let course = Course::of(periods.iter().copied());
            let rhythm = if let Course::Ascending(rhythm) = course { rhythm } else { None };
            *self = Self { periods, is_ascending: matches!(course, Course::Ascending(_)), rhythm };
        }
        self.is_ascending
    }
}

/// How some periods follow each other.
enum Course {
    /// Each comes after the one before, with how long all are where each follows at once.
    Ascending(Option<Frequency>),
    /// In another order, or some stand there twice.
    Other,
}

impl Course {
    fn of(mut periods: impl Iterator<Item = Period>) -> Self {
        let Some(mut last) = periods.next() else { return Self::Ascending(None) };
        let frequency = last.frequency();
        let mut is_regular = true;
        for period in periods {
            if period <= last {
                return Self::Other;
            }
            is_regular = is_regular && last.is_followed_by(period) && period.frequency() == frequency;
            last = period;
        }
        Self::Ascending(is_regular.then_some(frequency))
    }
}
