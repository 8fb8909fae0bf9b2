//! From byte offsets to lines and columns.
//!
//! The index is made only when something in it is printed, so that a clean run never pays for it.

use memchr::{memchr, memchr_iter};
use rayon::prelude::*;

/// Where a byte stands, as an editor shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1. A byte-order mark takes no column.
    pub column: u32,
}

/// Bytes of a text between two entries of the index.
const STRIDE: usize = 1 << 10;
/// Fewer strides are not worth a thread of their own.
const LEAST_CHUNKS: usize = 1 << 10;

/// How many lines begin before certain places of a text: counting line ends is much faster than listing them, and few
/// places of a long file are ever printed.
#[derive(Debug)]
pub struct LineIndex {
    /// Line ends before each multiple of [`STRIDE`], and in the whole text.
    ends_before: Vec<u32>,
}

impl LineIndex {
    /// Indexes a text. Lines end with `\n`; a `\r` before it belongs to the line end.
    pub fn new(text: &str) -> Self {
        let ends = |chunk: &[u8]| memchr_iter(b'\n', chunk).count() as u32;
        let mut ends_before = vec![0];
        ends_before.par_extend(text.as_bytes().par_chunks(STRIDE).with_min_len(LEAST_CHUNKS).map(ends));
        for entry in 1..ends_before.len() {
            ends_before[entry] += ends_before[entry - 1];
        }
        Self { ends_before }
    }

    /// Number of lines.
    pub fn count(&self) -> usize {
        self.ends_before.last().map_or(0, |ends| *ends as usize) + 1
    }

    /// Line, from 0, that holds a byte.
    pub fn line_of(&self, text: &str, offset: u32) -> usize {
        let bytes = text.as_bytes();
        let offset = bytes.len().min(offset as usize);
        let entry = offset / STRIDE;
        self.ends_before[entry] as usize + memchr_iter(b'\n', &bytes[entry * STRIDE..offset]).count()
    }

    /// Byte range of a line, from 0, without its line end.
    pub fn line_range(&self, text: &str, line: usize) -> std::ops::Range<usize> {
        let start = self.start_of(text, line);
        let end = memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |length| start + length);
        start..start + text[start..end].trim_end_matches('\r').len()
    }

    /// First byte of a line, from 0; the end of the text where it has fewer lines.
    fn start_of(&self, text: &str, line: usize) -> usize {
        let Some(before) = line.checked_sub(1) else { return 0 };
        let entry = self.ends_before.partition_point(|ends| *ends as usize <= before).saturating_sub(1);
        let start = (entry * STRIDE).min(text.len());
        let mut ends = memchr_iter(b'\n', &text.as_bytes()[start..]);
        let end = ends.nth(before - self.ends_before[entry] as usize);
        end.map_or(text.len(), |end| start + end + 1)
    }

    /// Line and column of a byte.
    pub fn place(&self, text: &str, offset: u32) -> Place {
        let line = self.line_of(text, offset);
        let before = text.get(self.start_of(text, line)..offset as usize).unwrap_or_default();
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

    #[test]
    fn places_are_found_far_into_a_text() {
        let line = "0123456789abcde\n";
        let text = line.repeat(3 * STRIDE / line.len() + 7) + "end";
        let index = LineIndex::new(&text);
        let starts: Vec<usize> = (0..index.count()).map(|line| index.line_range(&text, line).start).collect();
        assert_eq!(starts.len(), text.lines().count());
        for (line, start) in starts.into_iter().enumerate() {
            assert_eq!(start, line * 16);
            assert_eq!(index.line_of(&text, start as u32), line);
            assert_eq!(index.place(&text, start as u32 + 3), Place { line: line as u32 + 1, column: 4 });
        }
        assert_eq!(index.line_range(&text, 1_000_000), text.len()..text.len());
    }

    #[test]
    fn lines_are_counted_on_several_threads_as_on_one() {
        let text = "0123456789abcde\n".repeat(2 * LEAST_CHUNKS * STRIDE / 16 + 7);
        let index = LineIndex::new(&text);
        assert_eq!(index.count(), text.len() / 16 + 1);
        for place in (0..text.len()).step_by(99_991) {
            assert_eq!(index.line_of(&text, place as u32), place / 16);
        }
    }
}
