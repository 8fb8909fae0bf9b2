//! Tidy tables: one observation a row.
//!
//! A disclosure may have a million rows and a few thousand series, so a row is read in two steps. What says which
//! series it belongs to is looked up as bytes and interpreted once for each different combination; only period and
//! value are read on every row. A row that this does not accept goes to the schema stage, which says why.

mod faults;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::notation::{self, NumberNotation, Reading};
use super::profile::recognise::{self, Recognition, recognise};
use super::profile::{self, Profile};
use super::value::{self, Parts};
use super::{Format, Name, ProblemKind, Reader, Resource};
use crate::load::SyntaxError;
use crate::load::csv::{Rows, unquote};
use crate::model::{
    Absence, Basis, Block, BlockId, Builder, DocumentId, Observation, Origin, Period, Problem, Quantity,
    SeriesKey, Unit, parse_count, parse_number,
};
use crate::source::{Cell, Span};

/// Columns that belong to a single observation; all others say which series it belongs to.
const VALUE_COLUMNS: [&str; 7] = ["period", "value", "rounded_to", "low", "high", "kind", "note"];

/// The columns that say which series an observation belongs to.
const SERIES_COLUMNS: [&str; 15] = [
    "publisher",
    "subject",
    "label",
    "metric",
    "unit",
    "category",
    "channel",
    "detection",
    "surface",
    "jurisdiction",
    "basis_bundled",
    "basis_counted_when",
    "total_of",
    "parts",
    "redundant",
];

/// Columns of closed lists that [`SeriesKey`] and [`Block`] keep as they are.
const CLOSED_COLUMNS: [&str; 6] =
    ["detection", "basis_bundled", "basis_counted_when", "total_of", "parts", "redundant"];

/// Where the columns of a table stand.
struct Columns {
    names: Vec<String>,
    period: usize,
    value: usize,
    rounded_to: Option<usize>,
    low: Option<usize>,
    high: Option<usize>,
    kind: Option<usize>,
    /// Columns that say which series a row belongs to.
    series: Vec<usize>,
    /// The same as runs of neighbouring columns, first and last: a run is compared in one go.
    series_runs: Vec<(usize, usize)>,
    /// Those of them that only a few words are allowed in.
    closed: Vec<usize>,
    /// How numbers are written, where the file proves that they are not as a tidy table wants them.
    notation: Option<NumberNotation>,
    /// Whether a whole number in the column `value` is an exact count, whatever else the row says.
    holds_plain_numbers: bool,
}

impl Columns {
    fn new(names: Vec<String>) -> Result<Self, Vec<&'static str>> {
        let find = |name: &str| names.iter().position(|one| one == name);
        match (find("period"), find("value")) {
            (Some(period), Some(value)) => Ok(Self {
                series_runs: runs_of(&names),
                period,
                value,
                rounded_to: find("rounded_to"),
                low: find("low"),
                high: find("high"),
                kind: find("kind"),
                series: (0..names.len())
                    .filter(|column| !VALUE_COLUMNS.contains(&names[*column].as_str()))
                    .collect(),
                closed: (0..names.len())
                    .filter(|column| CLOSED_COLUMNS.contains(&names[*column].as_str()))
                    .collect(),
                notation: None,
                holds_plain_numbers: false,
                names,
            }),
            (period, value) => Err([("period", period), ("value", value)]
                .into_iter()
                .filter(|one| one.1.is_none())
                .map(|one| one.0)
                .collect()),
        }
    }
}

/// Whether a row is the header of a tidy table and has no other column.
fn is_tidy(header: &[String]) -> bool {
    let has = |name: &str| header.iter().any(|one| one == name);
    has("period") && has("value") && header.iter().all(|name| is_column(name))
}

/// Whether a tidy table may have a column of this name.
fn is_column(name: &str) -> bool {
    VALUE_COLUMNS.contains(&name) || SERIES_COLUMNS.contains(&name)
}

/// Runs of neighbouring columns that say which series a row belongs to.
fn runs_of(names: &[String]) -> Vec<(usize, usize)> {
    let is_of_series = |column: &usize| !VALUE_COLUMNS.contains(&names[*column].as_str());
    let columns: Vec<usize> = (0..names.len()).filter(is_of_series).collect();
    columns.chunk_by(|left, right| left + 1 == *right).map(|run| (run[0], run[run.len() - 1])).collect()
}

