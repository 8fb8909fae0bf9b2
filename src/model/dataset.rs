//! Documents, blocks, observations and the series they form.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Claim, ClaimSource, Frequency, ObservationIds, Observations, Period, Quantity, Registry, Unit};
use crate::diag::{Location, Subject};
use crate::source::{Cell, SourceId, Span};

/// A term or label; shared, because few different ones occur many times.
pub type Name = Arc<str>;

/// Number of a document in its dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId(pub u32);

/// Number of a block in its dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

/// Number of a series in its dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub u32);

/// Number of an observation in its dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObservationId(pub u32);

/// Where an observation stands in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The input.
    pub source: SourceId,
    /// The value itself.
    pub value: Span,
    /// Row and column where the input is a table.
    pub cell: Option<Cell>,
}

impl Origin {
    /// The place of the value.
    pub const fn location(self) -> Location {
        Location { source: self.source, span: self.value, cell: self.cell }
    }
}

/// How things were counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Basis {
    /// Whether several incidents may count as one: `yes`, `no`, `unknown`.
    pub bundled: Option<Name>,
    /// The moment that counts: `created`, `actioned`, `reported`.
    pub counted_when: Option<Name>,
}

/// What a series is a series of. Two numbers belong to one series where all of this is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesKey {
    /// Who states the numbers.
    pub publisher: Name,
    /// Whose activity they are about.
    pub subject: Name,
    /// What is measured.
    pub metric: Name,
    /// What one of the counted things is.
    pub unit: Unit,
    /// The publisher's category.
    pub category: Option<Name>,
    /// How it came in: user flag, hash match, trusted flagger …
    pub channel: Option<Name>,
    /// How it was found: automated, human, mixed.
    pub detection: Option<Name>,
    /// Where on the product.
    pub surface: Option<Name>,
    /// Where in the world.
    pub jurisdiction: Option<Name>,
    /// How it was counted.
    pub basis: Basis,
}

impl SeriesKey {
    /// The subject of a finding about this series, or about one period of it.
    pub fn finding_subject(&self, period: Option<Period>) -> Subject {
        Subject {
            publisher: Some(self.publisher.to_string()),
            entity: Some(self.subject.to_string()),
            metric: Some(self.metric.to_string()),
            category: self.category.as_ref().map(ToString::to_string),
            breakdown: self.other_breakdowns(),
            jurisdiction: self.jurisdiction.as_ref().map(ToString::to_string),
            period: period.map(|period| period.to_string()),
            path: None,
        }
    }

    /// Everything that narrows the series down, jurisdiction included, in one text for messages; `None` where nothing
    /// does.
    pub fn narrowing(&self) -> Option<String> {
        let parts = [self.breakdown(), self.jurisdiction.as_ref().map(ToString::to_string)];
        let named: Vec<String> = parts.into_iter().flatten().collect();
        (!named.is_empty()).then(|| named.join(", "))
    }

    /// Category and the other breakdowns in one text; `None` where there is none.
    pub fn breakdown(&self) -> Option<String> {
        joined([self.category.as_deref(), self.other_breakdowns().as_deref()])
    }

    /// Channel, detection and surface in one text; `None` where there is none.
    fn other_breakdowns(&self) -> Option<String> {
        joined([self.channel.as_deref(), self.detection.as_deref(), self.surface.as_deref()])
    }

    /// All breakdowns, in the order by which keys are sorted.
    pub fn breakdowns(&self) -> [&Option<Name>; 5] {
        [&self.category, &self.channel, &self.detection, &self.surface, &self.jurisdiction]
    }

    /// What is left without unit and basis.
    pub fn without_unit(&self) -> Self {
        Self { unit: Unit::Report, basis: Basis::default(), ..self.clone() }
    }
}

fn joined<const COUNT: usize>(parts: [Option<&str>; COUNT]) -> Option<String> {
    let named: Vec<&str> = parts.into_iter().flatten().collect();
    (!named.is_empty()).then(|| named.join(" / "))
}

/// Which format a document was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Report document in YAML.
    ReportYaml,
    /// Report document in JSON.
    ReportJson,
    /// Tidy table in CSV.
    TidyCsv,
    /// A publisher's own table, read by a profile.
    Publisher,
    /// A table of a data package whose figures nothing says the meaning of.
    PackageTable,
    /// A registry of entities, metrics or breaks.
    Registry,
}

impl Format {
    /// Whether it has rows and columns.
    pub const fn is_table(self) -> bool {
        matches!(self, Self::TidyCsv | Self::Publisher | Self::PackageTable)
    }

