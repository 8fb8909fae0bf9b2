//! A table held against the fields of its schema, cell by cell.
//!
//! What the reader of the figures has already reported at a cell is not reported again: its finding gets the place in the
//! package that says the same.

use std::collections::HashMap;

use super::super::{Format, Name, ProblemKind, Reader, separator_of};
use super::constraint::Demand;
use super::field::Field;
use super::{FieldsMatch, Resource, TableSchema};
use crate::diag::listing;
use crate::ingest::value;
use crate::load::csv::Rows;
use crate::model::{DocumentId, Problem};
use crate::source::{Cell, Span};

/// How many names a message lists.
const NAMES_SHOWN: usize = 8;

/// Which column each field of a schema is in.
pub(super) struct Layout {
    /// By the fields of the schema.
    pub columns: Vec<Option<usize>>,
    /// Number of columns.
    pub width: usize,
}

impl Layout {
    /// Finds the fields among the headings: by name, or by place where one heading alone is another. Where there is no
    /// header, by place.
    pub fn new(resource: &Resource, schema: &TableSchema, headings: &[String]) -> Self {
        let fields = &schema.fields;
        if !resource.dialect.has_header {
            let columns = (0..fields.len()).map(|place| (place < headings.len()).then_some(place)).collect();
            return Self { columns, width: headings.len() };
        }
        let same = |heading: &str, name: &str| {
            heading == name
                || (!resource.dialect.case_matters && heading.to_lowercase() == name.to_lowercase())
        };
        let find = |field: &Field| {
            let exact = headings.iter().position(|heading| *heading == field.name);
            exact.or_else(|| headings.iter().position(|heading| same(heading, &field.name)))
        };
        let mut columns: Vec<Option<usize>> = fields.iter().map(find).collect();
        if headings.len() == fields.len() {
            let taken = columns.clone();
            for (place, column) in columns.iter_mut().enumerate() {
                *column = column.or((!taken.contains(&Some(place))).then_some(place));
            }
        }
        Self { columns, width: headings.len() }
    }
}

/// The headings that a row holds.
pub(super) fn headings_of(rows: &Rows<'_>) -> Vec<String> {
    (0..rows.cells.len()).map(|column| rows.cell(column).trim().to_owned()).collect()
}

