//! Fills a [`Tree`] from a stream of opens, keys, scalars and closes: the half the three loaders share.
//!
//! It keeps the stack of open containers, bounds how deep they are, finds repeated keys when an object closes, and
//! closes what is still open when a loader gives up.

use std::collections::HashMap;

use super::tree::{
    COUNT_LIMIT, COUNT_SHIFT, DECODED, DuplicateKey, INCOMPLETE, QUOTED, Slot, SyntaxError, TAG_ARRAY,
    TAG_BOOL, TAG_KEY, TAG_NULL, TAG_NUMBER, TAG_OBJECT, TAG_STRING, TRUTH, Tree,
};
use crate::source::limits::NESTING_DEPTH;
use crate::source::{Limits, Span};

/// Objects up to this size are first looked at through a filter that tells most of them to have no repeated key.
const FILTER_LIMIT: usize = 32;

/// A scalar or a key as a loader hands it over.
pub(super) struct Scalar {
    pub(super) span: Span,
    pub(super) meta: u32,
    /// The text, where it differs from what stands in the file.
    pub(super) decoded: Option<Box<str>>,
}

impl Scalar {
    #[inline]
    fn new(span: Span, meta: u32) -> Self {
        Self { span, meta, decoded: None }
    }

    pub(super) fn null(span: Span) -> Self {
        Self::new(span, TAG_NULL)
    }

    pub(super) fn boolean(span: Span, truth: bool) -> Self {
        Self::new(span, if truth { TAG_BOOL | TRUTH } else { TAG_BOOL })
    }

    #[inline]
    pub(super) fn number(span: Span) -> Self {
        Self::new(span, TAG_NUMBER)
    }

    pub(super) fn plain(span: Span) -> Self {
        Self::new(span, TAG_STRING)
    }

    #[inline]
    pub(super) fn quoted(span: Span) -> Self {
        Self::new(span, TAG_STRING | QUOTED)
    }

    pub(super) fn with_text(mut self, text: Option<Box<str>>) -> Self {
        self.decoded = text;
        self
    }
}

/// What kind of container is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Array,
    Object,
}

/// A container that is not closed yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) slot: u32,
    pub(super) start: u32,
    pub(super) container: Container,
    children: u32,
    first_key: u32,
}

/// Fingerprint and slot of a key of an open object.
#[derive(Debug, Clone, Copy)]
struct KeyMark {
    fingerprint: u32,
    slot: u32,
}

#[derive(Debug)]
pub(super) struct Builder<'a> {
    tree: Tree<'a>,
    open: Vec<Frame>,
    keys: Vec<KeyMark>,
    /// End of the last thing that was added.
    content_end: u32,
    /// Number of slots when a container was last closed or copied: the slots before it are settled.
    settled: u32,
    limits: Limits,
}

impl<'a> Builder<'a> {
    /// `capacity` is the expected number of slots.
    pub(super) fn new(text: &'a str, capacity: usize, limits: &Limits) -> Self {
        let tree = Tree { text, slots: Vec::with_capacity(capacity), ..Tree::default() };
        Self { tree, open: Vec::new(), keys: Vec::new(), content_end: 0, settled: 0, limits: *limits }
    }

    #[inline]
    pub(super) fn innermost(&self) -> Option<Frame> {
        self.open.last().copied()
    }

    pub(super) fn content_end(&self) -> u32 {
        self.content_end
    }

    /// Moves the end of the content, for text that leaves no slot of its own (an alias, a bare dash).
    pub(super) fn advance(&mut self, end: u32) {
        self.content_end = self.content_end.max(end);
    }

    fn next_slot(&self) -> u32 {
        self.tree.slots.len() as u32
    }

    #[inline]
    fn count_child(&mut self) {
        if let Some(frame) = self.open.last_mut() {
            frame.children += 1;
        }
    }

    #[inline(always)]
    fn push(&mut self, scalar: Scalar) -> Slot {
        let Scalar { span, mut meta, decoded } = scalar;
        let mut link = 0;
        if let Some(text) = decoded {
            link = self.tree.decoded.len() as u32;
            meta |= DECODED;
            self.tree.decoded.push(text);
        }
        let slot = Slot { start: span.start, end: span.end, link, meta };
        self.tree.slots.push(slot);
        self.content_end = span.end;
        slot
    }

    /// Adds a value that is not a container.
    #[inline(always)]
    pub(super) fn scalar(&mut self, scalar: Scalar) -> Slot {
        self.count_child();
        self.push(scalar)
    }

