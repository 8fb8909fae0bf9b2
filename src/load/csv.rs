//! CSV as rows of cells that know where they stand.
//!
//! Splitting is left to a library; this module turns its slices into byte spans of the file, counts rows, and notices
//! what a lenient reader would swallow: a quoted cell that is never closed. The rows after its line are read all the same.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memmem};
use rayon::prelude::*;
use simd_csv::ZeroCopyReaderBuilder;

use super::tree::SyntaxError;
use crate::source::Span;

/// A stretch of a CSV text whose rows can be read without the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    bytes: Range<usize>,
    rows_before: u32,
    separator: u8,
}

/// What may separate cells, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows that show which of them it is.
const SAMPLE_ROWS: usize = 50;
/// Bytes in which those rows are looked for.
const SAMPLE: usize = 1 << 16;

/// The first line of a text where it names the separator for spreadsheet programs, such as `sep=;`: what it names, and
/// the length of the line.
fn named_separator(text: &str) -> Option<(u8, usize)> {
    let marked = text.trim_start_matches('\u{feff}');
    let line = marked.lines().next()?;
    match line.trim_matches('"').strip_prefix("sep=")?.as_bytes() {
        [separator] if separator.is_ascii() => Some((*separator, text.len() - marked.len() + line.len())),
        _ => None,
    }
}

/// What separates the cells of a text: what its first line names, or else that under which most of its first rows have the
/// same number of cells, and more than one; a comma where none does, or several do.
pub fn separator(text: &str) -> u8 {
    if let Some((separator, _)) = named_separator(text) {
        return separator;
    }
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    // Of several that are best, `max_by_key` takes the last.
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| rows_of_one_width(sample, *separator));
    best.filter(|separator| rows_of_one_width(sample, *separator) > 0).unwrap_or(b',')
}

/// How many of the first rows have the commonest number of cells, if that is more than one.
fn rows_of_one_width(sample: &str, separator: u8) -> usize {
    let mut rows = Rows::new(sample, separator);
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for _ in 0..SAMPLE_ROWS {
        if !rows.advance() {
            break;
        }
        *counts.entry(rows.cells.len()).or_default() += 1;
    }
    counts.into_iter().filter(|(cells, _)| *cells > 1).map(|(_, rows)| rows).max().unwrap_or_default()
}

/// A stretch is worth a thread of its own from this many bytes on.
const LEAST_STRETCH: usize = 1 << 20;

/// The rows of a CSV text, one at a time.
pub struct Rows<'a> {
    text: &'a str,
    reader: simd_csv::ZeroCopyReader<&'a [u8]>,
    /// What separates the cells.
    pub separator: u8,
    /// Whether rows were read on after a quote that is never closed.
    has_resumed: bool,
    /// Where the reader's first byte stands in the text.
    offset: usize,
    /// Where its last byte ends.
    end: usize,
    /// Spans of the cells of the current row, quotes included.
    pub cells: Vec<Span>,
    /// The current row.
    pub span: Span,
    /// Number of the current row, from 1.
    pub number: u32,
    /// Why a row could not be read, or the rest.
    pub failure: Option<SyntaxError>,
}

impl<'a> Rows<'a> {
    /// Rows of a text whose cells are separated by this byte.
    pub fn new(text: &'a str, separator: u8) -> Self {
        if let Some((_, length)) = named_separator(text) {
            // That line is a row of the file, but none of the table.
            return Self::of(text, &Stretch { bytes: length..text.len(), rows_before: 1, separator });
        }
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        Self::of(text, &Stretch { bytes: start..text.len(), rows_before: 0, separator })
    }

    /// The rows of a stretch of a text.
    pub fn of(text: &'a str, stretch: &Stretch) -> Self {
        // The reader passes over a byte-order mark where it begins, and over line ends. Only the first is no text.
        let start = stretch.bytes.start;
        let follows_line = start > 0 && matches!(text.as_bytes()[start - 1], b'\r' | b'\n');
        let offset = start - usize::from(follows_line);
        let mut builder = ZeroCopyReaderBuilder::new();
        builder.delimiter(stretch.separator).has_headers(false).flexible(true).buffer_capacity(1 << 16);
        Self {
            text,
            reader: builder.from_reader(&text.as_bytes()[offset..stretch.bytes.end]),
            separator: stretch.separator,
            has_resumed: false,
            offset,
            end: stretch.bytes.end,
            cells: Vec::new(),
            span: Span::default(),
            number: stretch.rows_before,
            failure: None,
        }
    }