    /// The name that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReportYaml => "report document (YAML)",
            Self::ReportJson => "report document (JSON)",
            Self::TidyCsv => "tidy table (CSV)",
            Self::Publisher => "publisher's table",
            Self::PackageTable => "table of a data package",
            Self::Registry => "registry",
        }
    }
}

/// Where the figures of a document come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// Address of the publication.
    pub url: Option<String>,
    /// Day on which it was retrieved.
    pub retrieved: Option<String>,
    /// Whether the address is that of a data package's sources: file and statement are kept together, so that the file
    /// needs no day of retrieval.
    pub is_packaged: bool,
}

/// A text on how figures come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What it is: `methodology`, `definition` or `note`.
    pub kind: &'static str,
    /// The text, or the address of one.
    pub text: Name,
    /// Where it stands.
    pub location: Location,
}

/// How a file writes its numbers from 1,000 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStyle {
    /// Whether they have separators between their thousands.
    pub has_separators: bool,
    /// Where the first of them stands.
    pub first: Location,
}

/// One disclosure by one publisher, one vintage.
#[derive(Debug, Clone)]
pub struct Document {
    /// The input it was read from.
    pub source: SourceId,
    /// Path of the input, as it is printed.
    pub path: String,
    /// The format it was read as.
    pub format: Format,
    /// The profile that it was read by, where it is in a publisher's own format.
    pub profile: Option<Name>,
    /// Whether its figures were computed or copied from other publications, so that it is no source of its own.
    pub derived: bool,
    /// The period that its file's name states, where it states one.
    pub period: Option<Period>,
    /// How it writes its larger numbers, where it is a text and writes all of them alike.
    pub number_style: Option<NumberStyle>,
    /// Publisher that the header names.
    pub publisher: Name,
    /// Day, month or year of publication as stated.
    pub published: Option<String>,
    /// Identifier of the vintage: as the document or the configuration states it, else, for a publisher's own table,
    /// the period in its file's name, or else its newest period.
    pub vintage: Option<String>,
    /// Place in the order of publication among all documents, from 0.
    pub rank: u32,
    /// Identifier of the vintage that it replaces.
    pub supersedes: Option<String>,
    /// Why it states other figures than earlier vintages, in the publisher's words.
    pub reason: Option<String>,
    /// Where its figures come from.
    pub provenance: Provenance,
    /// Whether it has a methodology note for all its series.
    pub has_methodology: bool,
    /// What it says of how all its figures come about.
    pub wordings: Vec<Wording>,
    /// How many figures it states, absences included; counted when all inputs are read.
    pub values: usize,
    /// Where its header stands: findings about the document as a whole point there.
    pub header: Span,
    /// Whether it says of one of its totals that it lists some of the parts only.
    pub lists_selection: bool,
    /// Whether it was read to its end. What is missing from a document that was not says nothing.
    pub complete: bool,
}

impl Document {
    /// The day of publication as stated, else the last day of the period that its vintage is named after: no release
    /// is older than what it reports on. In the form `2022-12-31`; of a stated day no more than is known.
    pub fn release_day(&self) -> Option<String> {
        let of_vintage = || {
            let vintage = self.vintage.as_deref()?;
            let period = Period::parse(&vintage.to_ascii_uppercase()).map(|period| period.end);
            Some(period.or_else(|| vintage.parse().ok())?.to_string())
        };
        self.published.clone().or_else(of_vintage)
    }

    /// The vintage as which another document may replace it. What is copied from other publications is dated, too, but is no
    /// release.
    pub fn release(&self) -> Option<&str> {
        self.vintage.as_deref().filter(|_| !self.derived)
    }

    /// Whether both are releases of one publication: by one publisher, in one format, of two vintages. Such releases
    /// may differ; what changed between them is history, no contradiction.
    pub fn is_other_release_of(&self, other: &Self) -> bool {
        self.publisher == other.publisher
            && self.profile == other.profile
            && self.vintage.is_some()
            && other.vintage.is_some()
            && self.vintage != other.vintage
    }
}

/// The part of a series that one document states.
#[derive(Debug, Clone)]
pub struct Block {
    /// The document.
    pub document: DocumentId,
    /// The series it belongs to.
    pub series: SeriesId,
    /// The publisher's wording for the subject.
    pub label: Option<Name>,
    /// What it is the total of: `subjects`, `categories` …; `None` where it is no total.
    pub total_of: Option<Name>,
    /// Whether the document lists all parts of this total.
    pub all_parts: bool,
    /// Whether it repeats what is stated elsewhere, at another granularity, by another report or within another figure:
    /// it is not to be added to other figures.
    pub redundant: bool,
    /// Whether the series has a methodology note or a definition of its own.
    pub has_methodology: bool,
    /// What is said of how its figures come about.
    pub wordings: Vec<Wording>,
    /// Where its unit is stated.
    pub unit: Span,
    /// Where its metric is stated.
    pub metric: Span,
    /// Where its subject is stated.
    pub subject: Span,
    /// Where its jurisdiction is stated.
    pub jurisdiction: Span,
    /// Where the block begins: the opening of the series, or its first row.
    pub head: Span,
}

