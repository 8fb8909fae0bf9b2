//! CSV as rows of cells that know where they stand.
//!
//! Splitting is left to a library; this module turns its slices into byte spans of the file, counts rows, and notices
//! what a lenient reader would swallow: a quoted cell that is never closed, and rows beyond the limits. The rows after
//! those are read all the same.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memmem};
use rayon::prelude::*;
use simd_csv::ZeroCopyReaderBuilder;

use super::tree::SyntaxError;
use crate::source::limits::{CELL_LENGTH, Limit, ROW_LENGTH};
use crate::source::{Limits, Span};

/// A stretch of a CSV text whose rows can be read without the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    bytes: Range<usize>,
    rows_before: u32,
    separator: u8,
    limits: Limits,
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
    let mut rows = Rows::new(sample, separator, &Limits::default());
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
    /// Why rows could not be read, or the rest.
    pub failures: Vec<SyntaxError>,
    limits: Limits,
}

impl<'a> Rows<'a> {
    /// Rows of a text whose cells are separated by this byte.
    pub fn new(text: &'a str, separator: u8, limits: &Limits) -> Self {
        let limits = *limits;
        if let Some((_, length)) = named_separator(text) {
            // That line is a row of the file, but none of the table.
            return Self::of(text, &Stretch { bytes: length..text.len(), rows_before: 1, separator, limits });
        }
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        Self::of(text, &Stretch { bytes: start..text.len(), rows_before: 0, separator, limits })
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
            failures: Vec::new(),
            limits: stretch.limits,
        }
    }

    /// Cuts the rows that have not been read yet into about so many stretches, in order: at ends of lines outside quotes.
    /// There is only one where a line ends otherwise than with `\n`.
    pub fn rest_in_stretches(&self, count: usize) -> Vec<Stretch> {
        let start = self.next_start() as usize;
        let bytes = &self.text.as_bytes()[start..self.end];
        let size = bytes.len().div_ceil(count.max(1)).max(LEAST_STRETCH);
        let (separator, limits, mut rows_before) = (self.separator, self.limits, self.number);
        let Some(parts) = plain_parts(bytes, size).or_else(|| quoted_parts(bytes, size)) else {
            return vec![Stretch { bytes: start..self.end, rows_before, separator, limits }];
        };
        let mut place = start;
        let stretch = |(part, rows): (&[u8], u32)| {
            let stretch = Stretch { bytes: place..place + part.len(), rows_before, separator, limits };
            (place, rows_before) = (stretch.bytes.end, rows_before + rows);
            stretch
        };
        parts.into_iter().map(stretch).collect()
    }

    /// The rows that have not been read yet, to look ahead.
    pub fn rest(&self) -> Self {
        Self::of(self.text, &self.stretch(self.next_start() as usize, self.number))
    }

    /// What begins at this byte, after so many rows.
    fn stretch(&self, start: usize, rows_before: u32) -> Stretch {
        Stretch { bytes: start..self.end, rows_before, separator: self.separator, limits: self.limits }
    }

    /// Goes to the next row that can be read; `false` at the end, or where the rest cannot be read.
    pub fn advance(&mut self) -> bool {
        while self.step() {
            match self.excess() {
                None => return true,
                Some(failure) => self.failures.push(failure),
            }
        }
        false
    }

    /// Goes to the next row, however long it is.
    fn step(&mut self) -> bool {
        let start = self.next_start();
        let record = match self.reader.read_byte_record() {
            Ok(Some(record)) => record,
            Ok(None) => return false,
            Err(error) => {
                let at = self.span.end;
                self.failures.push(SyntaxError {
                    span: Span::new(at, at),
                    message: format!("the table cannot be read on: {error}"),
                    help: None,
                });
                return false;
            }
        };
        self.cells.resize(record.len(), Span::default());
        let mut place = start;
        for (span, cell) in self.cells.iter_mut().zip(record.iter()) {
            *span = Span::new(place, place + cell.len() as u32);
            place = span.end + 1;
        }
        self.span = Span::new(start, start + record.as_slice().len() as u32);
        self.number += 1;
        // Only the last row can hold a quote that is never closed.
        let is_last = self.offset + (self.reader.position() as usize) >= self.end;
        match if is_last { self.open_quote() } else { None } {
            Some(opening) => self.resume(opening),
            None => true,
        }
    }

    /// What of the current row is beyond the limits.
    fn excess(&self) -> Option<SyntaxError> {
        let Limits { cell_length, row_length, .. } = self.limits;
        let failure = |span: Span, what: &str, most: u64, limit: &Limit| SyntaxError {
            span: Span::new(span.start, span.start),
            message: format!(
                "this {what} has {} bytes; the limit is {most}, and the row is not read",
                span.len()
            ),
            help: Some(self.limits.help(limit)),
        };
        let length = u64::from(self.span.len());
        if length <= cell_length.min(row_length) {
            return None;
        }
        if length > row_length {
            return Some(failure(self.span, "row", row_length, &ROW_LENGTH));
        }
        let cell = self.cells.iter().find(|cell| u64::from(cell.len()) > cell_length)?;
        Some(failure(*cell, "cell", cell_length, &CELL_LENGTH))
    }

    /// Goes to the row after the line of the first quote that is never closed, which has swallowed all that follows.
    fn resume(&mut self, opening: u32) -> bool {
        // Of several such quotes the first is told of.
        if self.has_resumed {
            return false;
        }
        self.failures.push(SyntaxError {
            span: Span::new(opening, opening + 1),
            message: "the quote that opens here is never closed; the rest of its line is not read".to_owned(),
            help: Some("close it with `\"`; a cell that holds a quote is put in quotes, and the quote in it is written twice".to_owned()),
        });
        let opening = opening as usize;
        let rest = &self.text.as_bytes()[opening..self.end];
        let Some(length) = memchr(b'\n', rest) else { return false };
        let lines =
            memchr_iter(b'\n', &self.text.as_bytes()[self.span.start as usize..opening]).count() as u32;
        let stretch = self.stretch(opening + length + 1, self.number + lines);
        let failures = std::mem::take(&mut self.failures);
        *self = Self { failures, has_resumed: true, ..Self::of(self.text, &stretch) };
        self.step()
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
        self.cells.iter().all(|cell| {
            let text = &self.text[cell.range()];
            // Nearly every row is told by the first byte of its first cell.
            !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.trim().is_empty()
        })
    }

    /// Where the next row starts: blank lines are passed over.
    fn next_start(&self) -> u32 {
        let position = self.offset + self.reader.position() as usize;
        let rest = self.text.as_bytes().get(position..).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        (position + breaks) as u32
    }

    /// The quote of the last row that is never closed.
    fn open_quote(&self) -> Option<u32> {
        let row = &self.text[self.span.range()];
        if memchr_iter(b'"', row.as_bytes()).count().is_multiple_of(2) {
            return None;
        }
        let texts = || self.cells.iter().rev().map(|cell| (cell.start, &self.text[cell.range()]));
        let opening = texts().find(|(_, text)| text.starts_with('"')).map(|(start, _)| start);
        // A quote within a cell opens as well.
        let within = || texts().find_map(|(start, text)| Some(start + text.find('"')? as u32));
        Some(opening.or_else(within).unwrap_or(self.span.start))
    }
}

