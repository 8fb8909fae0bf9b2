//! Reads one YAML 1.2 document into a [`Tree`].
//!
//! The grammar is left to `saphyr-parser`, whose events arrive one by one; this module gives them byte positions,
//! decides what unquoted text means (`yaml/scalar.rs`), expands aliases within a limit, and rejects what a
//! data file should not have: a second document, and mappings or lists used as keys.
//!
//! Unquoted text follows the core schema of YAML 1.2 without its special numbers: `NO`, `on` and `yes` are text, and so
//! are `0x1F`, `0o17`, `.inf` and `.nan`. A merge key `<<` is an ordinary key, as YAML 1.2 has it.

mod messages;
mod position;
mod scalar;

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput, Tag};

use self::position::Positions;
use super::builder::{Builder, Container, Frame, Scalar};
use super::tree::{Slot, SyntaxError, Tree};
use super::{BYTE_ORDER_MARK, too_large};
use crate::source::limits::ALIAS_VALUES;
use crate::source::{Limits, Span};

/// Reads a whole YAML text within the usual limits. See the [module documentation](super) for what happens on a syntax
/// error.
pub fn parse(text: &str) -> Tree<'_> {
    parse_within(text, &Limits::default())
}

/// Reads a whole YAML text within some limits.
pub fn parse_within<'a>(text: &'a str, limits: &Limits) -> Tree<'a> {
    if let Some(error) = too_large(text) {
        return Builder::new(text, 0, limits).abort(error, false);
    }
    let mut loader = Loader::new(text, limits);
    match loader.document() {
        Ok(()) => loader.builder.finish(),
        Err(error) => {
            let cut = loader.may_be_cut(loader.stopped.unwrap_or(error.span.start));
            loader.builder.abort(*error, cut)
        }
    }
}

type Step<T = ()> = Result<T, Box<SyntaxError>>;

/// What an anchor stands for.
enum Anchor {
    /// Its value is still being read.
    Open,
    /// A scalar, which may have been a key.
    Scalar(Slot),
    /// The slots of a container.
    Container { first: u32, after: u32 },
}

struct Loader<'a> {
    text: &'a str,
    positions: Positions<'a>,
    events: Parser<'a, StrInput<'a>>,
    builder: Builder<'a>,
    anchors: HashMap<usize, Anchor>,
    /// For each open container: the anchor it defines (0 for none) and whether a key comes next.
    open: Vec<(usize, bool)>,
    documents: usize,
    alias_values: u64,
    /// Where the scanner gave up, which is not always what is to blame.
    stopped: Option<u32>,
}

impl<'a> Loader<'a> {
    fn new(text: &'a str, limits: &Limits) -> Self {
        Self {
            text,
            positions: Positions::new(text),
            events: Parser::new_from_str(text),
            builder: Builder::new(text, 0, limits),
            anchors: HashMap::new(),
            open: Vec::new(),
            documents: 0,
            alias_values: 0,
            stopped: None,
        }
    }