/// The blocks of a table by what its rows say of their series; none where a row says it wrongly.
#[derive(Default)]
struct Blocks<'a> {
    known: HashMap<Vec<&'a str>, Option<BlockId>>,
    /// What the row before said, and its block: most rows follow one of the same series.
    key: Vec<&'a str>,
    block: Option<Option<BlockId>>,
}

impl<'a> Blocks<'a> {
    /// The block of a row, where an earlier one said the same.
    fn find(&mut self, rows: &Rows<'a>, columns: &Columns) -> Option<Option<BlockId>> {
        let cells = || columns.series_runs.iter().map(|(first, last)| rows.raw_run(*first, *last));
        if self.block.is_none() || !self.key.iter().copied().eq(cells()) {
            self.key.clear();
            self.key.extend(cells());
            self.block = self.known.get(&self.key).copied();
        }
        self.block
    }

    /// Remembers the block of the row that was looked for last.
    fn insert(&mut self, block: Option<BlockId>) -> Option<BlockId> {
        self.known.insert(self.key.clone(), block);
        self.block = Some(block);
        block
    }
}

/// Counts how the numbers of the value column are written.
#[derive(Default)]
struct NumberStyles {
    with_separators: usize,
    first_with_separators: Option<(Span, Cell)>,
    /// Numbers from 1,000 on without separators.
    without: usize,
}

impl NumberStyles {
    /// Adds those of rows further down.
    fn add(&mut self, later: Self) {
        self.with_separators += later.with_separators;
        self.first_with_separators = self.first_with_separators.or(later.first_with_separators);
        self.without += later.without;
    }
}

/// What was read of a stretch of a table, beside what its builder holds.
#[derive(Default)]
struct TableStretch {
    styles: NumberStyles,
    /// Each combination of words in the columns of closed lists, and what is wrong with it.
    closed_columns: Vec<(String, Vec<Problem>)>,
    /// Whether a row could not be read.
    has_unread_rows: bool,
    failures: Vec<SyntaxError>,
}