/// One published number.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The block that states it.
    pub block: BlockId,
    /// When.
    pub period: Period,
    /// How much.
    pub quantity: Quantity,
    /// Where in the input.
    pub origin: Origin,
}

/// What the numbers of a series are like: told once, when they are put together, so that a rule that looks for what few
/// series have need not go through all numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Makeup {
    /// Whether one of its statements has something but zeros behind its decimal point.
    pub has_fractions: bool,
    /// Whether one of its points is 0.
    pub has_zeros: bool,
    /// Whether one of its points is an exact count that ends in three zeros, and not 0.
    pub has_round_counts: bool,
    /// How many of its points are exact counts of a thousand or more.
    pub large_counts: usize,
}

impl Makeup {
    /// From this number on an exact count is large, or round where it is a multiple of it.
    pub const LARGE: i64 = 1000;

    /// Takes a statement into account.
    pub fn add_statement(&mut self, quantity: &Quantity) {
        self.has_fractions |= quantity.is_fraction();
    }

    /// Takes a point into account.
    pub fn add_point(&mut self, quantity: &Quantity) {
        match quantity.exact_count() {
            Some(count) => {
                self.has_zeros |= count == 0;
                self.has_round_counts |= count != 0 && count % Self::LARGE == 0;
                self.large_counts += usize::from(count >= Self::LARGE);
            }
            None => self.has_zeros |= quantity.point().is_some_and(|value| value.is_zero()),
        }
    }
}

/// All that is published about one thing, over time and across documents.
#[derive(Debug, Clone)]
pub struct Series {
    /// What it is a series of.
    pub key: SeriesKey,
    /// The blocks that state it, in the order of the documents.
    pub blocks: Vec<BlockId>,
    /// Every observation, by period and then by document.
    pub statements: ObservationIds,
    /// One observation a period: the latest statement.
    pub points: ObservationIds,
    /// The periods of its points; series beside each other nearly always share them.
    pub periods: Arc<[Period]>,
    /// How long all its periods are, where each follows the one before; nearly every long series is so regular that
    /// rules need not look at its calendar.
    pub rhythm: Option<Frequency>,
    /// What its numbers are like.
    pub makeup: Makeup,
}

impl Series {
    /// A series without any observation.
    pub fn new(key: SeriesKey) -> Self {
        let none = ObservationIds::Run(0, 0);
        Self {
            key,
            blocks: Vec::new(),
            statements: none.clone(),
            points: none,
            periods: Arc::default(),
            rhythm: None,
            makeup: Makeup::default(),
        }
    }
}

/// What kind of fault was met while an input was read; each belongs to one rule of the TR0xx family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The input, or the rest of it, cannot be read.
    Unreadable,
    /// A value is not as the schema of its format demands.
    Schema,
    /// It is not known what kind of file this is.
    UnrecognisedFormat,
    /// A row has another number of cells than the header.
    RaggedRow,
    /// A key of an object stands there twice.
    DuplicateKey,
    /// A key that may stand once in a table stands in rows that differ.
    ConflictingKey,
    /// A text stands where a number belongs.
    UnparsableValue,
    /// A placeholder was left in.
    Placeholder,
    /// Numbers of one column are written in two ways.
    MixedNumberFormat,
    /// A label begins or ends with a blank.
    LabelSpacing,
}

/// A fault met while an input was read. Rules turn these into findings, so that selection, levels and verdicts apply.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// Whether it is no more than worth knowing.
    pub minor: bool,
    /// Where.
    pub location: Location,
    /// File and place in its structure, such as `a.yaml#/series/3/unit`.
    pub path: String,
    /// What is the matter.
    pub message: String,
    /// A few words under the place.
    pub label: String,
    /// What would mend it.
    pub help: Option<String>,
    /// Other places.
    pub related: Vec<(Location, String)>,
    /// Problems with the same group say the same thing again.
    pub group: Option<String>,
}

