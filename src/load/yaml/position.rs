//! From the character positions of the YAML scanner to bytes, and to the spans this crate wants.
//!
//! The scanner counts characters, includes anchors and tags in the span of what they belong to, starts block text
//! after its header and ends it after trailing blank lines. All of that is put right here.

use std::cell::Cell;

use saphyr_parser::{ScalarStyle, Span as CharSpan};

use crate::source::Span;

/// Every so many characters the byte offset is noted.
const STRIDE: usize = 64;

pub(super) struct Positions<'a> {
    text: &'a str,
    /// Byte offset of every [`STRIDE`]th character; empty for ASCII, where characters are bytes.
    checkpoints: Vec<u32>,
    /// The last answer, as character and byte: the next question is nearly always about a place shortly after it.
    last: Cell<(usize, usize)>,
}

impl<'a> Positions<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let checkpoints = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STRIDE).map(|(offset, _)| offset as u32).collect()
        };
        Self { text, checkpoints, last: Cell::new((0, 0)) }
    }

    /// Byte offset of the character with this number.
    pub(super) fn byte(&self, character: usize) -> u32 {
        let length = self.text.len();
        if self.checkpoints.is_empty() {
            return character.min(length) as u32;
        }
        let Some(&checkpoint) = self.checkpoints.get(character / STRIDE) else { return length as u32 };
        let noted = (character / STRIDE * STRIDE, checkpoint as usize);
        let (from, offset) =
            if (noted.0..=character).contains(&self.last.get().0) { self.last.get() } else { noted };
        let rest = self.text.get(offset..).unwrap_or("");
        let within = rest.char_indices().nth(character - from).map_or(rest.len(), |(within, _)| within);
        self.last.set((character, offset + within));
        (offset + within) as u32
    }

    pub(super) fn span(&self, span: CharSpan) -> Span {
        let start = self.byte(span.start.index());
        if span.is_empty() { Span::new(start, start) } else { Span::new(start, self.byte(span.end.index())) }
    }

    /// The bytes a scalar is written in.
    ///
    /// `after` is the end of what was read before, `reported` the span the scanner gives.
    pub(super) fn scalar_span(
        &self,
        after: u32,
        reported: Span,
        style: ScalarStyle,
        text: &str,
        has_properties: bool,
    ) -> Span {
        match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.block_span(after, reported),
            ScalarStyle::Plain if text.is_empty() => self.empty_span(after, reported, has_properties),
            _ if has_properties => {
                let start = self.after_properties(reported.start);
                Span::new(start, reported.end.max(start))
            }
            _ => reported,
        }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The first byte at or after `from` that belongs to a node itself, not to its anchor or tag.
    pub(super) fn after_properties(&self, from: u32) -> u32 {
        let mut at = from;
        while let Some(b'&' | b'!') = self.bytes().get(at as usize) {
            at = self.skip_blank(self.skip_word(at), u32::MAX);
        }
        at
    }

    /// Start of a list. The scanner puts one that is not indented under its key behind its first dash.
    pub(super) fn list_start(&self, after: u32, start: u32) -> u32 {
        if matches!(self.bytes().get(start as usize), Some(b'[' | b'-')) {
            return start;
        }
        let mut at = self.skip_blank(after, start);
        if self.bytes().get(at as usize) == Some(&b':') {
            at = self.skip_blank(at + 1, start);
        }
        let is_dash = at < start && self.bytes().get(at as usize) == Some(&b'-');
        if is_dash { at } else { start }
    }

    fn skip_word(&self, from: u32) -> u32 {
        let rest = self.bytes().get(from as usize..).unwrap_or_default();
        let length = rest.iter().position(|byte| byte.is_ascii_whitespace() || b",[]{}".contains(byte));
        from + length.unwrap_or(rest.len()) as u32
    }

    /// Skips white space, line breaks and comments, at most up to `limit`.
    fn skip_blank(&self, from: u32, limit: u32) -> u32 {
        let mut at = from as usize;
        let bytes = self.bytes();
        while (at as u32) < limit {
            match bytes.get(at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
                Some(b'#') => {
                    let rest = &bytes[at..];
                    at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                _ => break,
            }
        }
        at as u32
    }

    /// Block text from its `|` or `>` to the last byte that is not white space.
    fn block_span(&self, after: u32, reported: Span) -> Span {
        let mut start = after;
        loop {
            start = self.skip_blank(start, reported.end);
            match self.bytes().get(start as usize) {
                Some(b'|' | b'>') | None => break,
                Some(b'&' | b'!') => start = self.skip_word(start),
                _ if start < reported.end => start += 1,
                _ => break,
            }
        }
        let start = start.min(reported.end);
        let content = self.bytes().get(start as usize..reported.end as usize).unwrap_or_default();
        let length = content.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
        Span::new(start, start + length as u32)
    }

    /// Nothing was written: the place right after the colon or dash that announces the value.
    fn empty_span(&self, after: u32, reported: Span, has_properties: bool) -> Span {
        let mut at = self.skip_blank(after, reported.end);
        let announced = matches!(self.bytes().get(at as usize), Some(b':' | b'-' | b'?'))
            && at < reported.end.max(after + 1);
        if !announced {
            at = after;
        } else {
            at += 1;
        }
        if has_properties {
            let properties = self.skip_blank(at, u32::MAX);
            at = self.end_of_properties(properties);
        }
        Span::new(at, at)
    }

    /// The byte after the last anchor or tag of a run of them.
    fn end_of_properties(&self, from: u32) -> u32 {
        let mut at = from;
        let mut end = from;
        while let Some(b'&' | b'!') = self.bytes().get(at as usize) {
            end = self.skip_word(at);
            at = self.skip_blank(end, u32::MAX);
        }
        end
    }
}
