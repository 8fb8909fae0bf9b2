//! From byte offsets to lines and columns.
//!
//! The index is made once for a file and only when something in it is printed, so that a clean run never pays for it.

use memchr::memchr_iter;

/// Where a byte stands, as an editor shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1. A byte-order mark takes no column.
    pub column: u32,
}

/// Byte offsets at which the lines of a text begin.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes a text. Lines end with `\n`; a `\r` before it belongs to the line end.
    pub fn new(text: &str) -> Self {
        let breaks = || memchr_iter(b'\n', text.as_bytes());
        let mut starts = Vec::with_capacity(breaks().count() + 1);
        starts.push(0);
        starts.extend(breaks().map(|at| at as u32 + 1));
        Self { starts }
    }

    /// Number of lines.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Line, from 0, that holds a byte.
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Byte range of a line, from 0, without its line end.
    pub fn line_range(&self, text: &str, line: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(line).map_or(text.len(), |start| *start as usize);
        let end = self.starts.get(line + 1).map_or(text.len(), |next| *next as usize);
        let trimmed = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        start..start + trimmed.len()
    }

    /// Line and column of a byte.
    pub fn place(&self, text: &str, offset: u32) -> Place {
        let line = self.line_of(offset);
        let start = self.starts.get(line).map_or(0, |start| *start as usize);
        let before = text.get(start..offset as usize).unwrap_or_default();
        let column = before.trim_start_matches('\u{feff}').chars().count() as u32 + 1;
        Place { line: line as u32 + 1, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_skip_the_byte_order_mark() {
        let text = "\u{feff}aé,b\r\nc\n";
        let index = LineIndex::new(text);
        assert_eq!(index.place(text, 3), Place { line: 1, column: 1 });
        assert_eq!(index.place(text, 7), Place { line: 1, column: 4 });
        assert_eq!(index.place(text, 10), Place { line: 2, column: 1 });
        assert_eq!(&text[index.line_range(text, 0)], "\u{feff}aé,b");
        assert_eq!(index.count(), 3);
    }
}
