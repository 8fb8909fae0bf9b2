//! Files as sources: one a file, or one a sheet where the file is a workbook.

use std::io::Read;
use std::path::Path;

use super::xlsx;
use crate::source::{
    Cell, Limits, ReadFailure, SheetOrigin, Source, bytes_of_path, bytes_of_stream, decode, decode_as,
    sha256_hex,
};

/// Reads the file at `path` and names it `name` in everything that is printed. A fault is part of the source. `encoding` is
/// the label of the one that somebody states for it.
pub fn read_path(path: &Path, name: &str, encoding: Option<&str>, limits: &Limits) -> Vec<Source> {
    sources_of(name, bytes_of_path(path, limits), encoding, limits)
}

/// Reads a stream to its end; `expected` is its size in bytes where that is known, 0 where it is not.
pub fn read_stream(stream: impl Read, name: &str, expected: u64, limits: &Limits) -> Vec<Source> {
    sources_of(name, bytes_of_stream(stream, expected, limits), None, limits)
}

fn sources_of(
    name: &str,
    bytes: Result<Vec<u8>, ReadFailure>,
    encoding: Option<&str>,
    limits: &Limits,
) -> Vec<Source> {
    match bytes {
        Ok(bytes) if is_workbook(name, &bytes) => sheets_of(name, &bytes, limits),
        Ok(bytes) => vec![match encoding {
            Some(label) => decode_as(name, bytes, label),
            None => decode(name, bytes),
        }],
        Err(failure) => vec![Source::unread(name, failure)],
    }
}

/// By the file's ending; standard input has none.
fn is_workbook(name: &str, bytes: &[u8]) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
        || (name == "-" && bytes.starts_with(b"PK\x03\x04"))
}

/// The sheets of a workbook that hold something.
fn sheets_of(name: &str, bytes: &[u8], limits: &Limits) -> Vec<Source> {
    let hash = sha256_hex(bytes);
    let source = |path: String, text: String, failure: Option<ReadFailure>| {
        let mut source = Source::with_hash(path, text, bytes.len() as u64, hash.clone());
        source.failure = failure;
        source
    };
    let sheets = match xlsx::sheets(bytes, limits) {
        Ok(sheets) => sheets,
        Err(failure) => return vec![source(name.to_owned(), String::new(), Some(failure))],
    };
    let is_filled = |sheet: &xlsx::Sheet| !sheet.text.is_empty() || sheet.failure.is_some();
    let sources: Vec<Source> = sheets
        .into_iter()
        .filter(is_filled)
        .map(|sheet| {
            let mut source = source(format!("{name}!{}", sheet.name), sheet.text, sheet.failure);
            source.sheet = Some(SheetOrigin {
                name: sheet.name,
                hidden: sheet.hidden,
                inexact: sheet
                    .inexact
                    .iter()
                    .map(|(row, column)| Cell::at(row + 1, *column as usize))
                    .collect(),
            });
            source
        })
        .collect();
    if sources.is_empty() {
        let failure = ReadFailure::new("no cell of the workbook holds anything");
        return vec![source(name.to_owned(), String::new(), Some(failure))];
    }
    sources
}