/// Parts of about so many bytes that end where a row does, with their rows, in a text where every line is one: without
/// quotes, blank lines and `\r`. `None` where a text is another, or too short to be cut.
fn plain_parts(bytes: &[u8], size: usize) -> Option<Vec<(&[u8], u32)>> {
    let starts: Vec<usize> = (0..bytes.len()).step_by(size).collect();
    let count = |start: &usize| plain_lines(bytes, *start, bytes.len().min(start + size));
    let counts: Vec<u32> = starts.par_iter().map(count).collect::<Option<_>>()?;
    // Where the first line begins after the start of each chunk, and how many end before it.
    let (mut cuts, mut lines) = (vec![(0, 0)], 0);
    for (start, count) in starts.into_iter().zip(counts) {
        let line_end = start.checked_sub(1).and_then(|before| memchr(b'\n', &bytes[before..]));
        cuts.extend(line_end.map(|at| (start + at, lines + u32::from(at > 0))));
        lines += count;
    }
    cuts.push((bytes.len(), lines));
    // A line may be longer than a chunk.
    cuts.dedup_by_key(|cut| cut.0);
    let parts = cuts.windows(2).map(|cut| (&bytes[cut[0].0..cut[1].0], cut[1].1 - cut[0].1));
    (cuts.len() > 2).then(|| parts.collect())
}

