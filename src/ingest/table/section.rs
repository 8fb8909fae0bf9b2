//! One table of a file: its header held against the profile, and what a row of it says.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::BlocksByCells;
use crate::ingest::notation::number::share_of_base;
use crate::ingest::notation::{self, NumberNotation};
use crate::ingest::package::{Marks, Resource};
use crate::ingest::profile::recognise::missing_headings;
use crate::ingest::profile::{
    CellPart, Constants, Field, Origin, Pattern, Profile, TableShape, TotalWords, ValueColumn,
};
use crate::load::Node;
use crate::load::grid::{JsonTable, Row};
use crate::model::{BlockId, Frequency, Period, Quantity, Registry, jurisdiction};
use crate::source::Span;

/// A column with figures.
#[derive(Debug, Clone)]
pub struct ValueAt<'a, 'p> {
    pub column: usize,
    /// Columns whose sum it is where the cell of its own states nothing; there may be no such cell.
    pub sum_of: Vec<usize>,
    shape: &'p ValueColumn,
    /// Whether its cells may hold a percentage of a number, told apart.
    splits: bool,
    /// How its figures are written.
    pub notation: Cow<'p, NumberNotation>,
    /// The mark in its figures that may mean two things, where the column does not settle which.
    pub unsettled: Option<char>,
    blocks: BlocksByCells<'a>,
    /// What the row before said, and its block: most rows follow one of the same series.
    key: Vec<&'a str>,
    last: Option<Option<BlockId>>,
    periods: HashMap<Vec<&'a str>, Option<Period>>,
}

/// What a row states for a column of figures.
pub enum Stated {
    /// What stands in its cell.
    Cell,
    /// A figure that is part of a cell, or the sum of several, and where it stands.
    Figure(Quantity, Span),
}

/// The headings of a table, wherever they stand.
pub trait Header {
    /// Their texts.
    fn headings(&self) -> &[String];
    /// Where one stands.
    fn span_of(&self, column: usize) -> Span;
    /// Where the header stands.
    fn span(&self) -> Span;
    /// Number of its row, where rows are counted.
    fn row(&self) -> Option<u32>;
    /// Headings that are the sum of others, as is stated beside the table under a key: each with its place and the
    /// headings of its parts.
    fn sums(&self, _key: &str) -> Vec<(String, Span, Vec<String>)> {
        Vec::new()
    }
}

/// A header that is a row itself.
pub struct CsvHeader<'r, R> {
    pub row: &'r R,
    pub cells: &'r [String],
}

impl<'a, R: Row<'a>> Header for CsvHeader<'_, R> {
    fn headings(&self) -> &[String] {
        self.cells
    }

    fn span_of(&self, column: usize) -> Span {
        self.row.cell_span(column)
    }

    fn span(&self) -> Span {
        self.row.span()
    }

    fn row(&self) -> Option<u32> {
        self.row.number()
    }
}

impl Header for JsonTable<'_> {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn span_of(&self, _: usize) -> Span {
        self.head
    }

    fn span(&self) -> Span {
        self.head
    }

    fn row(&self) -> Option<u32> {
        None
    }

    fn sums(&self, key: &str) -> Vec<(String, Span, Vec<String>)> {
        let members = self.node.get(key).into_iter().flat_map(Node::members);
        let parts = |list: Node<'_>| list.items().map(|part| part.text().into_owned()).collect();
        members.map(|member| (member.key.into_owned(), member.key_span, parts(member.value))).collect()
    }
}

/// One table of a file.
#[derive(Debug, Clone)]
pub struct Section<'a, 'p> {
    shape: &'p TableShape,
    title: String,
    groups: Vec<String>,
    pub headings: Vec<String>,
    /// The header's cells.
    pub cells: Vec<Span>,
    pub header: Span,
    /// Number of the header's row.
    pub row: Option<u32>,
    pub width: usize,
    /// Columns that say which series a row belongs to.
    of_series: Vec<usize>,
    /// Columns that say which period it is of.
    of_period: Vec<usize>,
    pub values: Vec<ValueAt<'a, 'p>>,
    /// Columns that the profile does not describe.
    pub unknown: Vec<usize>,
    /// Columns in which a word may say that a row is a total over periods.
    of_totals: Vec<(usize, &'p TotalWords)>,
    path: String,
}

/// What a row says of a figure's series.
#[derive(Debug, Default)]
pub struct Facts {
    texts: BTreeMap<Field, (String, Option<Span>)>,
}

impl Facts {
    /// What it says of a field.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.texts.get(&field).map(|(text, _)| text.as_str())
    }

