//! The part of an input that is drawn beneath a finding.
//!
//! miette reads a whole input for every label, never shortens a line and gives up on one of more than 65,535 columns.
//! An [`Excerpt`] therefore hands it a small text of its own: the labelled lines with one line before and after, cut to
//! a window around the labels, tabs spread out and unprintable characters replaced. The labels are shifted to where
//! they stand in that text; line numbers, and line and column in the header, remain those of the input.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::words::{clean, width, wrap};
use crate::diag::Label;
use crate::source::{Cell, Place, Source};

mod window;

use window::Window;

/// Most lines between the first and the last labelled line of one excerpt.
const REACH: usize = 6;
/// Most labels in one excerpt.
const LABELS: usize = 8;
/// Columns that the words of a label have at least, on however narrow a terminal.
const WORDS: usize = 16;
/// Most columns of an input line, on however wide a terminal.
const COLUMNS: usize = 100;

/// A label at its place in the text of an input.
#[derive(Debug, Clone)]
pub struct Spot<'a> {
    /// The input.
    pub source: &'a Source,
    /// Line, from 0.
    line: usize,
    /// First and last byte of the labelled text, within the line.
    start: usize,
    end: usize,
    /// Characters before it on its line, as they are in the text.
    column: usize,
    /// Line and column for the reader.
    place: Place,
    /// The cell, where the input is a sheet: nobody sees the lines of its text.
    cell: Option<Cell>,
    /// What is there.
    text: String,
    /// Whether it is the place that the finding points at.
    pub is_primary: bool,
}

impl<'a> Spot<'a> {
    /// Finds the place of a label. What leaves the first line of the label, the text or a character is cut off.
    pub fn new(source: &'a Source, label: &Label, is_primary: bool) -> Self {
        let (text, span) = (&source.text, label.location.span);
        let start = floor(text, span.start as usize);
        let line = source.lines().line_of(text, start as u32);
        let range = line_range(source, line);
        let start = start.clamp(range.start, range.end);
        let end = floor(text, span.end as usize).clamp(start, range.end);
        let place = source.lines().place(text, start as u32);
        let column = text.get(range.start..start).unwrap_or_default().chars().count();
        let cell = label.location.cell.filter(|_| source.sheet.is_some());
        Self { source, line, start, end, column, place, cell, text: clean(&label.text), is_primary }
    }

    /// The place, as it stands after the path of the input.
    pub fn reference(&self) -> String {
        reference(self.place, self.cell)
    }

    /// Columns that the label's words take.
    fn text_width(&self) -> usize {
        width(&self.text)
    }

    /// Adds the words of another label at the same place.
    fn add_words(&mut self, words: &str) {
        if !words.is_empty() && self.text != words {
            if !self.text.is_empty() {
                self.text.push_str("; ");
            }
            self.text.push_str(words);
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        let is_before = |one: &Self, other: &Self| one.end.max(one.start + 1) <= other.start;
        self.line == other.line && !is_before(self, other) && !is_before(other, self)
    }
}

/// A place as it stands after the path of the input.
fn reference(place: Place, cell: Option<Cell>) -> String {
    match cell {
        Some(cell) => format!("!{}", cell.reference()),
        None => format!(":{}:{}", place.line, place.column),
    }
}

/// Byte range of a line without its line end and without a byte-order mark.
fn line_range(source: &Source, line: usize) -> std::ops::Range<usize> {
    let mut range = source.lines().line_range(&source.text, line);
    if range.start == 0 && source.text.starts_with('\u{feff}') {
        range.start = range.end.min('\u{feff}'.len_utf8());
    }
    range
}

/// The start of the character that holds a byte; the end of the text where the byte lies beyond it.
pub fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}

/// Labels that are drawn together.
#[derive(Debug)]
pub struct Excerpt<'a> {
    spots: Vec<Spot<'a>>,
    window: Window,
}

impl<'a> Excerpt<'a> {
    /// Groups labels of one or several inputs into excerpts, in the order of the labels. `terminal` is the width of
    /// the terminal in columns.
    pub fn group(spots: Vec<Spot<'a>>, terminal: usize) -> Vec<Self> {
        let mut excerpts: Vec<Self> = Vec::new();
        for spot in merged(spots) {
            if !excerpts.iter_mut().any(|excerpt| excerpt.take(&spot, terminal)) {
                let window = Window::around(&spot, room_for_text(&spot, terminal));
                excerpts.push(Self { spots: vec![spot], window });
            }
        }
        excerpts
    }

    /// How many labels it holds.
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// Takes one more label if it stands near the others and all of them can be seen in one window.
    fn take(&mut self, spot: &Spot<'a>, terminal: usize) -> bool {
        let lines = || self.spots.iter().map(|one| one.line).chain([spot.line]);
        let reach = lines().max().unwrap_or_default() - lines().min().unwrap_or_default();
        let is_near = std::ptr::eq(self.spots[0].source, spot.source) && reach <= REACH;
        if !is_near || self.spots.len() >= LABELS || self.spots.iter().any(|one| one.overlaps(spot)) {
            return false;
        }
        let mut spots = self.spots.clone();
        spots.push(spot.clone());
        let room = spots.iter().map(|one| room_for_text(one, terminal)).min().unwrap_or_default();
        match Window::over(&spots, room) {
            Some(window) => {
                self.spots = spots;
                self.window = window;
                true
            }
            None => false,
        }
    }