    /// Adds the key of the member whose value comes next. Its kind is that of the scalar the key was written as.
    #[inline]
    pub(super) fn key(&mut self, scalar: Scalar) -> Slot {
        let written = scalar.meta & !QUOTED;
        let index = self.next_slot();
        let quoted = scalar.meta & QUOTED;
        let slot = self.push(Scalar { meta: TAG_KEY | quoted, ..scalar });
        let mark = KeyMark { fingerprint: fingerprint(self.tree.slot_text(slot).as_bytes()), slot: index };
        self.keys.push(mark);
        Slot { meta: written | (slot.meta & (QUOTED | DECODED)), ..slot }
    }

    /// Opens a container; refused beyond the limit.
    #[inline]
    pub(super) fn open(&mut self, container: Container, start: u32) -> Result<(), Box<SyntaxError>> {
        if self.open.len() as u64 >= self.limits.nesting_depth {
            return Err(too_deep(Span::new(start, start + 1), self.open.len() + 1, &self.limits));
        }
        self.count_child();
        let slot = self.next_slot();
        let first_key = self.keys.len() as u32;
        self.open.push(Frame { slot, start, container, children: 0, first_key });
        let meta = if container == Container::Array { TAG_ARRAY } else { TAG_OBJECT };
        self.tree.slots.push(Slot { start, end: start, link: 0, meta });
        self.content_end = start;
        Ok(())
    }

    /// Closes the innermost container at byte `end`.
    #[inline]
    pub(super) fn close(&mut self, end: u32) {
        self.close_as(end, 0);
    }

    #[inline]
    fn close_as(&mut self, end: u32, flags: u32) {
        let Some(frame) = self.open.pop() else { return };
        if frame.container == Container::Object {
            self.report_duplicates(frame.first_key as usize);
            self.keys.truncate(frame.first_key as usize);
        }
        let link = self.next_slot();
        if let Some(slot) = self.tree.slots.get_mut(frame.slot as usize) {
            slot.end = end;
            slot.link = link;
            slot.meta |= flags | (frame.children.min(COUNT_LIMIT) << COUNT_SHIFT);
        }
        self.content_end = end;
        self.settled = link;
    }

    /// Adds a copy of slots made before, as a YAML alias asks for. Their spans stay those of the definition.
    pub(super) fn copy(&mut self, first: u32, after: u32) -> Result<(), Box<SyntaxError>> {
        let height = self.height(first, after);
        let depth = self.open.len() + height;
        if depth as u64 > self.limits.nesting_depth {
            return Err(too_deep(Span::new(self.content_end, self.content_end), depth, &self.limits));
        }
        self.count_child();
        let shift = self.next_slot().wrapping_sub(first);
        for index in first..after {
            let mut slot = self.tree.slots[index as usize];
            if slot.is_container() {
                slot.link = slot.link.wrapping_add(shift);
            }
            self.tree.slots.push(slot);
        }
        self.settled = self.next_slot();
        Ok(())
    }

    /// Adds a copy of one scalar slot.
    pub(super) fn copy_scalar(&mut self, slot: Slot) {
        self.count_child();
        self.tree.slots.push(slot);
        self.settled = self.next_slot();
    }

    /// Text of a scalar slot, for a key that is an alias.
    pub(super) fn scalar_text(&self, slot: Slot) -> &str {
        self.tree.slot_text(slot)
    }

    /// How many containers stand inside each other in a range of slots.
    fn height(&self, first: u32, after: u32) -> usize {
        let mut ends: Vec<u32> = Vec::new();
        let mut height = 0;
        for index in first..after {
            while ends.last().is_some_and(|&end| end <= index) {
                ends.pop();
            }
            let slot = self.tree.slots[index as usize];
            if slot.is_container() {
                ends.push(slot.link);
                height = height.max(ends.len());
            }
        }
        height
    }

    /// What bounds the tree.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Number of slots so far, to remember where an anchored value starts and ends.
    pub(super) fn position(&self) -> u32 {
        self.next_slot()
    }