    /// Where it says so.
    pub fn span(&self, field: Field) -> Option<Span> {
        self.texts.get(&field).and_then(|(_, span)| *span)
    }

    fn set_all(&mut self, constants: &Constants, span: Option<Span>) {
        for (field, text) in constants {
            self.texts.insert(*field, (text.clone(), span));
        }
    }
}

impl<'p> ValueAt<'_, 'p> {
    fn new(column: usize, shape: &'p ValueColumn, profile: &'p Profile) -> Self {
        Self {
            column,
            sum_of: Vec::new(),
            shape,
            splits: false,
            unsettled: None,
            notation: profile.notation_of(shape),
            blocks: BlocksByCells::new(),
            key: Vec::new(),
            last: None,
            periods: HashMap::new(),
        }
    }

    /// What of a cell is the figure.
    #[inline]
    pub fn part(&self) -> CellPart {
        self.shape.part
    }
}

impl<'a, 'p> Section<'a, 'p> {
    /// The table that begins with this row; none where it is no header that the profile knows.
    pub fn begin(
        profile: &'p Profile,
        path: &str,
        title: &str,
        above: &[String],
        header: &impl Header,
    ) -> Option<Self> {
        let cells = header.headings();
        let fits = |shape: &&TableShape| {
            shape.is_for(path)
                && shape.title.as_ref().is_none_or(|pattern| pattern.matches(title))
                && missing_headings(shape, cells).is_empty()
        };
        // The most particular one: a title says more than a heading.
        let shape = profile
            .tables
            .iter()
            .filter(fits)
            .max_by_key(|shape| (shape.title.is_some(), shape.header.len()))?;
        let column_of = |name: &Pattern| cells.iter().position(|cell| name.matches(cell));
        let columns = |is_wanted: fn(Field) -> bool| -> Vec<usize> {
            let fields = shape.fields.iter().chain(shape.values.iter().flat_map(|value| &value.fields));
            let mut columns: Vec<usize> = fields
                .filter(|(field, _)| is_wanted(*field))
                .flat_map(|(_, origins)| origins)
                .filter_map(|origin| if let Origin::Column(name) = origin { column_of(name) } else { None })
                .collect();
            columns.sort_unstable();
            columns.dedup();
            columns
        };
        let (of_series, of_period) = (columns(|field| !field.is_of_period()), columns(Field::is_of_period));
        let is_free = |column: &usize| !of_series.contains(column) && !of_period.contains(column);
        let is_ignored =
            |column: &usize| shape.ignored.iter().any(|heading| heading.matches(&cells[*column]));
        let (mut values, mut unknown) = (Vec::new(), Vec::new());
        let filled = (0..cells.len()).filter(|column| !cells[*column].is_empty());
        for column in filled.filter(is_free).filter(|column| !is_ignored(column)) {
            let shapes = shapes_of(shape, &cells[column]);
            if shapes.is_empty() {
                unknown.push(column);
            }
            let splits = shapes.len() > 1;
            values.extend(
                shapes.into_iter().map(|shape| ValueAt { splits, ..ValueAt::new(column, shape, profile) }),
            );
        }
        let period_words = || profile.totals.iter().filter(|totals| totals.field.is_of_period());
        let of_totals = period_words().flat_map(|totals| {
            let origins = shape.fields.iter().filter(|(field, _)| *field == totals.field);
            origins
                .flat_map(|(_, origins)| origins)
                .filter_map(|origin| if let Origin::Column(name) = origin { column_of(name) } else { None })
                .map(move |column| (column, totals))
        });
        let of_totals = of_totals.collect();
        let mut headings = cells.to_vec();
        let mut spans: Vec<Span> = (0..cells.len()).map(|column| header.span_of(column)).collect();
        for (total, span, parts) in shape.sums.iter().flat_map(|key| header.sums(key)) {
            let parts: Option<Vec<usize>> =
                parts.iter().map(|part| cells.iter().position(|cell| cell == part)).collect();
            let Some(parts) = parts.filter(|parts| !parts.is_empty()) else { continue };
            let is_total = |value: &&mut ValueAt<'_, '_>| {
                headings[value.column] == total && value.part() == CellPart::Whole
            };
            match values.iter_mut().find(is_total) {
                Some(value) => value.sum_of = parts,
                None => {
                    let whole = shapes_of(shape, &total).into_iter().find(|one| one.part == CellPart::Whole);
                    let Some(whole) = whole else { continue };
                    values.push(ValueAt { sum_of: parts, ..ValueAt::new(headings.len(), whole, profile) });
                    headings.push(total);
                    spans.push(span);
                }
            }
        }
        Some(Self {
            shape,
            title: title.to_owned(),
            groups: groups(above, cells.len()),
            headings,
            cells: spans,
            header: header.span(),
            row: header.row(),
            width: cells.len(),
            of_series,
            of_period,
            values,
            unknown,
            of_totals,
            path: path.to_owned(),
        })
    }

