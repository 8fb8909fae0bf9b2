//! Fills a [`Tree`] from a stream of opens, keys, scalars and closes: the half the three loaders share.
//!
//! It keeps the stack of open containers, bounds how deep they are, finds repeated keys when an object closes, and
//! closes what is still open when a loader gives up.

use std::collections::HashMap;

use super::tree::{
    Content, DECODED, Decoded, DuplicateKey, LARGEST_NUMBER, QUOTED, Slot, SyntaxError, TAG_ARRAY, TAG_FALSE,
    TAG_KEY, TAG_NULL, TAG_NUMBER, TAG_OBJECT, TAG_STRING, TAG_TRUE, Tree,
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
        Self::new(span, if truth { TAG_TRUE } else { TAG_FALSE })
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
    /// Its place in [`Tree::contents`].
    content: u32,
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
    /// The largest number that a slot can hold.
    largest: u32,
    /// The first text that could not be kept decoded.
    left_encoded: Option<Span>,
}

impl<'a> Builder<'a> {
    /// `capacity` is the expected number of slots.
    pub(super) fn new(text: &'a str, capacity: usize, limits: &Limits) -> Self {
        let tree = Tree { text, slots: Vec::with_capacity(capacity), ..Tree::default() };
        Self {
            tree,
            open: Vec::new(),
            keys: Vec::new(),
            content_end: 0,
            settled: 0,
            limits: *limits,
            largest: LARGEST_NUMBER,
            left_encoded: None,
        }
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
        let Scalar { span, meta, decoded } = scalar;
        let slot = match decoded {
            None if span.len() <= self.largest => Slot::new(span.start, meta, span.len()),
            decoded => self.kept_aside(span, meta, decoded),
        };
        self.tree.slots.push(slot);
        self.content_end = span.end;
        slot
    }

    /// The slot of text that is not what stands in the file, or is too long for its length to be held in the slot.
    #[inline(never)]
    fn kept_aside(&mut self, span: Span, meta: u32, decoded: Option<Box<str>>) -> Slot {
        let number = self.tree.decoded.len() as u32;
        if number > self.largest {
            self.left_encoded.get_or_insert(span);
            return Slot::new(span.start, meta, span.len().min(self.largest));
        }
        let quote = u32::from(meta & QUOTED != 0);
        let inner = Span::new(span.start + quote, span.end.saturating_sub(quote));
        let text = decoded.unwrap_or_else(|| self.tree.text.get(inner.range()).unwrap_or_default().into());
        self.tree.decoded.push(Decoded { text, end: span.end });
        Slot::new(span.start, meta | DECODED, number)
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
        slot.with_tag(written)
    }

    /// Opens a container; refused beyond the limit.
    #[inline]
    pub(super) fn open(&mut self, container: Container, start: u32) -> Result<(), Box<SyntaxError>> {
        if self.open.len() as u64 >= self.limits.nesting_depth {
            return Err(too_deep(Span::new(start, start + 1), self.open.len() + 1, &self.limits));
        }
        self.make_sure_of_containers(1, start)?;
        self.count_child();
        let slot = self.next_slot();
        let first_key = self.keys.len() as u32;
        let tag = if container == Container::Array { TAG_ARRAY } else { TAG_OBJECT };
        let content = Content { end: start, after: slot + 1, children: 0, is_incomplete: false };
        let content = self.add_container(start, tag, content);
        self.open.push(Frame { slot, start, container, content, children: 0, first_key });
        self.content_end = start;
        Ok(())
    }

    /// Refuses so many more containers where there would be more than a slot can number.
    fn make_sure_of_containers(&self, count: usize, at: u32) -> Result<(), Box<SyntaxError>> {
        let most = self.largest as usize + 1;
        if self.tree.contents.len() + count <= most {
            return Ok(());
        }
        Err(Box::new(SyntaxError {
            span: Span::new(at, at + 1),
            message: format!("more than {most} lists and objects; the rest is not read"),
            help: Some("split the file by period or by publisher".to_owned()),
        }))
    }

    /// Adds the slot of a container, and returns its number.
    #[inline]
    fn add_container(&mut self, start: u32, tag: u32, content: Content) -> u32 {
        let number = self.tree.contents.len() as u32;
        self.tree.contents.push(content);
        self.tree.slots.push(Slot::new(start, tag, number));
        number
    }

    /// Closes the innermost container at byte `end`.
    #[inline]
    pub(super) fn close(&mut self, end: u32) {
        self.close_as(end, false);
    }

    #[inline]
    fn close_as(&mut self, end: u32, is_incomplete: bool) {
        let Some(frame) = self.open.pop() else { return };
        if frame.container == Container::Object {
            self.report_duplicates(frame.first_key as usize);
            self.keys.truncate(frame.first_key as usize);
        }
        let after = self.next_slot();
        self.tree.contents[frame.content as usize] =
            Content { end, after, children: frame.children, is_incomplete };
        self.content_end = end;
        self.settled = after;
    }

