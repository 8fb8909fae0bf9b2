//! The bytes of every input, and where things stand in them.
//!
//! A [`Source`] is one input as it was read: its text, its size and its hash. Everything above this layer speaks of
//! places in it as a [`Span`] (byte offsets in the text) and, for tables, as a [`Cell`]; only when something is printed
//! does a span become a line and a column. Nothing here knows what the text means.

mod decode;
pub mod limits;
mod lines;
mod read;

use std::num::NonZeroU32;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

pub use decode::{decode, decode_as, encoding_of_label};
pub use limits::Limits;
pub use lines::{LineIndex, Place};
pub use read::{ReadFailure, bytes_of_path, bytes_of_stream, read_path, read_stream};

/// Half-open byte range in the text of a source: in the original file where that is UTF-8, and then a byte-order mark
/// counts as the bytes it has; in the decoded text where the file is in another encoding, or a sheet of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte after the range.
    pub end: u32,
}

impl Span {
    /// The range from `start` up to, and without, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Number of bytes.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the range holds no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The range from the beginning of this one to the end of another, or the other way round.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The range as the standard library spells it, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Row and column of a value in a table, counted from 1 as a spreadsheet does; the header is row 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// Row, counted in records: a quoted line break does not start a new one.
    pub row: u32,
    /// Column.
    pub column: NonZeroU32,
}

impl Cell {
    /// The cell in a row, counted from 1, and a column, counted from 0 as lists are.
    #[inline]
    pub const fn at(row: u32, column: usize) -> Self {
        Self { row, column: NonZeroU32::MIN.saturating_add(column as u32) }
    }

    /// The cell as spreadsheet programs name it, such as `C5`.
    pub fn reference(self) -> String {
        let mut letters = Vec::new();
        let mut left = self.column.get();
        while left > 0 {
            letters.push(char::from(b'A' + ((left - 1) % 26) as u8));
            left = (left - 1) / 26;
        }
        format!("{}{}", letters.iter().rev().collect::<String>(), self.row)
    }
}

/// Number of a source in its [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SourceId(pub u32);

/// Which sheet of a workbook a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetOrigin {
    /// Name on its tab.
    pub name: String,
    /// Whether readers of the workbook do not see it.
    pub hidden: bool,
    /// Cells with whole numbers too large for a workbook to keep every digit of.
    pub inexact: Vec<Cell>,
}

/// One input as it was read: a file, or a sheet of a workbook.
#[derive(Debug)]
pub struct Source {
    /// Path as the user named it, with forward slashes; `-` for standard input. A sheet is named `file.xlsx!Sheet`.
    pub path: String,
    /// The readable text from the first byte on. Where `failure` is set this ends before the fault. A sheet is a CSV
    /// text with one line a row.
    pub text: String,
    /// Size of the whole input in bytes, readable or not; for a sheet that of the workbook.
    pub size: u64,
    /// Encoding of the bytes where that is not UTF-8. Spans then refer to the decoded text.
    pub encoding: Option<&'static str>,
    /// The sheet, where the source is one.
    pub sheet: Option<SheetOrigin>,
    /// Why the input could not be read, or not to its end.
    pub failure: Option<ReadFailure>,
    lines: OnceLock<LineIndex>,
    hash: OnceLock<String>,
    separator: OnceLock<u8>,
}

impl Source {
    /// A source whose whole text was read, and whose bytes are its text.
    pub fn new(path: impl Into<String>, text: String) -> Self {
        Self {
            path: path.into(),
            size: text.len() as u64,
            text,
            encoding: None,
            sheet: None,
            failure: None,
            lines: OnceLock::new(),
            hash: OnceLock::new(),
            separator: OnceLock::new(),
        }
    }

    /// A source whose text is not the bytes of its file: `size` and `sha256` are those of the bytes.
    pub fn with_hash(path: impl Into<String>, text: String, size: u64, sha256: String) -> Self {
        Self { size, hash: OnceLock::from(sha256), ..Self::new(path, text) }
    }

    /// A source of which no byte was read.
    pub fn unread(path: impl Into<String>, failure: ReadFailure) -> Self {
        Self { failure: Some(failure), ..Self::new(path, String::new()) }
    }

    /// Notes which byte separates the cells of the table that the text is. Only the first note counts.
    pub fn note_separator(&self, separator: u8) {
        self.separator.get_or_init(|| separator);
    }

    /// What separates the cells of the table that the text is, where it was read as one.
    pub fn separator(&self) -> Option<u8> {
        self.separator.get().copied()
    }

    /// The text under a span; empty where the span leaves the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The index of lines, made when it is first asked for.
    pub fn lines(&self) -> &LineIndex {
        // Not within `get_or_init`: counting runs on all threads, and one that waits for it here may be one that it needs.
        self.lines.get().unwrap_or_else(|| {
            let index = LineIndex::new(&self.text);
            self.lines.get_or_init(|| index)
        })
    }

    /// Line and column of the first byte of a span.
    pub fn place(&self, span: Span) -> Place {
        self.lines().place(&self.text, span.start)
    }

    /// SHA-256 of the bytes of the file as lower-case hexadecimal, computed at the first call. `None` where no byte was read.
    pub fn sha256(&self) -> Option<&str> {
        if self.failure.is_some() {
            return self.hash.get().map(String::as_str);
        }
        Some(self.hash.get_or_init(|| sha256_hex(self.text.as_bytes())))
    }
}

/// SHA-256 of some bytes as lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// All inputs of a run, in the order in which they are reported.
#[derive(Debug, Default)]
pub struct Sources {
    /// How much of each is read.
    pub limits: Limits,
    list: Vec<Source>,
}

impl Sources {
    /// Adds a source and returns its number.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(source);
        id
    }

    /// The source with this number.
    ///
    /// # Panics
    /// Where the number comes from another `Sources`.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.list[id.0 as usize]
    }

    /// All sources with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.list.iter().enumerate().map(|(index, source)| (SourceId(index as u32), source))
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_a_spreadsheet() {
        for (row, column, expected) in [
            (5, 3, "C5"),
            (1, 26, "Z1"),
            (2, 27, "AA2"),
            (9, 702, "ZZ9"),
            (1, 703, "AAA1"),
            (1_048_576, 16_384, "XFD1048576"),
        ] {
            assert_eq!(Cell::at(row, column - 1).reference(), expected);
        }
    }
}