/// How many lines end in a chunk of a text; `None` where one of them is blank, or a quote or a `\r` stands there.
fn plain_lines(bytes: &[u8], start: usize, end: usize) -> Option<u32> {
    let pieces = (start..end).step_by(PIECE).map(|piece| (piece, end.min(piece + PIECE)));
    pieces
        .map(|(start, end)| {
            let is_plain = is_plain(&bytes[start.saturating_sub(1)..end]);
            is_plain.then(|| memchr_iter(b'\n', &bytes[start..end]).count() as u32)
        })
        .sum()
}

/// Whether nothing stands in some bytes but lines of which each is a row.
fn is_plain(bytes: &[u8]) -> bool {
    memchr2(b'"', b'\r', bytes).is_none() && memmem::find(bytes, b"\n\n").is_none()
}

/// The same in a text with quotes or blank lines; `None` where a `\r` ends a line alone, too.
fn quoted_parts(bytes: &[u8], size: usize) -> Option<Vec<(&[u8], u32)>> {
    let parts = cut_at_rows(bytes, size);
    if parts.len() < 2 {
        return None;
    }
    let rows: Vec<u32> = parts.par_iter().map(|part| rows_in(part)).collect::<Option<_>>()?;
    Some(parts.into_iter().zip(rows).collect())
}