    /// The text and the labels in it, ready to be drawn.
    pub fn draw(&self, terminal: usize) -> Drawing {
        let (Some(first), Some(last)) =
            (self.spots.iter().map(|one| one.line).min(), self.spots.iter().map(|one| one.line).max())
        else {
            return Drawing::default();
        };
        let source = self.spots[0].source;
        let first_line = first.saturating_sub(1);
        let last_line = last_line_shown(source, last);
        let mut drawing = Drawing {
            name: clean(&source.path),
            first_line,
            lines: last_line + 1 - first_line,
            ..Drawing::default()
        };
        let gutter = gutter(last_line);
        for line in first_line..=last_line {
            let mut spots: Vec<&Spot<'_>> = self.spots.iter().filter(|spot| spot.line == line).collect();
            spots.sort_by_key(|spot| spot.start);
            let piece = self.window.cut(source, line_range(source, line), spots.first().copied());
            for spot in spots {
                drawing.add_mark(spot, &piece, terminal.saturating_sub(gutter));
            }
            drawing.text.push_str(&piece.text);
            drawing.text.push('\n');
        }
        drawing
    }
}

/// Labels of which no two stand at the same place: what has the same place shares its words.
fn merged(spots: Vec<Spot<'_>>) -> Vec<Spot<'_>> {
    let mut result: Vec<Spot<'_>> = Vec::with_capacity(spots.len());
    for spot in spots {
        match result.iter_mut().find(|one| is_same(one, &spot)) {
            Some(same) => same.add_words(&spot.text),
            None => result.push(spot),
        }
    }
    result
}

fn is_same(one: &Spot<'_>, other: &Spot<'_>) -> bool {
    std::ptr::eq(one.source, other.source) && (one.start, one.end) == (other.start, other.end)
}

/// The last line of context. A line break at the very end of the text does not begin a line of its own.
fn last_line_shown(source: &Source, last: usize) -> usize {
    let next = last + 1;
    let exists = next < source.lines().count();
    let is_phantom = next + 1 == source.lines().count() && line_range(source, next).is_empty();
    if exists && !is_phantom { next } else { last }
}

/// Columns that miette takes for the line number and the bar.
fn gutter(last_line: usize) -> usize {
    (last_line + 1).to_string().len() + 4
}

fn room_for_text(spot: &Spot<'_>, terminal: usize) -> usize {
    // The line after may have one digit more.
    terminal.saturating_sub(gutter(spot.line + REACH) + 1).clamp(20, COLUMNS)
}

/// A label in a drawing.
#[derive(Debug)]
pub struct Mark {
    start: usize,
    length: usize,
    place: Place,
    cell: Option<Cell>,
    text: String,
    /// Whether it is the place that the finding points at.
    pub is_primary: bool,
}

/// A small text with labels: what miette draws.
#[derive(Debug, Default)]
pub struct Drawing {
    name: String,
    text: String,
    first_line: usize,
    lines: usize,
    /// Labels in the order of the text.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// Adds a label to the line that is about to be added; `room` are the columns right of the gutter.
    fn add_mark(&mut self, spot: &Spot<'_>, piece: &window::Piece, room: usize) {
        let (start, end) = (piece.offset_of(spot.start), piece.offset_of(spot.end));
        let before = piece.columns_before(start);
        let middle = (before + piece.columns_before(end).max(before + 1)) / 2;
        // `╰── ` stands before the words.
        let words = wrap(&spot.text, room.saturating_sub(middle + 5).max(WORDS), 0);
        self.marks.push(Mark {
            start: self.text.len() + start,
            length: end - start,
            place: spot.place,
            cell: spot.cell,
            text: words.join("\n"),
            is_primary: spot.is_primary,
        });
    }

    /// The labels as miette takes them.
    pub fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.marks.iter().map(|mark| {
            let text = (!mark.text.is_empty()).then(|| mark.text.clone());
            let span = SourceSpan::new(mark.start.into(), mark.length);
            match mark.is_primary {
                true => LabeledSpan::new_primary_with_span(text, span),
                false => LabeledSpan::new_with_span(text, span),
            }
        })
    }

    /// What miette wrote of the place in the header, and what is to stand there instead.
    pub fn references(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let named = |mark: &Mark, cell| format!("[{}{}]", self.name, reference(mark.place, cell));
        let of_cells = self.marks.iter().filter(|mark| mark.cell.is_some());
        of_cells.map(move |mark| (named(mark, None), named(mark, mark.cell)))
    }

    fn contents(&self, span: SourceSpan, line: usize, column: usize) -> Box<dyn SpanContents<'_> + '_> {
        let name = self.name.clone();
        Box::new(MietteSpanContents::new_named(name, self.text.as_bytes(), span, line, column, self.lines))
    }
}

impl SourceCode for Drawing {
    /// Asked for a label with context, it gives the whole small text, so that miette draws all labels together; asked
    /// for a label alone, as for the header, it gives line and column in the input.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let alone = before == 0 && after == 0;
        match self.marks.iter().find(|mark| alone && mark.start == span.offset()) {
            Some(Mark { place, .. }) => Ok(self.contents(
                *span,
                (place.line as usize).saturating_sub(1),
                (place.column as usize).saturating_sub(1),
            )),
            None => Ok(self.contents((0, self.text.len()).into(), self.first_line, 0)),
        }
    }
}