    fn document(&mut self) -> Step {
        if self.text.trim_start_matches(BYTE_ORDER_MARK).trim().is_empty() {
            let message = "the file is empty".to_owned();
            let end = self.text.len() as u32;
            return Err(Box::new(SyntaxError { span: Span::new(end, end), message, help: None }));
        }
        while let Some(next) = self.events.next_event() {
            let (event, span) = match next {
                Ok(next) => next,
                Err(error) => return Err(self.translate(&error)),
            };
            let span = self.positions.span(span);
            self.event(event, span)?;
        }
        if self.documents == 0 {
            let end = self.text.len() as u32;
            let message = "the file holds nothing but comments".to_owned();
            return Err(Box::new(SyntaxError { span: Span::new(end, end), message, help: None }));
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'a>, span: Span) -> Step {
        match event {
            Event::DocumentStart(_) => self.document_start(span)?,
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), span)?
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(Container::Array, anchor, anchor > 0 || tag.is_some(), span)?;
            }
            Event::MappingStart(anchor, tag) => {
                self.open(Container::Object, anchor, anchor > 0 || tag.is_some(), span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn document_start(&mut self, span: Span) -> Step {
        self.documents += 1;
        if self.documents == 1 {
            self.builder.advance(span.end);
            return Ok(());
        }
        Err(Box::new(SyntaxError {
            span,
            message: "a second document starts here".to_owned(),
            help: Some("keep one document in a file".to_owned()),
        }))
    }

    /// Whether the next node is a key; if so, a value comes after it.
    fn takes_key(&mut self) -> bool {
        let Some((_, key_next)) = self.open.last_mut() else { return false };
        let container = self.builder.innermost().map(|frame| frame.container);
        let is_key = container == Some(Container::Object) && *key_next;
        *key_next = !*key_next;
        is_key
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Step {
        let is_key = self.takes_key();
        let after = self.builder.content_end();
        let has_properties = anchor > 0 || tag.is_some();
        let span = self.positions.scalar_span(after, span, style, &text, has_properties);
        let scalar = scalar::resolve(self.text, span, text, style, tag);
        let slot = if is_key { self.builder.key(scalar) } else { self.builder.scalar(scalar) };
        if anchor > 0 {
            self.anchors.insert(anchor, Anchor::Scalar(slot));
        }
        Ok(())
    }

    fn open(&mut self, container: Container, anchor: usize, has_properties: bool, span: Span) -> Step {
        let mut start = if has_properties { self.positions.after_properties(span.start) } else { span.start };
        if container == Container::Array {
            start = self.positions.list_start(self.builder.content_end(), start);
        }
        if self.takes_key() {
            let end = span.end.max(start + 1).min(self.text.len() as u32);
            return Err(complex_key(Span::new(start, end.max(start))));
        }
        self.builder.open(container, start)?;
        if anchor > 0 {
            self.anchors.insert(anchor, Anchor::Open);
        }
        self.open.push((anchor, true));
        Ok(())
    }

    fn close(&mut self, span: Span) {
        let Some(frame) = self.builder.innermost() else { return };
        let bracket = self.is_flow(frame) && !span.is_empty();
        let end = if bracket { span.end } else { self.builder.content_end() };
        self.builder.close(end);
        if let Some((anchor @ 1.., _)) = self.open.pop() {
            let after = self.builder.position();
            self.anchors.insert(anchor, Anchor::Container { first: frame.slot, after });
        }
    }

    /// Whether a container is written in brackets.
    fn is_flow(&self, frame: Frame) -> bool {
        matches!(self.text.as_bytes().get(frame.start as usize), Some(b'[' | b'{'))
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Step {
        let is_key = self.takes_key();
        match self.anchors.get(&anchor) {
            Some(&Anchor::Scalar(slot)) => self.alias_to_scalar(slot, is_key, span)?,
            Some(Anchor::Container { .. }) if is_key => return Err(complex_key(span)),
            Some(&Anchor::Container { first, after }) => {
                self.spend(after - first, span)?;
                self.builder.advance(span.end);
                self.builder.copy(first, after).map_err(|mut error| {
                    error.span = span;
                    error
                })?;
            }
            Some(Anchor::Open) | None => {
                return Err(Box::new(SyntaxError {
                    span,
                    message: "this alias stands inside the value it refers to".to_owned(),
                    help: Some("write the value out".to_owned()),
                }));
            }
        }
        self.builder.advance(span.end);
        Ok(())
    }

    fn alias_to_scalar(&mut self, slot: Slot, is_key: bool, span: Span) -> Step {
        self.spend(1, span)?;
        if is_key {
            let text = self.builder.scalar_text(slot).into();
            self.builder.key(Scalar::plain(span).with_text(Some(text)));
        } else {
            self.builder.copy_scalar(slot);
        }
        Ok(())
    }

    /// Counts nodes that an alias adds.
    fn spend(&mut self, nodes: u32, span: Span) -> Step {
        self.alias_values += u64::from(nodes);
        let limits = self.builder.limits();
        if self.alias_values <= limits.alias_values {
            return Ok(());
        }
        Err(Box::new(SyntaxError {
            span,
            message: format!(
                "the aliases up to here stand for {} values; the limit is {}",
                self.alias_values, limits.alias_values
            ),
            help: Some(format!("write the values out; {}", limits.help(&ALIAS_VALUES))),
        }))
    }

    /// Whether the last scalar may be half of what was meant: it is unquoted and nothing but blanks separate it from
    /// the error.
    fn may_be_cut(&self, stopped: u32) -> bool {
        let Some(end) = self.builder.last_unquoted_end() else { return false };
        let between = self.text.get(end as usize..stopped as usize);
        between.is_some_and(|gap| gap.bytes().all(|byte| matches!(byte, b' ' | b'\t')))
    }

    fn translate(&mut self, error: &ScanError) -> Box<SyntaxError> {
        let place = self.positions.byte(error.marker().index());
        self.stopped = Some(place);
        messages::translate(self.text, error.info(), place, &self.builder)
    }
}

fn complex_key(span: Span) -> Box<SyntaxError> {
    Box::new(SyntaxError {
        span,
        message: "a list or mapping is used as a key".to_owned(),
        help: Some("use plain text as the key".to_owned()),
    })
}

#[cfg(test)]
mod tests;
