//! CSV as rows of cells that know where they stand.
//!
//! Splitting is left to a library; this module turns its slices into byte spans of the file, counts rows, and notices
//! what a lenient reader would swallow: a quoted cell that is never closed.

use std::borrow::Cow;

use memchr::memchr_iter;
use simd_csv::ZeroCopyReaderBuilder;

use super::tree::SyntaxError;
use crate::source::Span;

/// The rows of a CSV text, one at a time.
pub struct Rows<'a> {
    text: &'a str,
    reader: simd_csv::ZeroCopyReader<&'a [u8]>,
    /// Bytes before the first one that the reader sees: a byte-order mark.
    offset: usize,
    /// Spans of the cells of the current row, quotes included.
    pub cells: Vec<Span>,
    /// The current row.
    pub span: Span,
    /// Number of the current row, from 1.
    pub number: u32,
    /// Why reading ended before the end.
    pub failure: Option<SyntaxError>,
}

impl<'a> Rows<'a> {
    /// Rows of a text whose cells are separated by commas.
    pub fn new(text: &'a str) -> Self {
        let offset = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut builder = ZeroCopyReaderBuilder::new();
        builder.has_headers(false).flexible(true).buffer_capacity(1 << 16);
        let reader = builder.from_reader(&text.as_bytes()[offset..]);
        Self { text, reader, offset, cells: Vec::new(), span: Span::default(), number: 0, failure: None }
    }

    /// Goes to the next row; `false` at the end, or where the rest cannot be read.
    pub fn advance(&mut self) -> bool {
        let start = self.next_start();
        let record = match self.reader.read_byte_record() {
            Ok(Some(record)) => record,
            Ok(None) => return false,
            Err(error) => {
                let at = self.span.end;
                self.failure = Some(SyntaxError {
                    span: Span::new(at, at),
                    message: format!("the table cannot be read on: {error}"),
                    help: None,
                });
                return false;
            }
        };
        self.cells.clear();
        let mut place = start;
        for cell in record.iter() {
            let end = place + cell.len() as u32;
            self.cells.push(Span::new(place, end));
            place = end + 1;
        }
        self.span = Span::new(start, start + record.as_slice().len() as u32);
        self.number += 1;
        // Only the last row can hold a quote that is never closed.
        self.offset + (self.reader.position() as usize) < self.text.len() || self.is_closed()
    }

    /// The text of a cell of the current row, unquoted.
    pub fn cell(&self, column: usize) -> Cow<'a, str> {
        self.cells.get(column).map_or(Cow::Borrowed(""), |span| unquote(&self.text[span.range()]))
    }

    /// The cell as it is written, quotes included.
    pub fn raw(&self, column: usize) -> &'a str {
        self.cells.get(column).map_or("", |span| &self.text[span.range()])
    }

    /// Some cells that stand side by side as they are written, commas included.
    pub fn raw_run(&self, first: usize, last: usize) -> &'a str {
        let span = self.cells.get(first).zip(self.cells.get(last));
        span.map_or("", |(first, last)| &self.text[first.start as usize..last.end as usize])
    }

    /// Whether a row is blank: nothing in any cell.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| self.text[cell.range()].trim().is_empty())
    }

    /// Where the next row starts: blank lines are passed over.
    fn next_start(&self) -> u32 {
        let position = self.offset + self.reader.position() as usize;
        let rest = self.text.as_bytes().get(position..).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        (position + breaks) as u32
    }

    /// Whether every quote of the last row is closed; notes the failure where not.
    fn is_closed(&mut self) -> bool {
        let row = &self.text[self.span.range()];
        if memchr_iter(b'"', row.as_bytes()).count().is_multiple_of(2) {
            return true;
        }
        let opening = self.cells.iter().rev().find(|cell| self.text[cell.range()].starts_with('"'));
        let start = opening.map_or(self.span.start, |cell| cell.start);
        self.failure = Some(SyntaxError {
            span: Span::new(start, start + 1),
            message: "the quote that opens here is never closed".to_owned(),
            help: Some("close it with `\"`; a quote inside a quoted cell is written twice".to_owned()),
        });
        false
    }
}

/// The text of a cell without its quotes.
pub fn unquote(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(raw);
    };
    if inner.contains("\"\"") { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (Vec<Vec<String>>, Option<SyntaxError>) {
        let mut rows = Rows::new(text);
        let mut found = Vec::new();
        while rows.advance() {
            for (column, span) in rows.cells.iter().enumerate() {
                assert_eq!(unquote(&text[span.range()]), rows.cell(column));
            }
            found.push((0..rows.cells.len()).map(|column| rows.cell(column).into_owned()).collect());
        }
        (found, rows.failure)
    }

    #[test]
    fn cells_stand_where_their_spans_say() {
        let text = "\u{feff}a,b\r\n\"x\r\ny\",\"say \"\"ü\"\"\"\r\n\r\n1,\n";
        let (found, failure) = rows(text);
        assert_eq!(found, [vec!["a", "b"], vec!["x\r\ny", "say \"ü\""], vec!["1", ""]]);
        assert!(failure.is_none());
    }

    #[test]
    fn ragged_rows_and_a_missing_last_line_end_are_read() {
        assert_eq!(rows("a,b\n1\n1,2,3").0, [vec!["a", "b"], vec!["1"], vec!["1", "2", "3"]]);
        assert_eq!(rows("").0, Vec::<Vec<String>>::new());
    }

    #[test]
    fn an_open_quote_is_reported_where_it_opens() {
        let (found, failure) = rows("a,b\n1,\"2\n3,4\n");
        assert_eq!(found, [vec!["a", "b"]]);
        assert_eq!(failure.unwrap().span, Span::new(6, 7));
    }
}
