//! Tables as publishers write them, read by a profile.
//!
//! A file may hold several tables, one above the other, with titles, blank lines and totals between them. Each begins
//! with a header that the profile knows. What says which series a figure belongs to is interpreted once for each
//! different combination of cells; only period and value are read for every figure. A table or column that the profile
//! does not describe is reported with the number of figures that were not read.

mod marks;
mod section;
mod stretches;
mod styles;
mod sums;

use std::collections::{HashMap, HashSet};

use super::marks::Marks;
use super::notation::NumberNotation;
use super::notation::number::Reading;
use super::profile::{Field, Profile};
use super::{Format, Name, ProblemKind, Reader};
use crate::diag::Location;
use crate::load::SyntaxError;
use crate::load::csv::Rows;
use crate::load::grid::{JsonTable, NoTable, Row};
use crate::model::{
    Absence, Basis, Block, BlockId, DocumentId, NumberStyle, Observation, Origin, Period, Quantity,
    SeriesKey, Unit,
};
use crate::source::{Cell, Span};
use section::{CsvHeader, Section, Stated, Terms};
use styles::{Place, Styles};

/// Rows of a table whose header the profile does not describe.
#[derive(Clone)]
struct Unplaced {
    span: Span,
    title: String,
    rows: usize,
}

/// What is known while a file is read.
#[derive(Clone)]
struct State<'a, 'p> {
    document: DocumentId,
    section: Option<Section<'a, 'p>>,
    /// The last line of text alone.
    title: String,
    /// The row before, as a heading above a header.
    above: Vec<String>,
    /// Whether a header may follow: at the beginning, after a blank row or a title.
    may_begin: bool,
    /// Whether the table has ended, so that a row that is no header belongs to an unknown one.
    has_ended: bool,
    unplaced: Option<Unplaced>,
    /// Whether the last row of them stands directly above, so that it may head a header.
    is_above: bool,
    styles: Styles,
    /// The marks of numbers, where the file proves others than the profile declares.
    marks: Option<Marks>,
    /// How each of the tables so far writes its larger numbers, where it does so in one way.
    uniform: Vec<(bool, Place)>,
    /// The cells of the last row that had as many as the header.
    last_whole: Vec<&'a str>,
    /// Whether a row of another width came before any such row.
    begins_ragged: bool,
    file_period: Option<Period>,
    /// Labels that begin or end with a blank.
    spaced: HashSet<&'a str>,
    /// Whether a table has begun with the last row.
    has_begun: bool,
    /// Figures of the table that may be parts of others.
    parts: Vec<Observation>,
    /// Whether every figure could be read so far.
    is_whole: bool,
    /// Why rows could not be read, or the rest.
    failures: Vec<SyntaxError>,
}

impl State<'_, '_> {
    /// Whether the next row can only belong to the table that is being read.
    fn is_within_table(&self) -> bool {
        !self.may_begin && !self.has_ended && self.unplaced.is_none() && self.failures.is_empty()
    }
}

impl<'s> Reader<'s> {
    /// Reads a CSV text, the rows of which are those of this source, by a profile.
    pub(super) fn read_csv_by_profile(&mut self, profile: &Profile, mut rows: Rows<'s>) {
        let mut state = self.begin_by_profile(profile);
        state.marks =
            self.evident_marks(rows.separator, (profile.numbers.thousands, profile.numbers.decimal));
        while state.section.is_none() && self.read_next_line(profile, &mut rows, &mut state) {}
        if !self.read_in_stretches(profile, &rows, &mut state) {
            self.read_lines(profile, &mut rows, &mut state);
        }
        state.is_whole &= !self.report_broken_rows(std::mem::take(&mut state.failures));
        self.end_by_profile(state);
    }

    /// Reads all lines that are left.
    fn read_lines<'a, 'p>(&mut self, profile: &'p Profile, rows: &mut Rows<'a>, state: &mut State<'a, 'p>) {
        while self.read_next_line(profile, rows, state) {}
        state.failures = std::mem::take(&mut rows.failures);
    }

    /// Reads one line; `false` where there is none.
    fn read_next_line<'a, 'p>(
        &mut self,
        profile: &'p Profile,
        rows: &mut Rows<'a>,
        state: &mut State<'a, 'p>,
    ) -> bool {
        if !rows.advance() {
            return false;
        }
        if !self.is_cut(rows.span) {
            self.read_line(profile, rows, state);
        }
        // Tables separated by semicolons are looked at as a whole; a data package states its marks.
        let is_open = !profile.declares_marks && rows.separator != b';' && self.resource.is_none();
        if std::mem::take(&mut state.has_begun) && is_open {
            self.settle_marks(state, rows.rest());
        }
        true
    }

