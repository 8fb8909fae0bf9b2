//! Where a finding points at, as programs want it: a file, and in it lines and columns or a cell of a sheet.

use super::excerpt::floor;
use crate::diag::Location;
use crate::source::{Source, Sources};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region<'a> {
    /// Path of the file as it is printed; of a workbook without the name of the sheet.
    pub path: &'a str,
    /// Sheet and cell, such as `Sheet1!C5`, where the file is a workbook: lines say nothing there.
    pub cell: Option<String>,
    /// First line, from 1.
    pub line: u32,
    /// First column in characters, from 1.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// The column after the last.
    pub end_column: u32,
}

impl<'a> Region<'a> {
    /// The region of a place.
    pub fn new(location: Location, sources: &'a Sources) -> Self {
        let source = sources.get(location.source);
        let place = |at: u32| source.lines().place(&source.text, floor(&source.text, at as usize) as u32);
        let (first, last) = (place(location.span.start), place(location.span.end.max(location.span.start)));
        let sheet = source.sheet.as_ref();
        let cell = sheet.map(|sheet| match location.cell {
            Some(cell) => format!("{}!{}", sheet.name, cell.reference()),
            None => sheet.name.clone(),
        });
        Self {
            path: file_path(source),
            cell,
            line: first.line,
            column: first.column,
            end_line: last.line,
            end_column: last.column,
        }
    }

    /// The place as it is written after a path: `:12:5`, or `!Sheet1!C5`.
    pub fn suffix(&self) -> String {
        match &self.cell {
            Some(cell) => format!("!{cell}"),
            None => format!(":{}:{}", self.line, self.column),
        }
    }
}

/// The path of the file that an input stands in: of a workbook without the name of the sheet.
pub fn file_path(source: &Source) -> &str {
    let sheet = source.sheet.as_ref();
    let workbook = sheet.and_then(|sheet| source.path.strip_suffix(&format!("!{}", sheet.name)));
    workbook.unwrap_or(&source.path)
}