    /// Cuts the rows that have not been read yet into about so many stretches, in order. There is only one where a line
    /// may be less than a row (quotes), none at all (blank lines), or end otherwise than with `\n`.
    pub fn rest_in_stretches(&self, count: usize) -> Vec<Stretch> {
        let bytes = &self.text.as_bytes()[..self.end];
        let start = self.next_start() as usize;
        let size = (self.end - start).div_ceil(count.max(1)).max(LEAST_STRETCH);
        let mut ranges = vec![];
        let mut place = start;
        while place < self.end {
            let cut = memchr(b'\n', bytes.get(place + size..).unwrap_or_default());
            let end = cut.map_or(self.end, |length| place + size + length + 1);
            ranges.push(place..end);
            place = end;
        }
        let separator = self.separator;
        let mut rows_before = self.number;
        let whole = vec![Stretch { bytes: start..self.end, rows_before, separator }];
        if ranges.len() < 2 {
            return whole;
        }
        let rows: Option<Vec<u32>> = ranges.par_iter().map(|range| rows_in(&bytes[range.clone()])).collect();
        let Some(rows) = rows else { return whole };
        let stretch = |(bytes, rows)| {
            rows_before += rows;
            Stretch { bytes, rows_before: rows_before - rows, separator }
        };
        ranges.into_iter().zip(rows).map(stretch).collect()
    }

    /// The rows that have not been read yet, to look ahead.
    pub fn rest(&self) -> Self {
        let bytes = self.next_start() as usize..self.end;
        let stretch = Stretch { bytes, rows_before: self.number, separator: self.separator };
        Self::of(self.text, &stretch)
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
        let is_last = self.offset + (self.reader.position() as usize) >= self.end;
        if is_last && !self.is_closed() { self.resume() } else { true }
    }

    /// Goes to the row after the line of the first quote that is never closed, which has swallowed all that follows.
    fn resume(&mut self) -> bool {
        let opening = match &self.failure {
            Some(failure) if !self.has_resumed => failure.span.start as usize,
            _ => return false,
        };
        let rest = &self.text.as_bytes()[opening..self.end];
        let Some(length) = memchr(b'\n', rest) else { return false };
        let bytes = opening + length + 1..self.end;
        let lines =
            memchr_iter(b'\n', &self.text.as_bytes()[self.span.start as usize..opening]).count() as u32;
        let stretch = Stretch { bytes, rows_before: self.number + lines, separator: self.separator };
        *self = Self { failure: self.failure.take(), has_resumed: true, ..Self::of(self.text, &stretch) };
        self.advance()
    }

    /// Number of bytes that have not been read yet.
    pub fn bytes_left(&self) -> usize {
        self.end - self.next_start() as usize
    }

    /// The text of a cell of the current row, unquoted.
    pub fn cell(&self, column: usize) -> Cow<'a, str> {
        self.cells.get(column).map_or(Cow::Borrowed(""), |span| unquote(&self.text[span.range()]))
    }

    /// The cell as it is written, quotes included.
    pub fn raw(&self, column: usize) -> &'a str {
        self.cells.get(column).map_or("", |span| &self.text[span.range()])
    }

    /// Some cells that stand side by side as they are written, separators included.
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
        let texts = || self.cells.iter().rev().map(|cell| (cell.start, &self.text[cell.range()]));
        let opening = texts().find(|(_, text)| text.starts_with('"')).map(|(start, _)| start);
        // A quote within a cell opens as well.
        let within = || texts().find_map(|(start, text)| Some(start + text.find('"')? as u32));
        let start = opening.or_else(within).unwrap_or(self.span.start);
        self.failure.get_or_insert(SyntaxError {
            span: Span::new(start, start + 1),
            message: "the quote that opens here is never closed; the rest of its line is not read".to_owned(),
            help: Some("close it with `\"`; a cell that holds a quote is put in quotes, and the quote in it is written twice".to_owned()),
        });
        false
    }
}

/// Bytes that are looked at several times while they are at hand.
const PIECE: usize = 1 << 15;