    /// Whether rows that say the same of series and period are parts of one figure.
    pub fn rows_add_up(&self) -> bool {
        self.shape.rows_add_up
    }

    /// Whether a row is a total over the periods of the table.
    pub fn is_total_of_periods(&self, row: &impl Row<'a>) -> bool {
        self.of_totals.iter().any(|(column, totals)| totals.has(row.cell(*column).trim()))
    }

    /// Where the only figure of a row that is a total over periods stands, if it is not in the column of the totals of
    /// the others, and the place of that one among the columns of figures: such a figure is the total of all.
    pub fn grand_total(&self, row: &impl Row<'a>) -> Option<(usize, usize)> {
        let is_filled = |value: &&ValueAt<'_, '_>| !row.cell(value.column).trim().is_empty();
        let mut filled = self.values.iter().filter(is_filled);
        let (only, None) = (filled.next()?, filled.next()) else { return None };
        let is_total =
            |value: &ValueAt<'_, '_>| value.shape.constants.iter().any(|(field, _)| *field == Field::TotalOf);
        let total = self.values.iter().position(is_total)?;
        (self.values.len() > 2 && !is_total(only)).then_some((only.column, total))
    }

    /// What a row states for one of the columns of figures; none where it states nothing.
    pub fn stated(&self, index: usize, row: &impl Row<'a>) -> Option<Stated> {
        let value = &self.values[index];
        let has_cell = row.has(value.column);
        if !value.sum_of.is_empty() && row.cell(value.column).trim().is_empty() {
            return self.sum_of(&value.sum_of, row).or(has_cell.then_some(Stated::Cell));
        }
        if !has_cell {
            return None;
        }
        if !value.splits {
            return Some(Stated::Cell);
        }
        let (text, span) = (row.cell(value.column), row.cell_span(value.column));
        let Some(split) = share_of_base(&text, &value.notation) else {
            return (value.part() == CellPart::Whole).then_some(Stated::Cell);
        };
        let (part, quantity) = match value.part() {
            CellPart::Whole => return None,
            CellPart::Share => split.share,
            CellPart::Base => split.base,
        };
        let start = row.raw(value.column).find(part).map(|place| span.start + place as u32);
        let place = start.map_or(span, |start| Span::new(start, start + part.len() as u32));
        Some(Stated::Figure(quantity, place))
    }

    /// The sum of the figures in some cells of a row, with the stretch in which these stand; none where one of them is
    /// missing.
    fn sum_of(&self, columns: &[usize], row: &impl Row<'a>) -> Option<Stated> {
        let mut figures = columns.iter().map(|column| {
            let value = self.values.iter().find(|value| value.column == *column)?;
            let quantity = notation::number::read(&row.cell(*column), &value.notation).ok()?.quantity;
            Some((quantity, row.cell_span(*column)))
        });
        let (mut sum, mut span) = figures.next()??;
        for figure in figures {
            let (quantity, place) = figure?;
            sum = sum.plus(&quantity)?;
            span = span.to(place);
        }
        sum.interval().map(|_| Stated::Figure(sum, span))
    }