impl Reader<'_> {
    /// Reads a table, and holds it against its table schema where a data package has one.
    pub(super) fn read_table(&mut self) {
        let earlier = self.builder.problem_count();
        let alone = self.read_figures();
        if self.source.sheet.is_none() {
            self.check_fields(earlier, alone);
        }
    }

    /// Reads a table by the profile that it is recognised by, or else as a tidy table. What is neither but a table of a
    /// package becomes a document without figures, which is returned.
    fn read_figures(&mut self) -> Option<DocumentId> {
        let text = &self.source.text;
        let separator = self.separator();
        let mut rows = Rows::new(text, separator, self.limits);
        let headings = self.resource.and_then(Resource::headings);
        let first = recognise::first_rows(Rows::new(text, separator, self.limits));
        // Reading the profiles that ship with candor takes longer than reading a small table. None of them describes a
        // tidy one: a test holds that.
        let shipped = if first.first().is_some_and(|row| is_tidy(row)) { &[] } else { profile::shipped() };
        let profiles: Vec<&Profile> = self.profiles.iter().chain(shipped).collect();
        let recognition = recognise(&profiles, &self.source.path, &first);
        if let (Recognition::By(profile), None) = (&recognition, &headings) {
            self.read_csv_by_profile(profile, rows);
            return None;
        }
        let has_header = headings.is_none();
        if has_header && !rows.advance() {
            if self.source.failure.is_none() && !self.report_broken_rows(rows.failures) {
                let problem = self.problem(ProblemKind::Unreadable, Span::new(0, 0), "the file is empty");
                self.builder.problem(problem);
                self.builder.count_unread();
            }
            return None;
        }
        let header = rows.span;
        let header_cells = rows.cells.clone();
        let names = headings.unwrap_or_else(|| {
            (0..rows.cells.len()).map(|column| rows.cell(column).trim().to_owned()).collect()
        });
        let mut columns = match Columns::new(names) {
            Ok(columns) => columns,
            Err(missing) => {
                let is_checked = self.resource.is_some_and(Resource::is_checked);
                if is_checked && !matches!(recognition, Recognition::Ambiguous(_)) {
                    return Some(self.table_of_package(header));
                }
                // The header may stand in a row that could not be read.
                self.report_broken_rows(rows.failures);
                self.unrecognised_table(header, &missing, &recognition);
                return None;
            }
        };
        let marks = self.evident_marks(rows.separator, (Some(','), '.'));
        columns.notation = marks.map(|(thousands, decimal)| NumberNotation {
            thousands,
            decimal,
            ..NumberNotation::default()
        });
        let field = self.resource.and_then(|resource| resource.field(&columns.names[columns.value]));
        columns.holds_plain_numbers =
            columns.has_only_values() && columns.notation.is_none() && field.is_none();
        if has_header {
            self.check_header(&columns, &header_cells, rows.number);
        }
        let mut document = self.document(Format::TidyCsv, Name::from(""), header);
        document.period = notation::period::from_file_name(&self.source.path);
        self.state_header(&mut document);
        document.wordings = self.wordings_of_table();
        let document = self.builder.document(document);
        // What stood before the header may have been broken.
        if self.report_broken_rows(std::mem::take(&mut rows.failures)) {
            self.builder.mark_incomplete(document);
        }
        let stretches = rows.rest_in_stretches(rayon::current_num_threads());
        let read: Vec<(Builder, TableStretch)> = stretches
            .par_iter()
            .map(|stretch| self.read_stretch(Rows::of(text, stretch), &columns, document))
            .collect();
        self.join(document, read);
        None
    }

    fn read_stretch(
        &self,
        mut rows: Rows<'_>,
        columns: &Columns,
        document: DocumentId,
    ) -> (Builder, TableStretch) {
        let (mut builder, document) = self.builder.for_stretch_of(document);
        let mut stretch = TableStretch::default();
        Reader { builder: &mut builder, ..*self }.read_rows(&mut rows, columns, document, &mut stretch);
        (builder, TableStretch { failures: rows.failures, ..stretch })
    }

    /// Puts the stretches of a table together, in their order.
    fn join(&mut self, document: DocumentId, stretches: Vec<(Builder, TableStretch)>) {
        let mut styles = NumberStyles::default();
        let mut words = HashSet::new();
        let mut builders = Vec::with_capacity(stretches.len());
        let mut failures = Vec::new();
        for (builder, stretch) in stretches {
            builders.push(builder);
            styles.add(stretch.styles);
            let closed = stretch.closed_columns.into_iter();
            let new = closed.filter(|(combination, _)| words.insert(combination.clone()));
            new.flat_map(|one| one.1).for_each(|problem| self.builder.problem(problem));
            if stretch.has_unread_rows {
                self.builder.mark_incomplete(document);
            }
            failures.extend(stretch.failures);
        }
        if self.report_broken_rows(failures) {
            self.builder.mark_incomplete(document);
        }
        // Blocks that say the same of the same series are one.
        self.builder.add_stretches(document, builders, |_, _, block| {
            (block.series, block.label.clone(), block.total_of.clone(), block.all_parts, block.redundant)
        });
        self.mixed_styles(&styles);
    }

    /// Reads all rows of a stretch.
    fn read_rows(
        &mut self,
        rows: &mut Rows<'_>,
        columns: &Columns,
        document: DocumentId,
        stretch: &mut TableStretch,
    ) {
        let mut blocks = Blocks::default();
        let mut words = HashSet::new();
        // A row of a tidy table is rarely shorter than this.
        self.builder.reserve(rows.bytes_left() / 48);
        while rows.advance() {
            if rows.is_blank() || self.is_cut(rows.span) {
                continue;
            }
            self.builder.count_values(1);
            if rows.cells.len() != columns.names.len() {
                self.ragged_row(rows, columns.names.len(), &[]);
                stretch.has_unread_rows = true;
                continue;
            }
            let block = match blocks.find(rows, columns) {
                Some(block) => block,
                None => {
                    let combination = columns.closed_words(rows);
                    if words.insert(combination.clone()) {
                        stretch
                            .closed_columns
                            .push((combination, self.closed_column_problems(rows, columns)));
                    }
                    blocks.insert(self.new_block(rows, columns, document))
                }
            };
            stretch.has_unread_rows |= !self.read_row(rows, columns, block, &mut stretch.styles);
        }
    }

    fn read_row(
        &mut self,
        rows: &Rows<'_>,
        columns: &Columns,
        block: Option<BlockId>,
        styles: &mut NumberStyles,
    ) -> bool {
        let (Some(block), Some(period)) = (block, Period::parse(&unquote(rows.raw(columns.period)))) else {
            self.refused_row(rows, columns);
            return false;
        };
        if columns.kind.is_some_and(|kind| !is_kind(&rows.cell(kind))) {
            self.refused_row(rows, columns);
            return false;
        }
        // Nearly every cell is a whole number and has no other part.
        let raw = rows.raw(columns.value);
        if let Some(count) = parse_count(raw).filter(|_| columns.holds_plain_numbers) {
            styles.without += usize::from(raw.len() > 3);
            let origin = Origin {
                source: self.input.source,
                value: rows.cells[columns.value],
                cell: Some(Cell::at(rows.number, columns.value)),
            };
            self.builder.observation(Observation { block, period, quantity: Quantity::count(count), origin });
            return true;
        }
        let column = columns.place_of_number(rows);
        let span = rows.cells[column];
        let cell = Cell::at(rows.number, column);
        let (raw, absence) = self.stated_value(columns, rows);
        let raw = &*raw;
        let quantity = match parse_number(raw) {
            _ if absence.is_some() => Ok(Quantity::Absent(absence.unwrap_or(Absence::NotReported))),
            Ok(number) if columns.has_only_values() => {
                styles.without += usize::from(is_four_digits(raw));
                Ok(Quantity::exact(number))
            }
            _ => {
                let text = unquote(raw);
                let plain = value::without_separators(&text);
                if plain.is_some() {
                    styles.with_separators += 1;
                    styles.first_with_separators.get_or_insert((span, cell));
                } else if is_four_digits(&text) {
                    styles.without += 1;
                }
                let part = |column: Option<usize>| {
                    column.map(|column| rows.cell(column)).filter(|text| !text.is_empty())
                };
                let parts = [columns.rounded_to, columns.low, columns.high, columns.kind].map(part);
                let value = plain.as_deref().unwrap_or(&text);
                Parts {
                    value: (!value.is_empty()).then_some(value),
                    rounded_to: parts[0].as_deref(),
                    low: parts[1].as_deref(),
                    high: parts[2].as_deref(),
                    kind: parts[3].as_deref(),
                }
                .quantity(None)
            }
        };
        let quantity = quantity.and_then(value::not_negative).unwrap_or_else(|fault| {
            let mut problem = self.problem(fault.kind, span, fault.message);
            problem.location.cell = Some(cell);
            problem.path = self.row_path(rows);
            problem.help = fault.help;
            problem.group = Some("value".to_owned());
            self.builder.problem(problem);
            Quantity::Absent(Absence::Unreadable)
        });
        let origin = Origin { source: self.input.source, value: span, cell: Some(cell) };
        self.builder.observation(Observation { block, period, quantity, origin });
        true
    }

    /// The text of the value as a tidy table writes it, or what stands in place of a value: by the marks and missing values
    /// that a data package states, or by the marks that the file proves.
    fn stated_value<'r>(&self, columns: &Columns, rows: &Rows<'r>) -> (Cow<'r, str>, Option<Absence>) {
        let raw = rows.raw(columns.value);
        let field = self.resource.and_then(|resource| resource.field(&columns.names[columns.value]));
        let Some(field) = field else {
            let number = columns.notation.as_ref().and_then(|notation| {
                match notation::number::read(&unquote(raw), notation).ok()? {
                    Reading { quantity, is_percent: false, .. } => quantity.exact_value(),
                    _ => None,
                }
            });
            return (number.map_or(Cow::Borrowed(raw), |number| Cow::Owned(number.to_string())), None);
        };
        let text = unquote(raw);
        match field.absence(&text).filter(|_| !text.is_empty()) {
            Some(absence) => (text, Some(absence)),
            None => (Cow::Owned(field.plain_number(&text).into_owned()), None),
        }
    }

    /// The block of the series that a row belongs to; `None` where the row does not say, or says it wrongly.
    fn new_block(&mut self, rows: &Rows<'_>, columns: &Columns, document: DocumentId) -> Option<BlockId> {
        let stated = |name: &str| -> Option<Name> {
            let column = columns.series.iter().copied().find(|column| columns.names[*column] == name);
            let is_missing = |text: &str| {
                let field = self.resource.and_then(|resource| resource.field(name));
                text.is_empty() || field.is_some_and(|field| field.absence(text).is_some())
            };
            let own = column.map(|column| rows.cell(column)).filter(|text| !is_missing(text));
            let header = &self.input.header.columns;
            own.map(Name::from)
                .or_else(|| header.iter().find(|one| one.0 == name).map(|one| Name::from(&*one.1)))
        };
        let span = |name: &str| {
            columns.names.iter().position(|one| one == name).map_or(rows.span, |column| rows.cells[column])
        };
        let publisher = stated("publisher").filter(|id| is_identifier(id))?;
        let subject = stated("subject").unwrap_or_else(|| publisher.clone());
        let metric = stated("metric").filter(|id| is_identifier(id))?;
        let key = SeriesKey {
            subject: is_identifier(&subject).then_some(subject)?,
            metric,
            unit: Unit::parse(&stated("unit")?)?,
            category: stated("category"),
            channel: stated("channel"),
            detection: stated("detection"),
            surface: stated("surface"),
            jurisdiction: stated("jurisdiction").filter(|code| &**code != "worldwide"),
            basis: Basis { bundled: stated("basis_bundled"), counted_when: stated("basis_counted_when") },
            publisher: publisher.clone(),
        };
        self.builder.set_publisher(document, publisher);
        let block = Block {
            document,
            series: self.builder.series(key),
            label: stated("label"),
            total_of: stated("total_of"),
            all_parts: stated("parts").is_none_or(|parts| &*parts != "selected"),
            redundant: stated("redundant").is_some_and(|word| &*word == "true"),
            has_methodology: false,
            wordings: Vec::new(),
            unit: span("unit"),
            metric: span("metric"),
            subject: span("subject"),
            jurisdiction: span("jurisdiction"),
            head: rows.span,
        };
        Some(self.builder.block(block))
    }
}