/// Parts of about so many bytes that end where a row does: a line break is one where the quotes before it are even.
fn cut_at_rows(bytes: &[u8], size: usize) -> Vec<&[u8]> {
    let quotes: Vec<usize> = bytes.par_chunks(size).map(|chunk| memchr_iter(b'"', chunk).count()).collect();
    let (mut parts, mut start, mut is_quoted) = (Vec::with_capacity(quotes.len()), 0, false);
    for (chunk, quotes) in quotes.into_iter().enumerate() {
        let place = chunk * size;
        let mut is_quoted_here = is_quoted;
        is_quoted ^= quotes % 2 == 1;
        if place < start.max(1) {
            continue;
        }
        let mut ends = memchr2_iter(b'"', b'\n', &bytes[place..]).filter(|at| {
            is_quoted_here ^= bytes[place + at] == b'"';
            bytes[place + at] == b'\n' && !is_quoted_here
        });
        let end = ends.next().map_or(bytes.len(), |at| place + at + 1);
        parts.push(&bytes[start..end]);
        start = end;
    }
    parts.push(&bytes[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Bytes that are looked at several times while they are at hand.
const PIECE: usize = 1 << 15;

/// How many rows stand in some lines, the first of which begins with a row; `None` where a `\r` ends one alone.
fn rows_in(bytes: &[u8]) -> Option<u32> {
    let mut lines = Lines { rows: 0, is_blank: true, is_quoted: false, last: b'\n' };
    for piece in bytes.chunks(PIECE) {
        let is_plain = !lines.is_quoted
            && lines.last != b'\r'
            && !(lines.is_blank && piece[0] == b'\n')
            && is_plain(piece);
        if is_plain {
            lines.rows += memchr_iter(b'\n', piece).count() as u32;
            lines.last = piece[piece.len() - 1];
            lines.is_blank = lines.last == b'\n';
        } else if !piece.iter().all(|byte| lines.count(*byte)) {
            return None;
        }
    }
    Some(lines.rows)
}

/// Counts rows byte by byte.
struct Lines {
    rows: u32,
    /// Whether the line so far is blank: a blank line is no row.
    is_blank: bool,
    is_quoted: bool,
    last: u8,
}

impl Lines {
    /// Counts a byte; `false` where the one before is a `\r` that ends a line alone.
    fn count(&mut self, byte: u8) -> bool {
        self.is_quoted ^= byte == b'"';
        let is_end = byte == b'\n' && !self.is_quoted;
        self.rows += u32::from(is_end && !self.is_blank);
        self.is_blank = is_end || (self.is_blank && byte == b'\r');
        let is_alone = self.last == b'\r' && byte != b'\n';
        self.last = byte;
        !is_alone
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
        let mut rows = Rows::new(text, b',', &Limits::default());
        let mut found = Vec::new();
        while rows.advance() {
            for (column, span) in rows.cells.iter().enumerate() {
                assert_eq!(unquote(&text[span.range()]), rows.cell(column));
            }
            found.push((0..rows.cells.len()).map(|column| rows.cell(column).into_owned()).collect());
        }
        (found, rows.failures.pop())
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
        let mut rows = Rows::new("a,b\n1,\"2\n3,4\n", b',', &Limits::default());
        while rows.advance() {}
        assert_eq!(rows.number, 3);
    }

    #[test]
    fn the_first_line_may_name_the_separator() {
        for text in ["sep=;\na;b\n1,5;2\n", "\u{feff}\"sep=;\"\r\na;b\r\n1,5;2\r\n"] {
            assert_eq!(separator(text), b';');
            let mut rows = Rows::new(text, b';', &Limits::default());
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
        let mut rows = Rows::new(text, separator(text), &Limits::default());
        assert!(rows.advance() && rows.advance());
        assert_eq!((rows.cell(0).as_ref(), rows.cell(1).as_ref()), ("x;y", "1,5"));
        assert_eq!(rows.cells, [Span::new(4, 9), Span::new(10, 13)]);
        assert_eq!(Rows::new(text, b';', &Limits::default()).rest_in_stretches(2).len(), 1);
        let long = format!("a;b\n{}", "1;2\n".repeat(800_000));
        let stretches = Rows::new(&long, b';', &Limits::default()).rest_in_stretches(2);
        let mut rows = Rows::of(&long, &stretches[1]);
        assert!(stretches.len() > 1 && rows.advance());
        assert_eq!(rows.cells.len(), 2);
    }

    /// Reads a text in stretches and whole, and holds the rows of both against each other.
    fn read_both_ways(text: &str, stretches: usize) {
        let mut whole = Rows::new(text, b',', &Limits::default());
        assert!(whole.advance());
        let cut = whole.rest_in_stretches(stretches);
        assert_eq!(cut.len(), stretches);
        for stretch in &cut {
            let mut rows = Rows::of(text, stretch);
            while rows.advance() {
                assert!(whole.advance());
                assert_eq!((rows.number, rows.span, &rows.cells), (whole.number, whole.span, &whole.cells));
            }
            assert_eq!(rows.failures, []);
        }
        assert!(!whole.advance());
    }

    #[test]
    fn a_long_text_is_read_in_stretches_as_it_is_read_whole() {
        let body = |row: fn(usize) -> String| (0..100_000).map(row).collect::<String>();
        for body in [
            body(|row| format!("{row},{}\n", row * 7)),
            body(|row| format!("{row},{}\r\n", row * 7)),
            body(|row| format!("{row},\"1,{:03}\"\n", row % 1000)),
            body(|row| format!("\"{row}\",\"a \"\"b\"\"\n{}\n\r\n\"\r\n", row * 7)),
            body(|row| if row % 1000 == 0 { "\n\r\n\n".to_owned() } else { format!("{row},1234567\n") }),
            body(|row| if row % 1000 == 0 { "\"\n\n\",1\n".to_owned() } else { format!("{row},1234567\n") }),
        ] {
            read_both_ways(&format!("a,b\n{body}last,row"), 2);
            read_both_ways(&format!("\u{feff}a,b\r\n\r\n{body}"), 2);
        }
    }

    #[test]
    fn a_cut_is_never_within_quotes() {
        let long = "x\n".repeat(LEAST_STRETCH);
        let text = format!("a\n1\n\"{long}\"\n2\n{long}");
        let rows = Rows::new(&text, b',', &Limits::default());
        let ends: Vec<usize> = rows.rest_in_stretches(4).iter().map(|one| one.bytes.end).collect();
        assert!(text[..ends[0]].ends_with("\"\n"), "{ends:?}");
        assert!(ends.len() > 1);
    }

    #[test]
    fn a_text_with_lines_that_end_in_a_carriage_return_alone_is_read_whole() {
        let text = format!("a,b\n{}x,1\r2,3\n", "1234567,1234567\n".repeat(200_000));
        assert_eq!(Rows::new(&text, b',', &Limits::default()).rest_in_stretches(3).len(), 1);
    }

    #[test]
    fn a_byte_order_mark_within_a_text_belongs_to_its_cell() {
        let text = "\u{feff}a,b\n\u{feff}é,1\n";
        let mut rows = Rows::new(text, b',', &Limits::default());
        assert!(rows.advance());
        for stretch in rows.rest_in_stretches(2) {
            let mut rows = Rows::of(text, &stretch);
            assert!(rows.advance());
            assert_eq!((rows.cell(0), rows.cell(1)), ("\u{feff}é".into(), "1".into()));
        }
    }

    #[test]
    fn plain_lines_are_cut_at_their_ends_and_counted() {
        let lines: String = (0..40).map(|line| format!("{}\n", "x".repeat(1 + line * 7 % 11))).collect();
        let mut cuts = 0;
        for text in [lines.clone(), format!("{lines}last"), "a\nb\n".to_owned()] {
            for size in 1..text.len() {
                let Some(parts) = plain_parts(text.as_bytes(), size) else { continue };
                cuts += parts.len();
                let texts: Vec<&[u8]> = parts.iter().map(|part| part.0).collect();
                assert_eq!(texts.concat(), text.as_bytes(), "{size}");
                for (part, rows) in parts {
                    assert_eq!(rows as usize, part.iter().filter(|byte| **byte == b'\n').count(), "{size}");
                    assert!(part.ends_with(b"\n") || text.as_bytes().ends_with(part), "{size}");
                }
            }
        }
        assert!(cuts > 500, "{cuts}");
        for fault in ["a\n\nb\n", "a\r\nb\n", "a\n\"b\"\n"] {
            for before in PIECE - 4..=PIECE {
                let text = format!("{}{fault}", "x".repeat(before));
                assert_eq!(plain_lines(text.as_bytes(), 0, text.len()), None, "{before} {fault:?}");
                let plain = text.replace(['\r', '"'], "y").replace("\n\n", "\nz");
                assert!(plain_lines(plain.as_bytes(), 0, plain.len()).is_some());
            }
        }
    }

    #[test]
    fn rows_are_counted_wherever_a_piece_ends() {
        for length in PIECE - 3..PIECE + 3 {
            let line = "x".repeat(length);
            for (text, rows) in [
                (format!("{line}\n\ny\n"), 2),
                (format!("{line}\ny\n"), 2),
                (format!("{line}\r\n\r\ny\r\n"), 2),
                (format!("{line},\"\n\"\ny\n"), 2),
                (format!("{line}\"\"\n\n\ny\n"), 2),
            ] {
                assert_eq!(rows_in(text.as_bytes()), Some(rows), "{length}");
            }
            assert_eq!(rows_in(format!("{line}\ry\n").as_bytes()), None);
        }
    }

    #[test]
    fn rows_beyond_the_limits_are_left_out_and_told_of() {
        let limits = Limits { cell_length: 4, row_length: 12, ..Limits::default() };
        let text = "a,b\n12345,1\n\"\n\",2\n1234,1234,1234\n\"345\",3\nx,12345\n1234,1234\n";
        let mut rows = Rows::new(text, b',', &limits);
        let mut numbers = Vec::new();
        while rows.advance() {
            numbers.push(rows.number);
        }
        assert_eq!(numbers, [1, 3, 7]);
        let found: Vec<(u32, &str)> =
            rows.failures.iter().map(|one| (one.span.start, one.message.as_str())).collect();
        assert_eq!(
            found,
            [
                (4, "this cell has 5 bytes; the limit is 4, and the row is not read"),
                (18, "this row has 14 bytes; the limit is 12, and the row is not read"),
                (33, "this cell has 5 bytes; the limit is 4, and the row is not read"),
                (43, "this cell has 5 bytes; the limit is 4, and the row is not read"),
            ]
        );
        for (failure, key) in rows.failures.iter().zip(["cell", "row"]) {
            assert!(failure.help.as_ref().unwrap().starts_with(&format!("`{key}-length` under `[limits]`")));
        }
        // A quote that is never closed makes no long row.
        let mut rows = Rows::new("a,b\n1,\"23456789\n3,4\n", b',', &limits);
        while rows.advance() {}
        assert_eq!((rows.number, rows.failures.len()), (3, 1));
        assert!(rows.failures[0].message.contains("never closed"));
    }
}