    /// Reads tables in JSON by a profile.
    pub(super) fn read_json_by_profile(
        &mut self,
        profile: &Profile,
        tables: &[JsonTable<'_>],
        others: &[NoTable<'_>],
    ) {
        let mut state = self.begin_by_profile(profile);
        state.is_whole = others.is_empty();
        others.iter().for_each(|list| self.no_table(list));
        for table in tables {
            self.end_section(&mut state);
            state.title.clone_from(&table.title);
            match Section::begin(profile, &self.source.path, &table.title, &[], table) {
                Some(section) => {
                    self.unknown_columns(&section);
                    state.section = Some(section);
                    for row in &table.rows {
                        if !self.is_cut(row.span()) {
                            self.read_row_of(profile, row, &mut state);
                        }
                    }
                }
                None => {
                    let (span, title) = (table.head, table.title.clone());
                    state.unplaced = Some(Unplaced { span, title, rows: table.rows.len() });
                    state.is_whole = false;
                }
            }
        }
        self.end_by_profile(state);
    }

    /// Reports a list of objects that cannot be read as a table.
    fn no_table(&mut self, list: &NoTable<'_>) {
        let (count, under) = (list.list.items().count(), list.title.as_str());
        let message = format!("the list under `{under}` is no table; its {count} items are not read");
        let mut problem = self.problem(ProblemKind::UnrecognisedFormat, list.misfit.span(), message);
        problem.path = format!("{}#{under}", self.source.path);
        "no plain value of a row".clone_into(&mut problem.label);
        problem.help = Some("a table is a list of objects whose values are numbers or texts".to_owned());
        self.builder.problem(problem);
    }

    fn begin_by_profile<'a, 'p>(&mut self, profile: &'p Profile) -> State<'a, 'p> {
        let mut document = self.document(Format::Publisher, Name::from(""), Span::new(0, 0));
        let publisher = profile.constants.iter().find(|(field, _)| *field == Field::Publisher);
        document.publisher = publisher.map(|(_, id)| Name::from(id.as_str())).unwrap_or(document.publisher);
        document.profile = Some(Name::from(profile.id.as_str()));
        document.derived = profile.derived;
        document.period = super::notation::period::from_file_name(file_name(&self.source.path));
        self.state_header(&mut document);
        document.vintage = document.vintage.or_else(|| document.period.map(|period| period.to_string()));
        document.provenance.url = document.provenance.url.or_else(|| profile.url.clone());
        for relation in &profile.relations {
            self.builder.registry().add_relation(relation.clone());
        }
        document.wordings = self.wordings_of_table();
        State {
            file_period: document.period,
            document: self.builder.document(document),
            section: None,
            title: String::new(),
            above: Vec::new(),
            may_begin: true,
            has_ended: true,
            unplaced: None,
            is_above: false,
            styles: Styles::default(),
            marks: None,
            uniform: Vec::new(),
            last_whole: Vec::new(),
            spaced: HashSet::new(),
            has_begun: false,
            parts: Vec::new(),
            begins_ragged: false,
            is_whole: true,
            failures: Vec::new(),
        }
    }

    fn end_by_profile(&mut self, mut state: State<'_, '_>) {
        self.end_section(&mut state);
        if let Some(((has_separators, place), others)) = state.uniform.split_first()
            && others.iter().all(|other| other.0 == *has_separators)
        {
            let first = Location { source: self.input.source, span: place.0, cell: place.1 };
            self.builder
                .note_number_style(state.document, NumberStyle { has_separators: *has_separators, first });
        }
        if !state.is_whole {
            self.builder.mark_incomplete(state.document);
        }
    }

    /// Reads a row of a text that may hold several tables.
    fn read_line<'a, 'p>(&mut self, profile: &'p Profile, row: &impl Row<'a>, state: &mut State<'a, 'p>) {
        if row.is_blank() {
            (state.may_begin, state.is_above) = (true, false);
            return;
        }
        if state.section.as_ref().is_some_and(|section| !state.has_ended && section.is_note(row)) {
            (state.may_begin, state.has_ended) = (true, true);
            return;
        }
        if state.may_begin || state.has_ended {
            let cells: Vec<String> = texts(row);
            let header = CsvHeader { row, cells: &cells };
            if let Some(mut section) =
                Section::begin(profile, &self.source.path, &state.title, &state.above, &header)
            {
                if let Some(marks) = state.marks {
                    section.take_marks(marks);
                }
                if let Some(resource) = self.resource {
                    section.follow(resource);
                }
                if section.has_groups() && state.is_above {
                    // The row above was no row of an unknown table, but the upper half of this header.
                    state.unplaced.iter_mut().for_each(|unplaced| unplaced.rows -= 1);
                    state.unplaced = state.unplaced.take().filter(|unplaced| unplaced.rows > 0);
                }
                self.end_section(state);
                self.unknown_columns(&section);
                state.section = Some(section);
                state.has_begun = true;
                (state.may_begin, state.has_ended, state.is_above) = (false, false, false);
                state.above = cells;
                return;
            }
            // A cell that spans several columns states its text in each of them.
            let mut filled: Vec<&String> = cells.iter().filter(|cell| !cell.is_empty()).collect();
            filled.dedup();
            let is_text = |cell: &String| cell.chars().any(char::is_alphabetic);
            if let ([only], true) = (filled.as_slice(), cells.len() > 1)
                && is_text(only)
            {
                state.title = (*only).clone();
                (state.may_begin, state.has_ended, state.is_above) = (true, true, false);
                state.above = cells;
                return;
            }
            state.above = cells;
        }
        if state.has_ended {
            let (span, title) = (row.span(), state.title.clone());
            state.unplaced.get_or_insert(Unplaced { span, title, rows: 0 }).rows += 1;
            state.is_above = true;
            return;
        }
        state.may_begin = false;
        self.read_row_of(profile, row, state);
    }

    fn read_row_of<'a>(&mut self, profile: &Profile, row: &impl Row<'a>, state: &mut State<'a, '_>) {
        let Some(section) = &mut state.section else { return };
        if !section.rows_add_up() {
            let is_stated = |index: &usize| section.stated(*index, row).is_some();
            self.builder.count_values((0..section.values.len()).filter(is_stated).count());
        }
        if row.width() != section.width {
            self.ragged_row(row, section.width, &state.last_whole);
            state.begins_ragged |= state.last_whole.is_empty();
            state.is_whole = false;
            return;
        }
        state.last_whole.clear();
        state.last_whole.extend((0..row.width()).map(|column| row.raw(column)));
        let is_total = section.is_total_of_periods(row);
        let grand_total = if is_total { section.grand_total(row) } else { None };
        let mut has_period = true;
        for index in 0..section.values.len() {
            let Some(stated) = section.stated(index, row) else { continue };
            let column = match grand_total {
                Some((column, total)) if total == index => column,
                Some(_) => continue,
                None => section.values[index].column,
            };
            if is_total && row.cell(column).trim().is_empty() {
                // A blank in a row of totals states none.
                continue;
            }
            let period = section.period(index, profile, row, state.file_period);
            let block = match section.find_block(index, row) {
                Some(block) => block,
                None => {
                    self.spaced_labels(section, row, &mut state.spaced);
                    let block = self.block_of_section(section, (index, period), profile, row, state.document);
                    section.insert_block(index, block)
                }
            };
            let (Some(block), Some(period)) = (block, period) else {
                state.is_whole = false;
                has_period &= period.is_some();
                continue;
            };
            let (quantity, value) = match stated {
                Stated::Cell => {
                    let value = &section.values[index];
                    let quantity = match value.unsettled {
                        Some(mark) if marks::has(&row.cell(column), mark) => {
                            Quantity::Absent(Absence::Unreadable)
                        }
                        _ => self.figure(&value.notation, row, column, &mut state.styles),
                    };
                    (quantity, row.cell_span(column))
                }
                Stated::Figure(quantity, span) => (quantity, span),
            };
            let origin = Origin { source: self.input.source, value, cell: cell_of(row, column) };
            let observation = Observation { block, period, quantity, origin };
            if section.rows_add_up() {
                state.parts.push(observation);
            } else {
                self.builder.observation(observation);
            }
        }
        if !has_period && let Some(section) = &state.section {
            self.unread_period(section, row);
        }
    }

    /// What a cell says; a problem where it is no figure.
    fn figure<'a>(
        &mut self,
        notation: &NumberNotation,
        row: &impl Row<'a>,
        column: usize,
        styles: &mut Styles,
    ) -> Quantity {
        let (text, span, cell) = (row.cell(column), row.cell_span(column), cell_of(row, column));
        let not_negative = |reading: Reading| {
            super::value::not_negative(reading.quantity).map(|quantity| Reading { quantity, ..reading })
        };
        match super::notation::number::read(&text, notation).and_then(not_negative) {
            Ok(reading) => {
                styles.count(column, &text, reading.had_separators, (span, cell));
                if let Some(mark) = reading.footnote {
                    let message = format!("`{}` carries a footnote mark", text.trim());
                    let mut problem = self.problem(ProblemKind::UnparsableValue, span, message);
                    problem.minor = true;
                    problem.location.cell = cell;
                    problem.path = self.path_of(row.span());
                    problem.label = format!("read as {}", reading.quantity);
                    problem.help = Some(format!("what `{mark}` stands for changes what the figure says"));
                    problem.group = Some("footnote".to_owned());
                    self.builder.problem(problem);
                }
                reading.quantity
            }
            Err(fault) => {
                let mut problem = self.problem(fault.kind, span, fault.message);
                problem.location.cell = cell;
                problem.path = self.path_of(row.span());
                problem.help = fault.help;
                problem.group = Some("value".to_owned());
                self.builder.problem(problem);
                Quantity::Absent(Absence::Unreadable)
            }
        }
    }