/// Whether a cell names a kind of value, or none.
fn is_kind(text: &str) -> bool {
    let kinds = [
        "",
        "exact",
        "rounded",
        "range",
        "lower_bound",
        "share",
        "suppressed",
        "not_reported",
        "not_applicable",
    ];
    kinds.contains(&text)
}

impl Columns {
    /// The column that a finding about the number points at: that of the value, or where that is blank the first of
    /// the others that says something.
    fn place_of_number(&self, rows: &Rows<'_>) -> usize {
        let others = [self.low, self.high, self.kind].into_iter().flatten();
        let mut filled =
            std::iter::once(self.value).chain(others).filter(|column| !rows.raw(*column).is_empty());
        filled.next().unwrap_or(self.value)
    }

    /// What a row says in columns of closed lists.
    fn closed_words(&self, rows: &Rows<'_>) -> String {
        self.closed.iter().map(|column| format!("{}\u{1f}", rows.cell(*column))).collect()
    }

    /// Whether no column but `value` says anything of a quantity.
    fn has_only_values(&self) -> bool {
        self.rounded_to.is_none() && self.low.is_none() && self.high.is_none() && self.kind.is_none()
    }
}

/// Whether a text is a number from 1,000 on.
fn is_four_digits(text: &str) -> bool {
    let unsigned = text.trim_start_matches('-').as_bytes();
    let digits = unsigned.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 3 && matches!(unsigned.get(digits), None | Some(b'.'))
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::SchemaName;

    #[test]
    fn the_columns_are_those_of_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(SchemaName::Tidy.text()).unwrap();
        let mut described: Vec<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = [&VALUE_COLUMNS[..], &SERIES_COLUMNS].concat();
        described.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, described);
    }
}