impl Reader<'_> {
    /// Holds a table against its schema. `earlier` is the number of problems before its figures were read, and `alone`
    /// its document where nothing else is read of it.
    pub(in super::super) fn check_fields(&mut self, earlier: usize, alone: Option<DocumentId>) {
        let Some(resource) = self.resource.filter(|resource| resource.is_checked()) else { return };
        let Some(schema) = &resource.schema else { return };
        let mut rows = Rows::new(&self.source.text, separator_of(self.source, self.resource), self.limits);
        let mut problems = Vec::new();
        let mut first_row = None;
        if !rows.advance() {
            if let Some(document) = alone
                && self.report_broken_rows(rows.failures)
            {
                self.builder.mark_incomplete(document);
            }
            return;
        }
        let headings = headings_of(&rows);
        let layout = Layout::new(resource, schema, &headings);
        if resource.dialect.has_header {
            self.check_headings(schema, resource, &layout, &headings, &rows, &mut problems);
        } else {
            first_row = Some(());
        }
        let mut is_whole = true;
        while first_row.take().is_some() || rows.advance() {
            if rows.is_blank() || self.is_cut(rows.span) {
                continue;
            }
            if rows.cells.len() != layout.width {
                if alone.is_some() {
                    self.ragged_row(&rows, layout.width, &[]);
                }
                is_whole = false;
                continue;
            }
            for (field, column) in schema.fields.iter().zip(&layout.columns) {
                if let Some(column) = column {
                    problems.extend(self.check_cell(resource, field, &rows, *column));
                }
            }
        }
        if let Some(document) = alone {
            is_whole &= !self.report_broken_rows(rows.failures);
            if !is_whole {
                self.builder.mark_incomplete(document);
            }
        }
        self.add_to(earlier, problems);
    }

    /// Adds what is wrong with cells, but for what was reported before.
    fn add_to(&mut self, earlier: usize, problems: Vec<Problem>) {
        let source = self.input.source;
        let mut known: HashMap<Span, usize> = HashMap::new();
        for (place, problem) in self.builder.problems_from(earlier).iter().enumerate() {
            if problem.location.source == source && problem.location.cell.is_some() {
                known.insert(problem.location.span, place);
            }
        }
        for problem in problems {
            match known.get(&problem.location.span) {
                None => self.builder.problem(problem),
                Some(place) => {
                    let before = &mut self.builder.problems_from(earlier)[*place];
                    // What was only worth knowing is a fault where the schema says so.
                    if before.minor {
                        *before = problem;
                    } else {
                        before.related.extend(problem.related);
                    }
                }
            }
        }
    }

    fn check_cell(
        &self,
        resource: &Resource,
        field: &Field,
        rows: &Rows<'_>,
        column: usize,
    ) -> Option<Problem> {
        let cell = rows.cell(column);
        let text = if resource.dialect.skips_space { cell.trim_start() } else { &*cell };
        if field.absence(text).is_some() {
            let constraint = field.constraints.iter().find(|one| matches!(one.demand, Demand::Required))?;
            let message =
                format!("`{}` has no value in this row, and the table schema asks for one", field.name);
            let mut problem = self.cell_problem(ProblemKind::Schema, field, rows, column, message);
            problem.label = "no value".to_owned();
            problem.group = Some(format!("{} required", field.name));
            problem.related = vec![(constraint.at, "in every row".to_owned())];
            return Some(problem);
        }
        let Some(value) = field.value(text) else { return Some(self.wrong_type(field, rows, column, text)) };
        let (constraint, (what, expected)) = field
            .constraints
            .iter()
            .find_map(|constraint| Some((constraint, constraint.violated_by(&value, text)?)))?;
        let message = format!("`{}` {what}", value::shortened(text));
        let mut problem = self.cell_problem(ProblemKind::Schema, field, rows, column, message);
        problem.label = format!("`{}`", field.name);
        problem.group = Some(format!("{} {}", field.name, constraint.name()));
        problem.related = vec![(constraint.at, format!("expected: {expected}"))];
        Some(problem)
    }

    fn wrong_type(&self, field: &Field, rows: &Rows<'_>, column: usize, text: &str) -> Problem {
        let kind = if field.kind.is_number() { ProblemKind::UnparsableValue } else { ProblemKind::Schema };
        let expected = field.expected();
        let shown =
            if text.is_empty() { "a blank cell".to_owned() } else { format!("`{}`", value::shortened(text)) };
        let message =
            format!("{shown} stands in `{}` where the table schema asks for {expected}", field.name);
        let mut problem = self.cell_problem(kind, field, rows, column, message);
        problem.label = format!("not {expected}");
        problem.group = Some(format!("{} type", field.name));
        problem.related = vec![(field.kind_at, expected)];
        problem.help = match value::without_separators(text) {
            _ if text.is_empty() => {
                Some("list `\"\"` in `missingValues` where blank cells say that there is none".to_owned())
            }
            Some(plain) if kind == ProblemKind::UnparsableValue => {
                Some(format!("write {plain}, or state `\"groupChar\": \",\"` for the field"))
            }
            _ => None,
        };
        problem
    }

    fn cell_problem(
        &self,
        kind: ProblemKind,
        field: &Field,
        rows: &Rows<'_>,
        column: usize,
        message: String,
    ) -> Problem {
        let span = rows.cells.get(column).copied().unwrap_or(rows.span);
        let mut problem = self.problem(kind, span, message);
        problem.location.cell = Some(Cell::at(rows.number, column));
        problem.path = format!("{}/{}", self.path_of(rows.span), field.name);
        problem
    }

    /// Holds the header against the fields.
    fn check_headings(
        &self,
        schema: &TableSchema,
        resource: &Resource,
        layout: &Layout,
        headings: &[String],
        rows: &Rows<'_>,
        problems: &mut Vec<Problem>,
    ) {
        let quoted = |name: &String| format!("`{name}`");
        let heading_problem = |column: usize, message: String| {
            let mut problem = self.problem(ProblemKind::Schema, rows.cells[column], message);
            problem.location.cell = Some(Cell::at(rows.number, column));
            problem.path = format!("{}#{}", self.source.path, headings[column]);
            problem.related = vec![(schema.at, "the table schema".to_owned())];
            problem
        };
        let same = |column: usize, name: &str| {
            headings[column] == name
                || (!resource.dialect.case_matters && headings[column].to_lowercase() == name.to_lowercase())
        };
        for (field, column) in schema.fields.iter().zip(&layout.columns) {
            if let Some(column) = column.filter(|column| !same(*column, &field.name)) {
                let message = format!(
                    "this column is named `{}`, and the table schema has `{}` in its place",
                    headings[column], field.name
                );
                let mut problem = heading_problem(column, message);
                problem.related = vec![(field.at, "the field".to_owned())];
                problem.help = Some("name them alike; the column is read as this field".to_owned());
                problems.push(problem);
            }
        }
        let absent = schema.fields.iter().zip(&layout.columns).filter(|(_, column)| column.is_none());
        let absent: Vec<String> = absent.map(|(field, _)| quoted(&field.name)).collect();
        let may_lack = matches!(schema.fields_match, FieldsMatch::Superset | FieldsMatch::Partial)
            && absent.len() < schema.fields.len();
        if !absent.is_empty() && !may_lack {
            let are = if absent.len() == 1 { "is no column" } else { "are no columns" };
            let message = format!("{} of the table schema {are} of this file", listing(&absent, NAMES_SHOWN));
            let mut problem = heading_problem(0, message);
            problem.location = self.location(rows.span);
            problem.path = format!("{}#header", self.source.path);
            problems.push(problem);
        }
        let extra: Vec<usize> =
            (0..headings.len()).filter(|column| !layout.columns.contains(&Some(*column))).collect();
        let may_have_more = matches!(schema.fields_match, FieldsMatch::Subset | FieldsMatch::Partial);
        if let (Some(first), false) = (extra.first(), may_have_more) {
            let names: Vec<String> = extra.iter().map(|column| quoted(&headings[*column])).collect();
            let are = if names.len() == 1 { "is no field" } else { "are no fields" };
            let message = format!("{} {are} of the table schema", listing(&names, NAMES_SHOWN));
            let mut problem = heading_problem(*first, message);
            problem.help = Some("describe it in the package, or state `fieldsMatch: subset`".to_owned());
            problems.push(problem);
        }
        let places: Vec<usize> = layout.columns.iter().flatten().copied().collect();
        let is_ordered = matches!(schema.fields_match, FieldsMatch::Exact | FieldsMatch::Version1);
        if let (Some(moved), true, true, true) = (
            places.windows(2).find(|pair| pair[0] > pair[1]),
            is_ordered,
            absent.is_empty(),
            extra.is_empty(),
        ) {
            let message =
                format!("`{}` stands in another place than in the table schema", headings[moved[1]]);
            let mut problem = heading_problem(moved[1], message);
            problem.minor = schema.fields_match == FieldsMatch::Version1;
            problem.help = Some("columns are matched by their names all the same".to_owned());
            problems.push(problem);
        }
    }

    /// Adds a table of a package that no profile matches: what its figures measure is not known.
    pub(in super::super) fn table_of_package(&mut self, header: Span) -> DocumentId {
        let message =
            "no profile says what this table measures; it is checked against its table schema alone";
        let mut problem = self.problem(ProblemKind::UnrecognisedFormat, header, message);
        problem.minor = true;
        problem.help = Some(
            "columns named as in a tidy table are read as figures; `candor profiles --draft` writes the beginning of \
             a profile"
                .to_owned(),
        );
        self.builder.problem(problem);
        let document = self.document(Format::PackageTable, Name::from(""), header);
        self.builder.document(document)
    }
}