    /// The finished tree of a text without syntax errors.
    pub(super) fn finish(self) -> Tree<'a> {
        self.tree
    }

    /// The tree of a text that broke off at `error`.
    ///
    /// `cut` says whether the last scalar may have been cut in half, in which case it goes.
    pub(super) fn abort(mut self, error: SyntaxError, cut: bool) -> Tree<'a> {
        if cut && self.last_is_value() {
            self.drop_last();
            if let Some(frame) = self.open.last_mut() {
                frame.children = frame.children.saturating_sub(1);
            }
        }
        if self.tree.slots.last().is_some_and(|slot| slot.tag() == TAG_KEY) {
            self.drop_last();
            self.keys.pop();
        }
        while !self.open.is_empty() {
            self.close_as(self.content_end, INCOMPLETE);
        }
        self.tree.failure = Some(error);
        self.tree
    }

    /// The tree of a text whose parser went on after `error`, so that anything may be missing anywhere.
    pub(super) fn abort_everywhere(mut self, error: SyntaxError) -> Tree<'a> {
        for slot in self.tree.slots.iter_mut().filter(|slot| slot.is_container()) {
            slot.meta |= INCOMPLETE;
        }
        self.abort(error, false)
    }

    /// Whether the last slot is a scalar value directly in the innermost open container, or the root.
    fn last_is_value(&self) -> bool {
        let Some(last) = self.tree.slots.last() else { return false };
        !last.is_container() && last.tag() != TAG_KEY && self.settled < self.next_slot()
    }

    fn drop_last(&mut self) {
        self.tree.slots.pop();
        if let Some(slot) = self.tree.slots.last() {
            self.content_end = if slot.is_container() { slot.start } else { slot.end };
        }
    }

    /// The last scalar, if it is a value without quotes: the kind that cannot be told from half of itself.
    pub(super) fn last_unquoted_end(&self) -> Option<u32> {
        let last = self.tree.slots.last()?;
        (self.last_is_value() && last.meta & QUOTED == 0).then_some(last.end)
    }

    #[inline]
    fn report_duplicates(&mut self, first_key: usize) {
        let marks = &self.keys[first_key.min(self.keys.len())..];
        let may_repeat = if marks.len() > FILTER_LIMIT { !self.ascends(marks) } else { may_repeat(marks) };
        if may_repeat {
            self.report_duplicates_by_map(first_key);
        }
    }

    /// Whether each key comes after the one before it, as periods mostly do.
    fn ascends(&self, marks: &[KeyMark]) -> bool {
        let text = |mark: &KeyMark| self.tree.slot_text(self.tree.slots[mark.slot as usize]);
        marks.windows(2).all(|pair| text(&pair[0]) < text(&pair[1]))
    }

    fn report_duplicates_by_map(&mut self, first_key: usize) {
        let tree = &self.tree;
        let mut firsts: HashMap<&str, Span> = HashMap::new();
        let mut found = Vec::new();
        for mark in &self.keys[first_key.min(self.keys.len())..] {
            let slot = tree.slots[mark.slot as usize];
            let key = tree.slot_text(slot);
            let first = *firsts.entry(key).or_insert(slot.span());
            if first != slot.span() {
                found.push(DuplicateKey { key: key.to_owned(), first, second: slot.span() });
            }
        }
        self.tree.duplicates.extend(found);
    }
}

/// The error of a value that stands at this level of nesting, beyond the limit.
pub(super) fn too_deep(span: Span, depth: usize, limits: &Limits) -> Box<SyntaxError> {
    Box::new(SyntaxError {
        span,
        message: format!("nested {depth} levels deep; the limit is {}", limits.nesting_depth),
        help: Some(limits.help(&NESTING_DEPTH)),
    })
}

/// Whether two keys may be equal. Most of the time a filter of 512 bits shows that none are.
#[inline]
fn may_repeat(marks: &[KeyMark]) -> bool {
    let mut filter = [0u64; 8];
    let collision = marks.iter().fold(false, |collision, mark| {
        let word = &mut filter[mark.fingerprint as usize >> 6 & 7];
        let bit = 1 << (mark.fingerprint & 63);
        let taken = *word & bit != 0;
        *word |= bit;
        collision | taken
    });
    collision
        && (1..marks.len())
            .any(|later| marks[..later].iter().any(|mark| mark.fingerprint == marks[later].fingerprint))
}

/// A quick summary of a key. Keys with different fingerprints differ; equal ones are compared in full.
#[inline]
fn fingerprint(key: &[u8]) -> u32 {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (head, tail) = match (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => match (key.first_chunk::<4>(), key.last_chunk::<4>()) {
            (Some(head), Some(tail)) => {
                (u64::from(u32::from_le_bytes(*head)), u64::from(u32::from_le_bytes(*tail)))
            }
            _ => (key.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)), 0),
        },
    };
    let mixed = head.wrapping_mul(SPREAD) ^ tail.rotate_left(29).wrapping_mul(SPREAD) ^ key.len() as u64;
    (mixed.wrapping_mul(SPREAD) >> 32) as u32
}