    /// Takes over the marks that the numbers of the file prove.
    pub fn take_marks(&mut self, (thousands, decimal): (Option<char>, char)) {
        for value in &mut self.values {
            let notation = value.notation.to_mut();
            (notation.thousands, notation.decimal) = (thousands, decimal);
        }
    }

    /// Takes over what a data package says of how the figures are written.
    pub fn follow(&mut self, resource: &Resource) {
        for value in &mut self.values {
            let Some(field) = resource.field(&self.headings[value.column]) else { continue };
            if field.states_notation() {
                let notation = value.notation.to_mut();
                if field.marks != Marks::default() {
                    // Whole numbers may be grouped by what is the decimal mark elsewhere.
                    let is_group = field.marks.group == Some(field.marks.decimal);
                    notation.decimal = if is_group { ',' } else { field.marks.decimal };
                    notation.thousands = field.marks.group;
                }
                let missing = field.missing.iter().map(|one| (one.text.clone(), one.absence));
                notation.missing = missing.chain(std::mem::take(&mut notation.missing)).collect();
            }
        }
    }

    /// Whether the row above the header says something of the figures.
    pub fn has_groups(&self) -> bool {
        let fields = self.shape.fields.iter().chain(self.shape.values.iter().flat_map(|value| &value.fields));
        fields.flat_map(|(_, origins)| origins).any(|origin| matches!(origin, Origin::Group))
    }

    /// Columns that tell its series apart.
    pub fn key_columns(&self) -> &[usize] {
        &self.of_series
    }

    /// Whether a row holds one text instead of figures: a note in a cell that spans the table.
    pub fn is_note(&self, rows: &impl Row<'a>) -> bool {
        let mut cells =
            (0..rows.width()).map(|column| rows.cell(column)).filter(|cell| !cell.trim().is_empty());
        let Some(first) = cells.next() else { return false };
        // A row of figures is told by its figures, before all its cells are looked at.
        self.values.iter().any(|value| rows.cell(value.column) == first)
            && cells.any(|cell| cell == first)
            && first.chars().filter(|one| one.is_alphabetic()).count() > 3
            && self.values.iter().all(|value| {
                let cell = rows.cell(value.column);
                cell == first || cell.trim().is_empty()
            })
    }

    /// The block of a figure, where an earlier row said the same of its series.
    pub fn find_block(&mut self, index: usize, rows: &impl Row<'a>) -> Option<Option<BlockId>> {
        let value = &mut self.values[index];
        let cells = || self.of_series.iter().map(|column| rows.raw(*column));
        if value.last.is_none() || !value.key.iter().copied().eq(cells()) {
            value.key.clear();
            value.key.extend(cells());
            value.last = value.blocks.get(&value.key).copied();
        }
        value.last
    }

    /// Tells series apart by the period too: a name in this table has meant one entity and then another.
    pub fn tell_periods_apart(&mut self) {
        let columns = self.of_period.iter().filter(|column| !self.of_series.contains(column));
        self.of_series = self.of_series.iter().chain(columns).copied().collect();
        self.values.iter_mut().for_each(|value| value.last = None);
    }

    /// Remembers the block of the figure that was looked for last.
    pub fn insert_block(&mut self, index: usize, block: Option<BlockId>) -> Option<BlockId> {
        let value = &mut self.values[index];
        value.blocks.insert(value.key.clone(), block);
        value.last = Some(block);
        block
    }

    /// What said of each block which series it is of: the number of the column with its figures, and some cells.
    pub fn cells_of_blocks(&self) -> HashMap<BlockId, (usize, Vec<&'a str>)> {
        let of_value = |(index, value): (usize, &ValueAt<'a, 'p>)| {
            let blocks = value.blocks.iter();
            blocks.filter_map(|(cells, block)| Some(((*block)?, (index, cells.clone())))).collect::<Vec<_>>()
        };
        self.values.iter().enumerate().flat_map(of_value).collect()
    }