/// A comment in a report document that accepts findings: `# candor: allow RULE until DATE: reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowComment {
    /// Where it stands.
    pub location: Location,
    /// What it speaks of: its own line, or all of the value that begins beneath it.
    pub covers: Span,
    /// Codes, names or families of rules.
    pub rules: Vec<String>,
    /// Why; none is stated where this is empty.
    pub reason: Option<String>,
    /// Last day on which it holds, as written.
    pub until: Option<String>,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Dataset {
    /// Disclosures.
    pub documents: Vec<Document>,
    /// Parts of series as documents state them.
    pub blocks: Vec<Block>,
    /// Series, sorted by key.
    pub series: Vec<Series>,
    /// Published numbers in the order of the inputs.
    pub observations: Observations,
    /// What the words mean.
    pub registry: Arc<Registry>,
    /// Articles and documents that make claims.
    pub claim_sources: Vec<ClaimSource>,
    /// What they say of the figures, in the order of the inputs.
    pub claims: Vec<Claim>,
    /// Faults met while reading.
    pub problems: Vec<Problem>,
    /// Comments that accept findings.
    pub allow_comments: Vec<AllowComment>,
    /// Values that were looked at, readable or not.
    pub values_read: usize,
    /// How many inputs there are.
    pub inputs: usize,
    /// How many of them are documents or registries with a schema.
    pub inputs_with_schema: usize,
    /// How many inputs could not be read, or not to their end.
    pub unread_inputs: usize,
}

impl Dataset {
    /// The document with this number.
    pub fn document(&self, id: DocumentId) -> &Document {
        &self.documents[id.0 as usize]
    }

