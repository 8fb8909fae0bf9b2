//! Workbooks as texts: each sheet becomes a CSV text that is read like any other.
//!
//! A line of that text is a row of the sheet and every line has the same number of cells, from column A on, so that
//! places in the text are places in the sheet. Strangers send workbooks too: what a workbook unpacks to, how many cells
//! it spans and how long its texts become are all bounded, and no fault in it ends the program.

mod cell;
mod guard;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use self::guard::Contents;
use crate::source::{Limits, ReadFailure};

/// Most cells of the rectangles that the sheets of a workbook span.
const CELL_LIMIT: u64 = 20_000_000;
/// Most bytes of the texts that they become.
const TEXT_LIMIT: usize = 1 << 30;
/// Most sheets.
const SHEET_LIMIT: usize = 1_000;
/// Rows and columns of the largest sheet.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Name on its tab.
    pub name: String,
    /// Whether readers of the workbook do not see it.
    pub hidden: bool,
    /// Cells, by row and column from 0, with whole numbers too large for a workbook to keep every digit of.
    pub inexact: Vec<(u32, u32)>,
    /// The sheet as CSV, separated by commas; empty where no cell holds anything.
    pub text: String,
    /// Why it could not be read; the text is empty then.
    pub failure: Option<ReadFailure>,
}

/// The sheets of a workbook in their order, but for those that hold no cells, such as charts.
pub fn sheets(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, ReadFailure> {
    // The library is not written for hostile files: sums in it may overflow.
    catch_unwind(AssertUnwindSafe(|| read(bytes, limits)))
        .unwrap_or_else(|_| Err(ReadFailure::new("the workbook cannot be read: it is not built as one")))
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, ReadFailure> {
    let contents = guard::check(bytes, limits)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| failure_of(&error))?;
    let listed: Vec<calamine::Sheet> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .cloned()
        .collect();
    if listed.len() > SHEET_LIMIT {
        let message = format!("the workbook has {} sheets; candor reads up to {SHEET_LIMIT}", listed.len());
        return Err(ReadFailure::new(message));
    }
    let mut names = HashSet::new();
    // The library finds sheets by their names.
    if let Some(twice) = listed.iter().find(|sheet| !names.insert(sheet.name.as_str())) {
        return Err(ReadFailure::new(format!("the workbook has two sheets named `{}`", twice.name)));
    }
    let mut room = Room { cells: CELL_LIMIT, text: TEXT_LIMIT };
    let read = |sheet: &calamine::Sheet| {
        let mut inexact = Vec::new();
        let (text, failure) = match text_of(&mut workbook, &sheet.name, contents, &mut room, &mut inexact) {
            Ok(text) => (text, None),
            Err(failure) => (String::new(), Some(failure)),
        };
        let hidden = sheet.visible != SheetVisible::Visible;
        Sheet { name: sheet.name.clone(), hidden, inexact, text, failure }
    };
    Ok(listed.iter().map(read).collect())
}

fn failure_of(error: &XlsxError) -> ReadFailure {
    ReadFailure::new(format!("the workbook cannot be read: {error}"))
        .help("open it in a spreadsheet program and save it again, or export its tables as CSV")
}

/// What the sheets that are still to be read may take.
struct Room {
    cells: u64,
    text: usize,
}

impl Room {
    /// Takes some cells; a failure where there is no room for them.
    fn take_cells(&mut self, cells: u64) -> Result<(), ReadFailure> {
        self.cells = self.cells.checked_sub(cells).ok_or_else(|| {
            ReadFailure::new(format!(
                "the sheets of the workbook span more than {CELL_LIMIT} cells up to here; this one is not read"
            ))
            .help("a cell far below or right of the table may hold something; delete those rows and columns")
        })?;
        Ok(())
    }
}

/// The cells of a sheet that hold something, by row and column from 0.
type Cells<'a> = BTreeMap<(u32, u32), Cow<'a, str>>;

fn text_of(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    contents: Contents,
    room: &mut Room,
    inexact: &mut Vec<(u32, u32)>,
) -> Result<String, ReadFailure> {
    // Each of these goes through the whole sheet.
    let mut cells = if contents.formulas { uncomputed(workbook, name, room)? } else { Cells::new() };
    let merged = if contents.merged {
        workbook.merge_cells_by_sheet_name(name).map_err(|error| failure_of(&error))?
    } else {
        Vec::new()
    };
    let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| failure_of(&error))?;
    let is_percent: Vec<bool> = reader
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().is_some_and(|format| cell::is_percent(&format.format_code)))
        .collect();
    while let Some((found, style)) = reader.next_cell_with_style_id().map_err(|error| failure_of(&error))? {
        let (row, column) = found.get_position();
        check_place((row, column))?;
        if cell::is_inexact(found.get_value()) {
            inexact.push((row, column));
        }
        let text = cell::text(found.get_value(), is_percent.get(style).copied().unwrap_or_default());
        if !text.is_empty() {
            cells.insert((row, column), text);
        }
        check_count(&cells, room)?;
    }
    let rows = cells.last_key_value().map_or(0, |(place, _)| place.0 + 1);
    let columns = cells.keys().map(|place| place.1 + 1).max().unwrap_or_default();
    room.take_cells(u64::from(rows) * u64::from(columns))?;
    for range in merged {
        repeat(&mut cells, range, (rows, columns), room)?;
    }
    write(&cells, rows, columns, room)
}