    /// The period of a figure: what its row or heading says, or else the file's name.
    pub fn period(
        &mut self,
        index: usize,
        profile: &Profile,
        rows: &impl Row<'a>,
        file: Option<Period>,
    ) -> Option<Period> {
        let key: Vec<&str> = self.of_period.iter().map(|column| rows.raw(*column)).collect();
        if let Some(known) = self.values[index].periods.get(&key) {
            return *known;
        }
        let period = self.read_period(index, profile, rows, file);
        self.values[index].periods.insert(key, period);
        period
    }

    /// Columns that say which series a row belongs to.
    pub fn label_columns(&self) -> impl Iterator<Item = usize> + use<> {
        self.of_series.clone().into_iter()
    }

    /// The first column that says something of the period.
    pub fn period_column(&self) -> Option<usize> {
        self.of_period.first().copied()
    }

    fn read_period(
        &self,
        index: usize,
        profile: &Profile,
        rows: &impl Row<'a>,
        file: Option<Period>,
    ) -> Option<Period> {
        let is_total = |field: Field, text: &str| {
            profile.totals.iter().filter(|totals| totals.field == field).any(|totals| totals.has(text))
        };
        // A row that is a total over periods is of the file's.
        let text = |field: Field| {
            let own = self.values[index].shape.fields.iter().chain(&self.shape.fields);
            let origins = own.filter(|(known, _)| *known == field).flat_map(|(_, origins)| origins);
            let texts: Vec<String> = origins.map(|origin| self.text(origin, index, rows).0).collect();
            let joined = texts.join(" ");
            let joined = joined.trim();
            (!joined.is_empty() && !is_total(field, joined)).then(|| joined.to_owned())
        };
        let context =
            notation::period::PeriodContext { year: file.and_then(Period::year), ..Default::default() };
        if let Some(text) = text(Field::Period) {
            return notation::period::read(&text, &context);
        }
        if let (Some(from), Some(to)) = (text(Field::From), text(Field::To)) {
            return notation::period::from_dates(&from, &to);
        }
        if let Some(day) = text(Field::Quarter) {
            return quarter_of(&day);
        }
        let (half, month) = (text(Field::Half), text(Field::Month));
        match (text(Field::Year), half, month) {
            (Some(year), Some(half), _) => notation::period::from_parts(&year, Frequency::Half, &half),
            (Some(year), None, Some(month)) => notation::period::from_parts(&year, Frequency::Month, &month),
            (Some(year), None, None) => notation::period::read(&year, &context),
            (None, _, Some(month)) => notation::period::read(&month, &context),
            (None, ..) => file,
        }
    }

    /// The text that a field is taken from, and where it stands.
    fn text(&self, origin: &Origin, index: usize, rows: &impl Row<'a>) -> (String, Option<Span>) {
        let column = self.values[index].column;
        match origin {
            Origin::Column(name) => {
                let column = self.headings.iter().position(|heading| name.matches(heading));
                let cell =
                    column.map(|column| (rows.cell(column).trim().to_owned(), Some(rows.cell_span(column))));
                cell.unwrap_or_default()
            }
            Origin::Header => (self.headings[column].clone(), self.cells.get(column).copied()),
            Origin::Group => (self.groups.get(column).cloned().unwrap_or_default(), None),
            Origin::Title => (self.title.clone(), None),
            Origin::Sheet => (
                super::file_and_sheet(&self.path).map(|(_, sheet)| sheet.to_owned()).unwrap_or_default(),
                None,
            ),
            Origin::File => (super::file_name(&self.path).to_owned(), None),
        }
    }

    /// What a row says of a figure's series.
    pub fn facts(
        &self,
        index: usize,
        profile: &Profile,
        rows: &impl Row<'a>,
        terms: &mut Terms<'_>,
    ) -> Facts {
        let mut facts = Facts::default();
        let value = self.values[index].shape;
        facts.set_all(&profile.constants, None);
        facts.set_all(&self.shape.constants, None);
        for (field, origins) in self.shape.fields.iter().filter(|(field, _)| !field.is_of_period()) {
            self.set(&mut facts, *field, (index, origins), profile, rows, terms);
        }
        facts.set_all(&value.constants, self.cells.get(self.values[index].column).copied());
        for (field, origins) in value.fields.iter().filter(|(field, _)| !field.is_of_period()) {
            self.set(&mut facts, *field, (index, origins), profile, rows, terms);
        }
        facts
    }