    /// Adds a copy of slots made before, as a YAML alias asks for. Their spans stay those of the definition.
    pub(super) fn copy(&mut self, first: u32, after: u32) -> Result<(), Box<SyntaxError>> {
        let height = self.height(first, after);
        let depth = self.open.len() + height;
        if depth as u64 > self.limits.nesting_depth {
            return Err(too_deep(Span::new(self.content_end, self.content_end), depth, &self.limits));
        }
        let copied = &self.tree.slots[first as usize..after as usize];
        let containers = copied.iter().filter(|slot| slot.is_container()).count();
        self.make_sure_of_containers(containers, self.content_end)?;
        self.count_child();
        let shift = self.next_slot().wrapping_sub(first);
        for index in first..after {
            let slot = self.tree.slots[index as usize];
            if slot.is_container() {
                let content = self.tree.content(slot);
                let content = Content { after: content.after.wrapping_add(shift), ..content };
                self.add_container(slot.start, slot.tag(), content);
            } else {
                self.tree.slots.push(slot);
            }
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
                ends.push(self.tree.content(slot).after);
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
    pub(super) fn finish(mut self) -> Tree<'a> {
        self.tree.failure = self.left_encoded.map(|span| SyntaxError {
            span,
            message: format!(
                "more than {} texts differ from what they mean; from here on they are read as written",
                self.tree.decoded.len()
            ),
            help: Some("split the file by period or by publisher".to_owned()),
        });
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
            self.close_as(self.content_end, true);
        }
        self.tree.failure = Some(error);
        self.tree
    }

    /// The tree of a text whose parser went on after `error`, so that anything may be missing anywhere.
    pub(super) fn abort_everywhere(mut self, error: SyntaxError) -> Tree<'a> {
        for content in &mut self.tree.contents {
            content.is_incomplete = true;
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
            self.content_end = if slot.is_container() { slot.start } else { self.tree.slot_span(*slot).end };
        }
    }

    /// The last scalar, if it is a value without quotes: the kind that cannot be told from half of itself.
    pub(super) fn last_unquoted_end(&self) -> Option<u32> {
        let last = *self.tree.slots.last()?;
        (self.last_is_value() && !last.has(QUOTED)).then(|| self.tree.slot_span(last).end)
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
            let span = tree.slot_span(slot);
            let first = *firsts.entry(key).or_insert(span);
            if first != span {
                found.push(DuplicateKey { key: key.to_owned(), first, second: span });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Node;

    fn narrow(text: &str) -> Builder<'_> {
        Builder { largest: 1, ..Builder::new(text, 4, &Limits::default()) }
    }

    #[test]
    fn more_containers_than_slots_can_number_are_refused() {
        let mut builder = narrow("[[[");
        assert!(builder.open(Container::Array, 0).is_ok() && builder.open(Container::Array, 1).is_ok());
        let error = builder.open(Container::Array, 2).unwrap_err();
        assert_eq!(error.message, "more than 2 lists and objects; the rest is not read");
        assert_eq!(error.span, Span::new(2, 3));
        let tree = builder.abort(*error, false);
        assert_eq!(tree.root().unwrap().items().next().unwrap().len(), 0);
    }

    #[test]
    fn a_copy_is_made_whole_or_not_at_all() {
        let mut builder = Builder { largest: 3, ..Builder::new("[[a[b]]", 4, &Limits::default()) };
        for place in [0, 1, 3] {
            builder.open(Container::Array, place).unwrap();
        }
        builder.scalar(Scalar::plain(Span::new(4, 5)));
        builder.close(6);
        builder.close(7);
        let error = builder.copy(1, 4).unwrap_err();
        assert_eq!(error.message, "more than 4 lists and objects; the rest is not read");
        let tree = builder.abort(*error, false);
        let lengths: Vec<usize> = tree.root().unwrap().items().map(Node::len).collect();
        assert_eq!((tree.root().unwrap().len(), lengths), (1, vec![1]));
    }

    #[test]
    fn text_that_is_too_long_for_a_slot_is_kept_at_the_side() {
        let mut builder = narrow("[\"abc\"]");
        builder.open(Container::Array, 0).unwrap();
        builder.scalar(Scalar::quoted(Span::new(1, 6)));
        builder.close(7);
        let tree = builder.finish();
        let item = tree.root().unwrap().items().next().unwrap();
        assert_eq!((item.scalar_text(), item.span()), ("abc", Span::new(1, 6)));
        assert!(item.is_quoted() && tree.failure.is_none());
    }

    #[test]
    fn more_decoded_texts_than_slots_can_number_are_told_of() {
        let mut builder = narrow("abc");
        for place in 0..3 {
            builder.scalar(Scalar::plain(Span::new(place, place + 1)).with_text(Some("x".into())));
        }
        let tree = builder.finish();
        let failure = tree.failure.as_ref().unwrap();
        assert_eq!(failure.span, Span::new(2, 3));
        assert!(failure.message.starts_with("more than 2 texts"), "{failure:?}");
        assert_eq!(tree.node(1).scalar_text(), "x");
        assert_eq!(tree.node(2).scalar_text(), "c");
    }
}