    /// The block that a figure belongs to; none where the row does not say which series it is of.
    fn block_of_section<'a>(
        &mut self,
        section: &mut Section<'a, '_>,
        (index, period): (usize, Option<Period>),
        profile: &Profile,
        row: &impl Row<'a>,
        document: DocumentId,
    ) -> Option<BlockId> {
        let mut terms = Terms::new(self.builder.registry(), period);
        let facts = section.facts(index, profile, row, &mut terms);
        if terms.depend_on_period {
            section.tell_periods_apart();
        }
        let name = |field: Field| facts.text(field).map(Name::from);
        let publisher = name(Field::Publisher).unwrap_or_else(|| self.builder.document_publisher(document));
        let metric = name(Field::Metric)?;
        let stated = facts.text(Field::Unit).and_then(Unit::parse);
        let unit = stated.or_else(|| self.builder.unit_of(&metric));
        let key = SeriesKey {
            subject: name(Field::Subject).unwrap_or_else(|| publisher.clone()),
            metric,
            unit: unit.unwrap_or(Unit::Item),
            category: name(Field::Category),
            channel: name(Field::Channel),
            detection: name(Field::Detection),
            surface: name(Field::Surface),
            jurisdiction: name(Field::Jurisdiction).filter(|code| &**code != "worldwide"),
            basis: Basis::default(),
            publisher,
        };
        let span = |field: Field| facts.span(field).unwrap_or(section.header);
        let block = Block {
            document,
            series: self.builder.series(key),
            label: name(Field::Label),
            total_of: name(Field::TotalOf),
            all_parts: true,
            redundant: facts.text(Field::Redundant) == Some("true"),
            has_methodology: false,
            wordings: Vec::new(),
            unit: span(Field::Unit),
            metric: span(Field::Metric),
            subject: span(Field::Subject),
            jurisdiction: span(Field::Jurisdiction),
            head: row.span(),
        };
        Some(self.builder.block(block))
    }

    /// Reports labels that a program takes for others because they begin or end with a blank.
    fn spaced_labels<'a>(
        &mut self,
        section: &Section<'a, '_>,
        row: &impl Row<'a>,
        known: &mut HashSet<&'a str>,
    ) {
        for column in section.label_columns() {
            let label = row.cell(column);
            let trimmed = label.trim();
            if trimmed.len() == label.len() || trimmed.is_empty() || !known.insert(row.raw(column)) {
                continue;
            }
            let end = if label.starts_with(trimmed) { "ends" } else { "begins" };
            let message = format!("the label `{label}` {end} with a blank");
            let mut problem = self.problem(ProblemKind::LabelSpacing, row.cell_span(column), message);
            problem.location.cell = cell_of(row, column);
            problem.label = format!("read as `{trimmed}`");
            problem.help = Some("who joins files by this label must take the blank off".to_owned());
            problem.group = Some("spacing".to_owned());
            self.builder.problem(problem);
        }
    }

    fn unread_period<'a>(&mut self, section: &Section<'_, '_>, row: &impl Row<'a>) {
        let Some(column) = section.period_column() else {
            let message = "no period is stated for this figure: neither its row nor the file's name says one";
            let mut problem = self.problem(ProblemKind::Schema, row.span(), message);
            problem.group = Some("period".to_owned());
            problem.help = Some("put the period into the file's name, such as `2022-q4`".to_owned());
            return self.builder.problem(problem);
        };
        let text = row.cell(column);
        let (kind, message) = if super::value::is_placeholder(text.trim()) {
            (ProblemKind::Placeholder, format!("the placeholder `{text}` was left in"))
        } else {
            (ProblemKind::Schema, format!("`{text}` is not a period"))
        };
        let mut problem = self.problem(kind, row.cell_span(column), message);
        problem.location.cell = cell_of(row, column);
        problem.path = self.path_of(row.span());
        problem.group = Some("period".to_owned());
        self.builder.problem(problem);
    }

    /// Reports columns that the profile says nothing of.
    fn unknown_columns(&mut self, section: &Section<'_, '_>) {
        for column in &section.unknown {
            let heading = &section.headings[*column];
            let message =
                format!("the profile does not say what the column `{heading}` holds; it is not read");
            let mut problem = self.problem(ProblemKind::UnrecognisedFormat, section.cells[*column], message);
            problem.location.cell = section.row.map(|row| Cell::at(row, *column));
            problem.path = format!("{}#{heading}", self.source.path);
            problem.help = Some(
                "describe it in a profile of the dataset, under `values`, `fields` or `ignored`".to_owned(),
            );
            self.builder.problem(problem);
        }
    }

    /// Reports what is to be said of a table as a whole.
    fn end_section(&mut self, state: &mut State<'_, '_>) {
        self.add_up(std::mem::take(&mut state.parts));
        if let Some(Unplaced { span, title, rows }) = state.unplaced.take() {
            state.is_whole = false;
            let under = if title.is_empty() { String::new() } else { format!(" under `{title}`") };
            let message =
                format!("the profile does not describe the table{under}; {rows} of its rows are not read");
            let mut problem = self.problem(ProblemKind::UnrecognisedFormat, span, message);
            "its header is not known".clone_into(&mut problem.label);
            self.builder.problem(problem);
        }
        let styles = std::mem::take(&mut state.styles);
        // A spreadsheet and JSON keep numbers, not their writing.
        if self.source.sheet.is_some() || state.section.as_ref().is_none_or(|section| section.row.is_none()) {
            return;
        }
        state.uniform.extend(styles.uniform());
        for mixed in styles.mixed() {
            let heading = state.section.as_ref().map(|section| section.headings[mixed.column].clone());
            let mut problem = self.problem(ProblemKind::MixedNumberFormat, mixed.place.0, mixed.message);
            problem.location.cell = mixed.place.1;
            problem.path = format!("{}#{}", self.source.path, heading.unwrap_or_default());
            problem.label = "the first of them".to_owned();
            problem.help =
                Some("read here all the same; write all numbers of a column in one way".to_owned());
            self.builder.problem(problem);
        }
    }
}

/// The texts of a row's cells.
fn texts<'a>(row: &impl Row<'a>) -> Vec<String> {
    (0..row.width()).map(|column| row.cell(column).trim().to_owned()).collect()
}

fn cell_of<'a>(row: &impl Row<'a>, column: usize) -> Option<Cell> {
    row.number().map(|number| Cell::at(number, column))
}

/// The path of the file that a source is, or is a sheet of.
pub(super) fn file_of(path: &str) -> &str {
    file_and_sheet(path).map_or(path, |(file, _)| file)
}

/// The name at the end of a path, without a sheet's.
fn file_name(path: &str) -> &str {
    let file = file_of(path);
    file.rsplit('/').next().unwrap_or(file)
}

/// Blocks by what cells say of their series.
type BlocksByCells<'a> = HashMap<Vec<&'a str>, Option<BlockId>>;

/// The path of a workbook and the name of its sheet, which stand in the path of a sheet.
fn file_and_sheet(path: &str) -> Option<(&str, &str)> {
    const ENDING: &str = ".xlsx!";
    let end = path.to_ascii_lowercase().find(ENDING)? + ENDING.len();
    Some((&path[..end - 1], &path[end..]))
}
