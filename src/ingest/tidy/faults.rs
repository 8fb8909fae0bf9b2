//! What is wrong with a tidy table: its header, its rows, the way its numbers are written.

use std::fmt::Write as _;

use super::super::profile::recognise::Recognition;
use super::super::{ProblemKind, Reader, group_of};
use super::{Columns, NumberStyles, is_column};
use crate::load;
use crate::load::csv::Rows;
use crate::load::grid::Row;
use crate::model::Problem;
use crate::schema::{self, SchemaName};
use crate::source::{Cell, Limits, Span};

impl Reader<'_> {
    /// Reports a table that is no tidy one and that no profile, or more than one, fits.
    pub(super) fn unrecognised_table(
        &mut self,
        header: Span,
        missing: &[&str],
        recognition: &Recognition<'_>,
    ) {
        if self.source.sheet.is_some() && !holds_figures(&self.source.text, self.limits) {
            return;
        }
        let list =
            |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match recognition {
            Recognition::Ambiguous(profiles) => {
                let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
                self.unrecognised(
                    header,
                    &format!("this table fits the profiles {} equally well", list(&ids)),
                );
            }
            Recognition::None(fits) => {
                let closest = fits.first().map(|fit| {
                    let lacks = if fit.missing.is_empty() {
                        "which is for files of another name".to_owned()
                    } else {
                        format!("which also has {}", list(&fit.missing))
                    };
                    format!("; the closest profile is `{}`, {lacks}", fit.profile.id)
                });
                let message = format!(
                    "no profile matches this table, and it is no tidy table: it has no {}{}",
                    list(missing),
                    closest.unwrap_or_default()
                );
                self.unrecognised(header, &message);
            }
            Recognition::By(_) => {}
        }
    }

    /// Reports columns that a tidy table does not know, and those that stand in it twice.
    pub(super) fn check_header(&mut self, columns: &Columns, cells: &[Span], row: u32) {
        if !columns.names.iter().all(|name| is_column(name)) {
            self.columns_not_in_schema(columns, cells, row);
        }
        for (column, name) in columns.names.iter().enumerate() {
            if let Some(first) = columns.names[..column].iter().position(|one| one == name) {
                let mut problem = self.problem(
                    ProblemKind::DuplicateKey,
                    cells[column],
                    format!("the column `{name}` stands twice in the header; the first is used"),
                );
                "again".clone_into(&mut problem.label);
                problem.related = vec![(self.location(cells[first]), "first".to_owned())];
                self.builder.problem(problem);
            }
        }
    }

    /// Lets the schema stage say which columns it does not know, and what comes close to their names.
    fn columns_not_in_schema(&mut self, columns: &Columns, cells: &[Span], row: u32) {
        let header = row_as_json(columns.names.iter().map(|name| (name.as_str(), "")));
        let tree = load::json::parse(&header);
        let Some(root) = tree.root() else { return };
        for violation in schema::validate(SchemaName::Tidy, root) {
            if violation.keyword != "additionalProperties" && violation.keyword != "unevaluatedProperties" {
                continue;
            }
            let name = violation
                .pointer
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .replace("~1", "/")
                .replace("~0", "~");
            let Some(column) = columns.names.iter().position(|one| *one == name) else { continue };
            // A package may describe columns of its own.
            if self.resource.and_then(|resource| resource.field(&name)).is_some() {
                continue;
            }
            let mut problem = self.problem(ProblemKind::Schema, cells[column], unknown_column(column, &name));
            problem.location.cell = Some(Cell::at(row, column));
            problem.label = "no column of a tidy table".to_owned();
            problem.help = violation.help;
            self.builder.problem(problem);
        }
    }

    /// What the schema stage says of the words of closed lists.
    pub(super) fn closed_column_problems(&self, rows: &Rows<'_>, columns: &Columns) -> Vec<Problem> {
        if columns.closed.iter().all(|column| rows.cell(*column).is_empty()) {
            return Vec::new();
        }
        let mut problems = self.row_violations(rows, columns);
        problems.retain(|problem| {
            let column = problem.location.cell.map_or(0, |cell| cell.column.get() as usize);
            columns.closed.iter().any(|closed| closed + 1 == column)
        });
        problems
    }

    /// What the schema stage says of a row.
    pub(super) fn row_violations(&self, rows: &Rows<'_>, columns: &Columns) -> Vec<Problem> {
        let cells: Vec<_> = (0..columns.names.len()).map(|column| rows.cell(column)).collect();
        let own = columns.names.iter().map(String::as_str).zip(cells.iter().map(AsRef::as_ref));
        let filled: Vec<(&str, &str)> = own.filter(|(_, cell)| !cell.is_empty()).collect();
        let defaults = self.input.header.columns.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let defaults = defaults.filter(|(name, _)| filled.iter().all(|(known, _)| known != name));
        let row = row_as_json(filled.iter().copied().chain(defaults));
        let tree = load::json::parse(&row);
        let violations = tree.root().map(|root| schema::validate(SchemaName::Tidy, root)).unwrap_or_default();
        let mut problems = Vec::new();
        for violation in violations {
            let name = violation.pointer.rsplit('/').next().unwrap_or_default();
            let Some(column) = columns.names.iter().position(|one| one == name) else { continue };
            let mut problem = self.row_problem(rows, column, violation.message);
            problem.label = violation.label;
            problem.help = violation.help;
            problem.group = Some(group_of(&violation.pointer, &violation.keyword));
            problems.push(problem);
        }
        problems
    }

    /// Lets the schema stage say why a row is not accepted, or else says what the row does not state.
    pub(super) fn refused_row(&mut self, rows: &Rows<'_>, columns: &Columns) {
        let mut problems = self.row_violations(rows, columns);
        let is_filled = |name: &str| {
            columns
                .names
                .iter()
                .position(|one| one == name)
                .is_some_and(|column| !rows.cell(column).is_empty())
        };
        if problems.is_empty() {
            for name in ["publisher", "metric", "unit", "period"] {
                if !is_filled(name) && !self.header_states(name) {
                    let mut problem =
                        self.row_problem(rows, columns.value, format!("this row states no `{name}`"));
                    problem.help =
                        Some(format!("add a column `{name}`, or state `{name}` for the file in candor.toml"));
                    problem.group = Some(format!("row without {name}"));
                    problems.push(problem);
                }
            }
        }
        if problems.is_empty() {
            let message = format!("`{}` is not a period", rows.cell(columns.period));
            problems.push(self.row_problem(rows, columns.period, message));
        }
        for problem in problems {
            self.builder.problem(problem);
        }
    }

    /// What tells a row from others in any order of the rows.
    pub(super) fn row_path(&self, rows: &Rows<'_>) -> String {
        self.path_of(rows.span)
    }

    pub(in super::super) fn path_of(&self, span: Span) -> String {
        format!("{}#{}", self.source.path, self.source.slice(span))
    }

    pub(super) fn header_states(&self, name: &str) -> bool {
        self.input.header.columns.iter().any(|(known, _)| known == name)
    }

    pub(super) fn row_problem(&self, rows: &Rows<'_>, column: usize, message: String) -> Problem {
        let span = rows.cells.get(column).copied().unwrap_or(rows.span);
        let mut problem = self.problem(ProblemKind::Schema, span, message);
        problem.location.cell = Some(Cell::at(rows.number, column));
        problem.path = format!("{}/{column}", self.row_path(rows));
        problem
    }

    pub(in super::super) fn ragged_row<'a>(&mut self, row: &impl Row<'a>, expected: usize, above: &[&str]) {
        let found = row.width();
        let name = row.number().map_or_else(|| "this row".to_owned(), |number| format!("row {number}"));
        let message = format!("{name} has {found} cells where the header has {expected}");
        let mut problem = self.problem(ProblemKind::RaggedRow, row.span(), message);
        problem.path = self.path_of(row.span());
        problem.label = format!("{found} cells");
        problem.help = mending_of(row, expected, above);
        problem.group = Some("ragged".to_owned());
        self.builder.problem(problem);
    }

    pub(super) fn mixed_styles(&mut self, styles: &NumberStyles) {
        let (Some((span, cell)), true) = (styles.first_with_separators, styles.without > 0) else { return };
        let message = format!(
            "{} of {} numbers from 1,000 on are written with thousands separators",
            styles.with_separators,
            styles.with_separators + styles.without
        );
        let mut problem = self.problem(ProblemKind::MixedNumberFormat, span, message);
        problem.location.cell = Some(cell);
        problem.path = format!("{}#value", self.source.path);
        problem.label = "the first of them".to_owned();
        problem.help = Some("write all numbers of a column in one way; the tidy table wants none".to_owned());
        self.builder.problem(problem);
    }
}

