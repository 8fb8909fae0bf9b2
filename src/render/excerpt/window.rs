//! Which columns of the lines of an excerpt are shown.
//!
//! All lines of an excerpt are cut at the same column, so that they stay beneath each other. Work is bounded by the
//! width of the window, not by the length of the line: a whole disclosure may stand on one line of many megabytes.

use std::ops::Range;

use super::{Spot, WORDS};
use crate::render::words::{character_width, push_visible, width};
use crate::source::Source;

/// Columns that a tab stop is away from the next one.
const TAB: usize = 4;
/// Characters looked at for each column of a window: combining characters take no column.
const CHARACTERS_A_COLUMN: usize = 8;
/// Stands where something is cut off.
const ELLIPSIS: char = '…';

/// The columns that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Characters cut off at the left.
    from: usize,
    /// Columns.
    room: usize,
}

impl Window {
    /// A window in which one label can be seen.
    pub fn around(spot: &Spot<'_>, room: usize) -> Self {
        let whole = Self { from: 0, room };
        if whole.shows(spot) { whole } else { Self { from: first_column(spot, room), room } }
    }

    /// A window in which all labels can be seen, if there is one.
    pub fn over(spots: &[Spot<'_>], room: usize) -> Option<Self> {
        let whole = Self { from: 0, room };
        if spots.iter().all(|spot| whole.shows(spot)) {
            return Some(whole);
        }
        let from = spots.iter().map(|spot| Self::around(spot, room).from).max()?;
        let window = Self { from, room };
        spots.iter().all(|spot| window.shows(spot)).then_some(window)
    }

    /// Whether a label and its words can be seen.
    fn shows(self, spot: &Spot<'_>) -> bool {
        let Some(hidden) = spot.column.checked_sub(self.from) else { return false };
        if hidden > self.room * CHARACTERS_A_COLUMN {
            return false;
        }
        let start = step_back(&spot.source.text, spot.start, hidden);
        let before = spot.source.text.get(start..spot.start).unwrap_or_default();
        columns_of(before) + usize::from(self.from > 0) + needed(spot, self.room) <= self.room
    }

    /// Cuts a line of an input. `near` is a label on that line, from which its beginning is found without reading the
    /// line from its start.
    pub fn cut(self, source: &Source, line: Range<usize>, near: Option<&Spot<'_>>) -> Piece {
        let start = match near {
            _ if self.from == 0 => line.start,
            Some(spot) => step_back(&source.text, spot.start, spot.column.saturating_sub(self.from)),
            None => step_forward(&source.text, &line, self.from),
        };
        let mut piece = Piece::default();
        if start > line.start {
            piece.push_mark(ELLIPSIS);
        }
        // As many before a label as after it.
        let limit = 2 * self.room * CHARACTERS_A_COLUMN;
        let text = source.text.get(start..line.end).unwrap_or_default();
        for (count, (offset, character)) in text.char_indices().enumerate() {
            let is_last = start + offset + character.len_utf8() == line.end;
            if !piece.push(start + offset, character, self.room, is_last) || count > limit {
                piece.push_mark(ELLIPSIS);
                return piece;
            }
        }
        piece
    }
}

/// Columns that should remain for a label and what follows it.
fn needed(spot: &Spot<'_>, room: usize) -> usize {
    let end = spot.end.min(spot.start + room);
    let text =
        spot.source.text.get(spot.start..spot.source.text.floor_char_boundary(end)).unwrap_or_default();
    let marked = columns_of(text).clamp(1, room / 2);
    let words = match spot.text_width() {
        0 => 0,
        width => marked / 2 + 5 + width.min(WORDS.max(room / 3)),
    };
    marked.max(words)
}

/// The first character of a window in which a label stands as far right as it may.
fn first_column(spot: &Spot<'_>, room: usize) -> usize {
    // A little of what follows the label is worth seeing too.
    let budget = room.saturating_sub(needed(spot, room).max(room / 4) + 2);
    let text = spot.source.text.get(..spot.start).unwrap_or_default();
    let mut columns = 0;
    let mut count = 0;
    for character in text.chars().rev().take(spot.column.min(room * CHARACTERS_A_COLUMN)) {
        columns += visible_width(character);
        if columns > budget {
            break;
        }
        count += 1;
    }
    spot.column - count
}

/// Byte offset `count` characters before a byte.
fn step_back(text: &str, from: usize, count: usize) -> usize {
    match count {
        0 => from,
        _ => text
            .get(..from)
            .unwrap_or_default()
            .char_indices()
            .rev()
            .nth(count - 1)
            .map_or(0, |(offset, _)| offset),
    }
}

/// Byte offset of a line's character number `count`; the end of the line where it has fewer.
fn step_forward(text: &str, line: &Range<usize>, count: usize) -> usize {
    if line.len() <= count {
        return line.end;
    }
    let text = text.get(line.clone()).unwrap_or_default();
    text.char_indices().nth(count).map_or(line.end, |(offset, _)| line.start + offset)
}

/// Columns of a text when printed, tabs counted in full.
fn columns_of(text: &str) -> usize {
    text.chars().map(visible_width).sum()
}

fn visible_width(character: char) -> usize {
    match character {
        '\t' => TAB,
        ' '..='~' => 1,
        _ => {
            let mut text = String::new();
            push_visible(&mut text, character);
            text.chars().map(character_width).sum()
        }
    }
}

/// The part of a line that is shown.
#[derive(Debug, Default)]
pub struct Piece {
    /// What is shown.
    pub text: String,
    columns: usize,
    /// For each shown character: its first byte in the input, and in `text`.
    characters: Vec<(usize, usize)>,
}

impl Piece {
    /// Adds a character of the input; `false` where it, or the sign that something is cut off after it, has no room.
    fn push(&mut self, offset: usize, character: char, room: usize, is_last: bool) -> bool {
        let before = self.text.len();
        match character {
            '\t' => self.text.push_str(&" ".repeat(TAB - self.columns % TAB)),
            _ => push_visible(&mut self.text, character),
        }
        let columns = self.text.get(before..).unwrap_or_default().chars().map(character_width).sum::<usize>();
        if self.columns + columns + usize::from(!is_last) > room {
            self.text.truncate(before);
            return false;
        }
        self.columns += columns;
        self.characters.push((offset, before));
        true
    }

    fn push_mark(&mut self, mark: char) {
        self.text.push(mark);
        self.columns += character_width(mark);
    }

    /// Where a byte of the input stands in the piece; its end where it is not shown.
    pub fn offset_of(&self, byte: usize) -> usize {
        let index = self.characters.partition_point(|(offset, _)| *offset < byte);
        self.characters.get(index).map_or(self.text.len(), |(_, shown)| *shown)
    }

    /// Columns before a byte of the piece.
    pub fn columns_before(&self, offset: usize) -> usize {
        width(self.text.get(..offset).unwrap_or(&self.text))
    }
}