    /// The block with this number.
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }

    /// The observation with this number.
    pub fn observation(&self, id: ObservationId) -> &Observation {
        self.observations.get(id)
    }

    /// The series with this number.
    pub fn series(&self, id: SeriesId) -> &Series {
        &self.series[id.0 as usize]
    }

    /// The blocks of a document. Inputs are read one after the other, so that these stand together.
    pub fn blocks_of(&self, document: DocumentId) -> &[Block] {
        &self.blocks[self.block_range(document)]
    }

    /// The blocks of a document by their numbers.
    pub fn block_ids_of(&self, document: DocumentId) -> impl Iterator<Item = BlockId> + use<> {
        self.block_range(document).map(|index| BlockId(index as u32))
    }

    fn block_range(&self, document: DocumentId) -> std::ops::Range<usize> {
        let start = self.blocks.partition_point(|block| block.document < document);
        start..self.blocks.partition_point(|block| block.document <= document)
    }

    /// The series by one publisher about one subject.
    pub fn series_about(&self, publisher: &Name, subject: &Name) -> &[Series] {
        let place = |series: &Series| (&series.key.publisher, &series.key.subject).cmp(&(publisher, subject));
        let start = self.series.partition_point(|series| place(series).is_lt());
        let end = self.series.partition_point(|series| place(series).is_le());
        &self.series[start..end]
    }

    /// The series with this key, in whatever unit and on whatever basis.
    pub fn series_in_any_unit(&self, key: &SeriesKey) -> Vec<&Series> {
        let mut found = Vec::new();
        let of_subject = self.series_about(&key.publisher, &key.subject);
        let start = of_subject.partition_point(|series| series.key.metric < key.metric);
        let end = of_subject.partition_point(|series| series.key.metric <= key.metric);
        let mut of_metric = &of_subject[start..end];
        // They stand together by unit, and there are few units.
        while let Some(unit) = of_metric.first().map(|series| series.key.unit) {
            let (of_unit, others) =
                of_metric.split_at(of_metric.partition_point(|series| series.key.unit == unit));
            let place = |series: &Series| series.key.breakdowns().cmp(&key.breakdowns());
            let start = of_unit.partition_point(|series| place(series).is_lt());
            let end = of_unit.partition_point(|series| place(series).is_le());
            found.extend(&of_unit[start..end]);
            of_metric = others;
        }
        found
    }

    /// The latest statement of a series for a period.
    pub fn point_at(&self, series: &Series, period: Period) -> Option<&Observation> {
        let place = match series.rhythm.and_then(Frequency::months) {
            Some(months) => {
                let place = months_between(series.periods.first()?.start, period.start) / i32::from(months);
                usize::try_from(place).ok().filter(|place| series.periods.get(*place) == Some(&period))?
            }
            None => series.periods.binary_search(&period).ok()?,
        };
        Some(self.observation(series.points.get(place)?))
    }

    /// The block that states an observation.
    pub fn block_of(&self, observation: &Observation) -> &Block {
        self.block(observation.block)
    }

    /// The document that states an observation.
    pub fn document_of(&self, observation: &Observation) -> &Document {
        self.document(self.block_of(observation).document)
    }

    /// Observations that stand one after the other in one block, with that block.
    pub fn runs(&self) -> impl Iterator<Item = (&Block, &[Observation])> {
        self.observations.runs().map(|run| (self.block_of(&run[0]), run))
    }

    /// The latest statement of each period of a series, in order.
    pub fn points<'d>(
        &'d self,
        series: &'d Series,
    ) -> impl DoubleEndedIterator<Item = &'d Observation> + Clone {
        self.observations.of(&series.points)
    }

    /// The numbers of the points of some series by how long their periods are, in the order in which they come.
    pub fn point_ids_by_frequency(&self, series: &[&Series]) -> BTreeMap<Frequency, ObservationIds> {
        if let [Series { rhythm: Some(frequency), points, .. }] = series {
            return BTreeMap::from([(*frequency, points.clone())]);
        }
        let mut by_frequency: BTreeMap<Frequency, Vec<ObservationId>> = BTreeMap::new();
        for one in series {
            for (id, period) in one.points.iter().zip(&*one.periods) {
                by_frequency.entry(period.frequency()).or_default().push(id);
            }
        }
        by_frequency.into_iter().map(|(frequency, ids)| (frequency, ids.into())).collect()
    }

    /// The points of a series by how long their periods are, in the order in which they come.
    pub fn points_by_frequency<'d>(
        &'d self,
        series: &'d Series,
    ) -> BTreeMap<Frequency, Vec<&'d Observation>> {
        let by_frequency = self.point_ids_by_frequency(&[series]).into_iter();
        by_frequency.map(|(frequency, ids)| (frequency, self.observations.of(&ids).collect())).collect()
    }

    /// Every statement of a series, by period and then by document.
    pub fn statements<'d>(
        &'d self,
        series: &'d Series,
    ) -> impl DoubleEndedIterator<Item = &'d Observation> + Clone {
        self.observations.of(&series.statements)
    }

    /// Whether a series is a total of others, in any document.
    pub fn is_total(&self, series: &Series) -> bool {
        series.blocks.iter().any(|id| self.block(*id).total_of.is_some())
    }

    /// Series that differ in nothing but unit and basis, each group led by the one in the unit of its metric, or else
    /// by the longest. Nearly every group is a single series.
    pub fn same_but_unit(&self) -> Vec<Vec<&Series>> {
        let mut units: HashMap<(&Name, &Name), (Unit, bool)> = HashMap::new();
        for Series { key, .. } in &self.series {
            let known = units.entry((&key.publisher, &key.metric)).or_insert((key.unit, false));
            known.1 |= known.0 != key.unit;
        }
        let mut groups: Vec<Vec<&Series>> = Vec::new();
        let mut mixed: BTreeMap<SeriesKey, Vec<&Series>> = BTreeMap::new();
        for series in &self.series {
            if units.get(&(&series.key.publisher, &series.key.metric)).is_some_and(|known| known.1) {
                mixed.entry(series.key.without_unit()).or_default().push(series);
            } else {
                groups.push(vec![series]);
            }
        }
        for mut group in mixed.into_values() {
            let unit = self.registry.metric(&group[0].key.metric).map(|metric| metric.unit);
            group.sort_by_key(|series| {
                (Some(series.key.unit) != unit, std::cmp::Reverse(series.points.len()))
            });
            groups.push(group);
        }
        groups
    }

    /// The place of a span in the document of a block.
    pub fn location_in(&self, block: &Block, span: Span) -> Location {
        Location { source: self.document(block.document).source, span, cell: None }
    }

    /// Whether one document replaces another, directly or through others, by the vintages that they name.
    pub fn supersedes(&self, later: DocumentId, earlier: DocumentId) -> bool {
        supersedes(&self.documents, later.0 as usize, earlier.0 as usize)
    }

    /// Whether nothing that one document lacks could stand in an input that was not read.
    pub fn is_completely_read(&self) -> bool {
        self.unread_inputs == 0 && self.documents.iter().all(|document| document.complete)
    }
}

fn months_between(from: Date, to: Date) -> i32 {
    let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    months(to) - months(from)
}

fn supersedes(documents: &[Document], later: usize, earlier: usize) -> bool {
    let Some(wanted) = documents[earlier].release() else { return false };
    let mut current = &documents[later];
    // No chain is longer than there are documents, unless it is a circle.
    for _ in 0..documents.len() {
        let Some(replaced) = current.supersedes.as_deref() else { return false };
        if replaced == wanted {
            return true;
        }
        let same_publisher = |one: &&Document| one.publisher == current.publisher;
        match documents.iter().filter(same_publisher).find(|one| one.release() == Some(replaced)) {
            Some(document) => current = document,
            None => return false,
        }
    }
    false
}