    fn set(
        &self,
        facts: &mut Facts,
        field: Field,
        (index, origins): (usize, &[Origin]),
        profile: &Profile,
        rows: &impl Row<'a>,
        terms: &mut Terms<'_>,
    ) {
        let totals = profile.totals.iter().find(|totals| totals.field == field);
        let is_total = |text: &str| totals.is_some_and(|totals| totals.has(text));
        let texts: Vec<(String, Option<Span>)> =
            origins.iter().map(|origin| self.text(origin, index, rows)).collect();
        let labels: Vec<&(String, Option<Span>)> =
            texts.iter().filter(|(text, _)| !text.is_empty() && !is_total(text)).collect();
        let Some((_, span)) = labels.last() else {
            // What a row says another way it is no total over.
            if let Some(total_of) = totals
                .filter(|_| facts.text(field).is_none() && texts.iter().any(|(text, _)| is_total(text)))
                .and_then(|one| one.total_of.clone())
            {
                facts.texts.insert(Field::TotalOf, (total_of, None));
            }
            return;
        };
        let label = labels.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" / ");
        if field == Field::Subject || (field == Field::Jurisdiction && facts.text(Field::Label).is_none()) {
            facts.texts.insert(Field::Label, (label.clone(), *span));
        }
        match profile.terms.iter().find(|term| term.field == field && term.label.matches(&label)) {
            Some(term) => {
                for (field, text) in &term.means {
                    let text = match term.label.wildcard(&label).filter(|_| text.contains('*')) {
                        Some(part) => text.replace('*', &terms.term(*field, part)),
                        None => text.clone(),
                    };
                    facts.texts.insert(*field, (text, *span));
                }
            }
            None => {
                facts.texts.insert(field, (terms.term(field, &label), *span));
            }
        }
    }
}

/// What holds for a column with this heading: of each part of its cells the first that matches.
fn shapes_of<'p>(table: &'p TableShape, heading: &str) -> Vec<&'p ValueColumn> {
    let mut shapes: Vec<&ValueColumn> = Vec::new();
    for shape in table.values.iter().filter(|shape| shape.column.matches(heading)) {
        if shapes.iter().all(|one| one.part != shape.part) {
            shapes.push(shape);
        }
    }
    shapes
}

/// What labels of the publisher mean where the profile does not say so.
#[derive(Debug)]
pub struct Terms<'r> {
    registry: &'r Registry,
    /// The period of the row.
    period: Option<Period>,
    /// Whether a label has meant another entity in another period.
    pub depend_on_period: bool,
}

impl<'r> Terms<'r> {
    /// As a registry has them, in a period.
    pub fn new(registry: &'r Registry, period: Option<Period>) -> Self {
        Self { registry, period, depend_on_period: false }
    }

    fn term(&mut self, field: Field, label: &str) -> String {
        match field {
            Field::Publisher | Field::Subject => match self.registry.entity_named(label, self.period) {
                Some(named) => {
                    self.depend_on_period |= named.depends_on_period;
                    named.id.to_owned()
                }
                None => identifier(label),
            },
            Field::Metric => identifier(label),
            Field::Jurisdiction => jurisdiction(label).unwrap_or(label).to_owned(),
            _ => label.to_owned(),
        }
    }
}

/// The heading above each column: one that stands over several is stated in the first of them.
fn groups(above: &[String], width: usize) -> Vec<String> {
    let mut last = String::new();
    (0..width)
        .map(|column| {
            if let Some(text) = above.get(column).filter(|text| !text.is_empty()) {
                last.clone_from(text);
            }
            last.clone()
        })
        .collect()
}

/// The quarter that a day lies in.
fn quarter_of(day: &str) -> Option<Period> {
    let day: jiff::civil::Date = day.trim().parse().ok()?;
    Period::parse(&format!("{}-Q{}", day.year(), (day.month() + 2) / 3))
}

/// A label as an identifier: lower-case words joined by hyphens.
fn identifier(label: &str) -> String {
    let lower = label.to_lowercase();
    let words = lower.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