/// Whether a sheet can have a cell at this place.
fn check_place((row, column): (u32, u32)) -> Result<(), ReadFailure> {
    if row < ROWS && column < COLUMNS {
        return Ok(());
    }
    Err(ReadFailure::new(format!(
        "the sheet states a cell in row {} and column {}; no sheet is that large",
        u64::from(row) + 1,
        u64::from(column) + 1
    )))
}

/// Whether there is room for so many cells, before all of them are read.
fn check_count(cells: &Cells<'_>, room: &mut Room) -> Result<(), ReadFailure> {
    let count = cells.len() as u64;
    if count > room.cells { room.take_cells(count) } else { Ok(()) }
}

/// Formulas that were saved without their results, as programs write them that do not compute. Such a cell would look
/// blank; the formula itself shows what is missing.
fn uncomputed(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    room: &mut Room,
) -> Result<Cells<'static>, ReadFailure> {
    let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| failure_of(&error))?;
    let mut cells = Cells::new();
    // Not the method that spells out shared formulas: it makes room for as many as a file claims to have.
    while let Some(found) = reader.next_cell_with_formula_metadata().map_err(|error| failure_of(&error))? {
        if let (DataRef::Empty, Some(formula)) = (&found.value, found.formula) {
            check_place(found.pos)?;
            cells.insert(found.pos, Cow::Owned(cell::formula(&formula)));
        }
        check_count(&cells, room)?;
    }
    Ok(cells)
}

/// Repeats the first cell of a merged range in all its cells that lie within the used part of the sheet: that is what a
/// reader sees, whatever the others hold.
fn repeat(
    cells: &mut Cells<'_>,
    range: Dimensions,
    (rows, columns): (u32, u32),
    room: &mut Room,
) -> Result<(), ReadFailure> {
    let (end_row, end_column) =
        (range.end.0.saturating_add(1).min(rows), range.end.1.saturating_add(1).min(columns));
    let height = end_row.saturating_sub(range.start.0);
    let width = end_column.saturating_sub(range.start.1);
    room.take_cells(u64::from(height) * u64::from(width))?;
    let first = cells.get(&range.start).cloned();
    for row in range.start.0..end_row {
        for column in range.start.1..end_column {
            match &first {
                Some(text) => cells.insert((row, column), text.clone()),
                None => cells.remove(&(row, column)),
            };
        }
    }
    Ok(())
}

/// Writes cells as CSV, in every row as many.
fn write(cells: &Cells<'_>, rows: u32, columns: u32, room: &mut Room) -> Result<String, ReadFailure> {
    let mut text = String::new();
    let mut filled = cells.iter().peekable();
    for row in 0..rows {
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            match filled.next_if(|(place, _)| **place == (row, column)) {
                Some((_, cell)) => push_quoted(&mut text, cell),
                // An empty line would be no row.
                None if columns == 1 => text.push_str("\"\""),
                None => {}
            }
            if text.len() > room.text {
                return Err(ReadFailure::new(format!(
                    "the sheets of the workbook become more than {TEXT_LIMIT} bytes of text"
                )));
            }
        }
        text.push('\n');
    }
    room.text = room.text.saturating_sub(text.len());
    Ok(text)
}

/// Adds a cell, in quotes where it needs them.
fn push_quoted(text: &mut String, cell: &str) {
    if cell.contains([',', '"', '\u{feff}']) {
        text.push('"');
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}