fn unknown_column(column: usize, name: &str) -> String {
    if name.is_empty() {
        format!("column {} has no heading; it is not read", column + 1)
    } else {
        format!("unknown column `{name}`")
    }
}

/// Whether a sheet holds a table, as far as can be told without knowing it: rows with a figure beside something else. A
/// sheet of notes is no fault of its workbook.
fn holds_figures(text: &str, limits: &Limits) -> bool {
    let mut rows = Rows::new(text, b',', limits);
    let mut found = 0;
    while found < 2 && rows.advance() {
        let filled = (0..rows.cells.len()).map(|column| rows.cell(column)).filter(|cell| !cell.is_empty());
        let (mut cells, mut figures) = (0, 0);
        for cell in filled {
            cells += 1;
            let plain = cell.trim().trim_end_matches('%').replace(',', "");
            figures += usize::from(crate::model::parse_number(&plain).is_ok());
        }
        found += usize::from(cells > 1 && figures > 0);
    }
    found > 1
}

/// The move that would mend a row with one cell too many: joining two cells that a thousands separator without quotes has
/// split, or leaving one out. Which of them is told by the row above, where there is one: the mended row is to be much
/// more like it than after any other move.
fn mending_of<'a>(row: &impl Row<'a>, expected: usize, above: &[&str]) -> Option<String> {
    let cells: Vec<&str> = (0..row.width()).map(|column| row.raw(column)).collect();
    if cells.len() != expected + 1 {
        return (cells.len() < expected).then(|| "add the missing cells, or remove the row".to_owned());
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_split = |column: &usize| {
        let (left, right) = (cells[*column], cells[column + 1]);
        digits(left) && left.len() <= 3 && digits(right) && right.len() == 3
    };
    let join = |column: usize| {
        let number = format!("{}{}", cells[column], cells[column + 1]);
        let help = format!("`{},{}` looks like one number: write {number}", cells[column], cells[column + 1]);
        ([&cells[..column], &[&*number], &cells[column + 2..]].concat().join("\u{1f}"), help)
    };
    let leave_out = |column: usize| {
        let mended = [&cells[..column], &cells[column + 1..]].concat();
        let help = format!(
            "without `{}` the row is in line with the one above: {}",
            cells[column],
            mended.join(",")
        );
        (mended.join("\u{1f}"), help)
    };
    let joins: Vec<(String, String)> = (0..cells.len() - 1).filter(is_split).map(join).collect();
    if above.len() != expected {
        return match joins.as_slice() {
            [(_, help)] => Some(help.clone()),
            _ => Some("put a cell that contains a comma in quotes".to_owned()),
        };
    }
    let moves = joins.into_iter().chain((0..cells.len()).map(leave_out));
    let mut moves: Vec<(f64, String)> =
        moves.map(|(mended, help)| (distance(&mended, above), help)).collect();
    moves.sort_by(|left, right| left.0.total_cmp(&right.0));
    match moves.as_slice() {
        [(best, help), (next, _), ..] if best.is_finite() && next - best >= TEN_TIMES => Some(help.clone()),
        _ => {
            Some("put a cell that contains a comma in quotes, or remove the cell that is too many".to_owned())
        }
    }
}

/// A move counts where every other leads ten times as far from the row above.
const TEN_TIMES: f64 = std::f64::consts::LN_10;

/// How far a row, its cells apart by `U+001F`, is from the one above: the logarithms of the ratios of their numbers; infinite where a number stands
/// under a text.
fn distance(row: &str, above: &[&str]) -> f64 {
    let number = |text: &str| {
        text.trim_matches('"').replace(',', "").parse::<f64>().ok().map(|value| value.abs() + 1.0)
    };
    let pairs = row.split('\u{1f}').zip(above);
    pairs
        .map(|(cell, above)| match (number(cell), number(above)) {
            (Some(cell), Some(above)) => (cell / above).ln().abs(),
            (None, None) => 0.0,
            _ => f64::INFINITY,
        })
        .sum()
}

/// A row as the object that the schema of tidy tables describes.
fn row_as_json<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut json = String::from("{");
    for (index, (name, value)) in cells.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        // Writing to a String cannot fail.
        let _ = write!(json, "{comma}{}:{}", quoted(name), quoted(value));
    }
    json.push('}');
    json
}