/// How many rows stand in some lines; `None` where these may not be the same.
fn rows_in(bytes: &[u8]) -> Option<u32> {
    let mut rows = 0;
    let mut last = b'\n';
    for piece in bytes.chunks(PIECE) {
        let has_blank_line = (last == b'\n' && piece[0] == b'\n') || memmem::find(piece, b"\n\n").is_some();
        if has_blank_line || memchr2(b'"', b'\r', piece).is_some() {
            return None;
        }
        rows += memchr_iter(b'\n', piece).count() as u32;
        last = piece[piece.len() - 1];
    }
    Some(rows)
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
        let mut rows = Rows::new(text, b',');
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
        assert_eq!(found, [vec!["a", "b"], vec!["3", "4"]]);
        assert_eq!(failure.unwrap().span, Span::new(6, 7));
        // Also where it is one in the middle of a cell, or there are two of them.
        let (found, failure) = rows("a,b\nthe 5\" rule,2\n3,4\n");
        assert_eq!(found, [vec!["a", "b"], vec!["3", "4"]]);
        assert_eq!(failure.unwrap().span, Span::new(9, 10));
        let mut rows = Rows::new("a,b\n1,\"2\n3,4\n", b',');
        while rows.advance() {}
        assert_eq!(rows.number, 3);
    }

    #[test]
    fn the_first_line_may_name_the_separator() {
        for text in ["sep=;\na;b\n1,5;2\n", "\u{feff}\"sep=;\"\r\na;b\r\n1,5;2\r\n"] {
            assert_eq!(separator(text), b';');
            let mut rows = Rows::new(text, b';');
            assert!(rows.advance());
            assert_eq!((rows.number, rows.cell(0).as_ref(), rows.cells.len()), (2, "a", 2));
        }
    }

    #[test]
    fn the_separator_is_that_of_most_rows() {
        for (text, expected) in [
            ("a;b;c\n1,5;2;3\n1,5;2;3\n", b';'),
            ("a\tb\n\"x,\ny\"\t1\nz, w, v\t2\n", b'\t'),
            ("a|b\n1,000|2\n", b'|'),
            ("\u{feff}a,b\n\"1;2;3\",2\n\"4;5;6\",2\n", b','),
            ("a,b;c\n1,2;3\n", b','),
            ("title\n\na;b\n1;2\nsee, also\n", b';'),
            ("a\n1\n", b','),
            ("a;b\n1;\"2\n", b';'),
            ("", b','),
        ] {
            assert_eq!(char::from(separator(text)), char::from(expected), "{text}");
        }
    }

    #[test]
    fn other_separators_split_cells_and_keep_their_places() {
        let text = "a;b\n\"x;y\";1,5\n";
        let mut rows = Rows::new(text, separator(text));
        assert!(rows.advance() && rows.advance());
        assert_eq!((rows.cell(0).as_ref(), rows.cell(1).as_ref()), ("x;y", "1,5"));
        assert_eq!(rows.cells, [Span::new(4, 9), Span::new(10, 13)]);
        assert_eq!(Rows::new(text, b';').rest_in_stretches(2).len(), 1);
        let long = format!("a;b\n{}", "1;2\n".repeat(800_000));
        let stretches = Rows::new(&long, b';').rest_in_stretches(2);
        let mut rows = Rows::of(&long, &stretches[1]);
        assert!(stretches.len() > 1 && rows.advance());
        assert_eq!(rows.cells.len(), 2);
    }

    #[test]
    fn a_long_text_is_read_in_stretches_as_it_is_read_whole() {
        let body: String = (0..200_000).map(|row| format!("{row},{}\n", row * 7)).collect();
        let text = format!("a,b\n{body}last,row");
        let mut whole = Rows::new(&text, b',');
        assert!(whole.advance());
        let stretches = whole.rest_in_stretches(3);
        assert_eq!(stretches.len(), 3);
        for stretch in &stretches {
            let mut rows = Rows::of(&text, stretch);
            while rows.advance() {
                assert!(whole.advance());
                assert_eq!((rows.number, rows.span, &rows.cells), (whole.number, whole.span, &whole.cells));
            }
        }
        assert!(!whole.advance());
        for odd in ["\"x\ny\",1\n", "x,1\r\n", "\n\n"] {
            let mut rows = Rows::new(&text, b',');
            assert!(rows.advance());
            assert_eq!(rows.rest_in_stretches(3).len(), 3);
            let odd = format!("{text}\n{odd}");
            let mut rows = Rows::new(&odd, b',');
            assert!(rows.advance());
            assert_eq!(rows.rest_in_stretches(3).len(), 1);
        }
    }

    #[test]
    fn a_byte_order_mark_within_a_text_belongs_to_its_cell() {
        let text = "\u{feff}a,b\n\u{feff}é,1\n";
        let mut rows = Rows::new(text, b',');
        assert!(rows.advance());
        for stretch in rows.rest_in_stretches(2) {
            let mut rows = Rows::of(text, &stretch);
            assert!(rows.advance());
            assert_eq!((rows.cell(0), rows.cell(1)), ("\u{feff}é".into(), "1".into()));
        }
    }

    #[test]
    fn blank_lines_are_noticed_wherever_a_piece_ends() {
        for length in PIECE - 2..PIECE + 2 {
            let line = "x".repeat(length);
            assert_eq!(rows_in(format!("{line}\n\ny\n").as_bytes()), None);
            assert_eq!(rows_in(format!("{line}\ny\n").as_bytes()), Some(2));
        }
    }
}
