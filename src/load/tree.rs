//! One tree for JSON, YAML and TOML, in which every value and every key knows where it stands in the file.
//!
//! A [`Tree`] is a tape: one vector of 8-byte slots in document order. A scalar is one slot; a container is one slot
//! followed by its content. What else there is to know of a container is kept at the side, as is the number of the slot
//! after its last descendant, so that a whole subtree is skipped in one step. In an object each value slot is preceded by
//! the slot of its key. Text is borrowed from the file; only text that is written differently from what it means (escapes,
//! folded lines), or is longer than a slot can say, is kept decoded, at the side as well.
//!
//! A [`Node`] is a cheap handle on one slot. Nothing here recurses: how deep documents are is bounded, and the
//! loaders, which fill the tree through `Builder`, work with stacks of their own.
//!
//! A file with a syntax error still gives a tree: what was read up to the error, with [`Tree::failure`] saying what
//! went wrong and [`Node::is_incomplete`] marking the containers that were open at that point.

use std::borrow::Cow;

use crate::source::Span;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No value: `null`, `~`, or nothing after a YAML key.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number, kept as it is written.
    Number,
    /// Text.
    String,
    /// A list.
    Array,
    /// An object, also called mapping (YAML) or table (TOML).
    Object,
}

/// A place where the text is not what its format demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The text that does not fit; empty at the end of the file.
    pub span: Span,
    /// What is wrong, in one clause without a full stop.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
}

/// A key that stands twice in one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The key, with escapes decoded.
    pub key: String,
    /// The first place, the one [`Node::get`] answers from.
    pub first: Span,
    /// The repetition.
    pub second: Span,
}

/// A value found by its pointer, with the key it stands under.
#[derive(Debug, Clone, Copy)]
pub struct Located<'t> {
    /// The value.
    pub node: Node<'t>,
    /// The key, where the value is a member of an object.
    pub key_span: Option<Span>,
}

/// A parsed document. See the [module documentation](self).
#[derive(Debug, Default)]
pub struct Tree<'a> {
    /// Every repeated key, in document order of the object's end.
    pub duplicates: Vec<DuplicateKey>,
    /// Why the document could not be read to its end.
    pub failure: Option<SyntaxError>,
    pub(super) text: &'a str,
    pub(super) slots: Vec<Slot>,
    pub(super) contents: Vec<Content>,
    pub(super) decoded: Vec<Decoded>,
}

/// One entry of the tape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) start: u32,
    /// Tag in the low three bits, two flags, and then a number: of a container its place in [`Tree::contents`], of text
    /// that is kept at the side its place in [`Tree::decoded`], of all other text its length.
    meta: u32,
}

const _: () = assert!(size_of::<Slot>() == 8);

/// What a container holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content {
    /// Where it ends.
    pub(super) end: u32,
    /// The slot after its last descendant.
    pub(super) after: u32,
    pub(super) children: u32,
    /// Whether the file broke off inside it.
    pub(super) is_incomplete: bool,
}

/// Text that is kept at the side.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: Box<str>,
    /// Where it ends in the file.
    pub(super) end: u32,
}

const TAG_MASK: u32 = 0b111;
pub(super) const TAG_NULL: u32 = 0;
pub(super) const TAG_TRUE: u32 = 1;
pub(super) const TAG_FALSE: u32 = 2;
pub(super) const TAG_NUMBER: u32 = 3;
pub(super) const TAG_STRING: u32 = 4;
pub(super) const TAG_ARRAY: u32 = 5;
pub(super) const TAG_OBJECT: u32 = 6;
pub(super) const TAG_KEY: u32 = 7;
/// The text stands in quotes, which are part of the span.
pub(super) const QUOTED: u32 = 1 << 3;
/// The text is kept in [`Tree::decoded`].
pub(super) const DECODED: u32 = 1 << 4;
const NUMBER_SHIFT: u32 = 5;
/// Largest number that a slot can hold.
pub(super) const LARGEST_NUMBER: u32 = u32::MAX >> NUMBER_SHIFT;

impl Slot {
    /// `meta` is a tag with flags; the number is at most [`LARGEST_NUMBER`].
    #[inline]
    pub(super) fn new(start: u32, meta: u32, number: u32) -> Self {
        Self { start, meta: meta | (number << NUMBER_SHIFT) }
    }

    #[inline]
    pub(super) fn tag(self) -> u32 {
        self.meta & TAG_MASK
    }

    /// The same with another tag.
    #[inline]
    pub(super) fn with_tag(self, tag: u32) -> Self {
        Self { meta: (self.meta & !TAG_MASK) | tag, ..self }
    }

    #[inline]
    pub(super) fn has(self, flag: u32) -> bool {
        self.meta & flag != 0
    }

    #[inline]
    pub(super) fn number(self) -> u32 {
        self.meta >> NUMBER_SHIFT
    }

    #[inline]
    pub(super) fn is_container(self) -> bool {
        matches!(self.tag(), TAG_ARRAY | TAG_OBJECT)
    }
}

impl<'a> Tree<'a> {
    /// The outermost value; none if the file broke off before it had one.
    pub fn root(&self) -> Option<Node<'_>> {
        if self.slots.is_empty() { None } else { Some(self.node(0)) }
    }

    /// The text the tree was read from.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Looks a value up by its JSON pointer (`/records/3/value`; the empty pointer is the root).
    ///
    /// Walks the siblings on the way: good for a few lookups, not for one a record.
    pub fn locate(&self, pointer: &str) -> Option<Located<'_>> {
        let mut node = self.root()?;
        if pointer.is_empty() {
            return Some(Located { node, key_span: None });
        }
        for segment in pointer.strip_prefix('/')?.split('/') {
            let name = unescape_segment(segment);
            node = match node.kind() {
                Kind::Object => node.get(&name)?,
                Kind::Array => node.items().nth(array_index(&name)?)?,
                _ => return None,
            };
        }
        Some(Located { node, key_span: node.key_span() })
    }

    /// Handle on a slot that is known to exist.
    #[inline]
    pub(crate) fn node(&self, index: u32) -> Node<'_> {
        Node { tree: self, index }
    }

    /// Handle on a value slot by its number, if there is such a value.
    pub(crate) fn node_at(&self, index: u32) -> Option<Node<'_>> {
        let slot = self.slots.get(index as usize)?;
        if slot.tag() == TAG_KEY { None } else { Some(self.node(index)) }
    }

    #[inline]
    fn slot(&self, index: u32) -> Slot {
        self.slots[index as usize]
    }

    /// The slot after the subtree that starts at `index`.
    #[inline]
    fn after(&self, index: u32) -> u32 {
        let slot = self.slot(index);
        if slot.is_container() { self.content(slot).after } else { index + 1 }
    }

    /// What a container holds.
    #[inline]
    pub(super) fn content(&self, slot: Slot) -> Content {
        self.contents[slot.number() as usize]
    }

    /// Where an entry stands.
    #[inline]
    pub(super) fn slot_span(&self, slot: Slot) -> Span {
        let end = if slot.is_container() {
            self.content(slot).end
        } else if slot.has(DECODED) {
            self.decoded[slot.number() as usize].end
        } else {
            slot.start + slot.number()
        };
        Span::new(slot.start, end)
    }

    #[inline]
    pub(super) fn slot_text(&self, slot: Slot) -> &str {
        if slot.has(DECODED) {
            return &self.decoded[slot.number() as usize].text;
        }
        let (start, quote) = (slot.start as usize, usize::from(slot.has(QUOTED)));
        let range = start + quote..(start + slot.number() as usize).saturating_sub(quote);
        self.text.get(range).unwrap_or("")
    }
}

/// Decodes `~1` and `~0` in one segment of a JSON pointer.
fn unescape_segment(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

/// A JSON pointer writes an index in plain digits without leading zeros.
fn array_index(segment: &str) -> Option<usize> {
    let plain =
        segment.bytes().all(|byte| byte.is_ascii_digit()) && (segment == "0" || !segment.starts_with('0'));
    if plain { segment.parse().ok() } else { None }
}

/// Handle on one value of a [`Tree`].
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree<'t>,
    index: u32,
}

impl<'t> Node<'t> {
    #[inline]
    fn slot(self) -> Slot {
        self.tree.slot(self.index)
    }

    /// The tree this node belongs to.
    pub fn tree(self) -> &'t Tree<'t> {
        self.tree
    }

    /// Number of the node's slot, unique in its tree.
    pub(crate) fn index(self) -> u32 {
        self.index
    }

    /// What the node is.
    #[inline]
    pub fn kind(self) -> Kind {
        match self.slot().tag() {
            TAG_NULL => Kind::Null,
            TAG_TRUE | TAG_FALSE => Kind::Bool,
            TAG_NUMBER => Kind::Number,
            TAG_ARRAY => Kind::Array,
            TAG_OBJECT => Kind::Object,
            _ => Kind::String,
        }
    }

    /// The value as it is written, quotes and brackets included. For a YAML alias this is the anchored definition.
    pub fn span(self) -> Span {
        self.tree.slot_span(self.slot())
    }

    /// The key this value stands under, where it is a member of an object.
    pub fn key_span(self) -> Option<Span> {
        let before = self.tree.slots.get(self.index.checked_sub(1)? as usize)?;
        (before.tag() == TAG_KEY).then(|| self.tree.slot_span(*before))
    }

    /// The name this value stands under, where it is a member of an object.
    pub fn key(self) -> Option<Cow<'t, str>> {
        let before = *self.tree.slots.get(self.index.checked_sub(1)? as usize)?;
        (before.tag() == TAG_KEY).then(|| Cow::Borrowed(self.tree.slot_text(before)))
    }

    /// The decoded text of a string; the exact source text of a number, boolean or null; nothing for a container.
    pub fn text(self) -> Cow<'t, str> {
        Cow::Borrowed(self.scalar_text())
    }

    /// The decoded text, if the node is a string.
    pub fn as_str(self) -> Option<&'t str> {
        (self.kind() == Kind::String).then(|| self.scalar_text())
    }

    /// The truth value, if the node is a boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.slot().tag() {
            TAG_TRUE => Some(true),
            TAG_FALSE => Some(false),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn scalar_text(self) -> &'t str {
        let slot = self.slot();
        if slot.is_container() { "" } else { self.tree.slot_text(slot) }
    }

    /// The value as it is written in the file.
    pub fn source_text(self) -> &'t str {
        self.tree.text.get(self.span().range()).unwrap_or("")
    }

    /// Whether the value is text in quotes.
    pub fn is_quoted(self) -> bool {
        self.slot().has(QUOTED)
    }

    /// Whether the file broke off inside this container, so that it may lack members it was meant to have.
    pub fn is_incomplete(self) -> bool {
        self.own_content().is_some_and(|content| content.is_incomplete)
    }

    /// Number of members or items; 0 for a scalar.
    pub fn len(self) -> usize {
        self.own_content().map_or(0, |content| content.children as usize)
    }

    /// Whether the node has neither members nor items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The members of an object in the order of the file, repeated keys included; nothing for other kinds.
    pub fn members(self) -> Members<'t> {
        let (next, end) = self.content(TAG_OBJECT);
        Members { tree: self.tree, next, end }
    }

    /// The items of a list; nothing for other kinds.
    pub fn items(self) -> Items<'t> {
        let (next, end) = self.content(TAG_ARRAY);
        Items { tree: self.tree, next, end }
    }

    /// The value of the first member with this key.
    #[inline]
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        let (mut next, end) = self.content(TAG_OBJECT);
        while next < end {
            let slot = self.tree.slot(next);
            if self.tree.slot_text(slot) == key {
                return Some(self.tree.node(next + 1));
            }
            next = self.tree.after(next + 1);
        }
        None
    }

    /// The slots inside a container with this tag, as a half-open range.
    #[inline]
    fn content(self, tag: u32) -> (u32, u32) {
        let slot = self.slot();
        if slot.tag() == tag { (self.index + 1, self.tree.content(slot).after) } else { (0, 0) }
    }

    /// What the node holds, where it is a container.
    #[inline]
    fn own_content(self) -> Option<Content> {
        let slot = self.slot();
        slot.is_container().then(|| self.tree.content(slot))
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Node").field("kind", &self.kind()).field("span", &self.span()).finish()
    }
}

/// One member of an object.
#[derive(Debug, Clone)]
pub struct Member<'t> {
    /// The decoded key.
    pub key: Cow<'t, str>,
    /// The key as it is written, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node<'t>,
}

/// Iterator over the members of an object; made by [`Node::members`].
#[derive(Debug, Clone)]
pub struct Members<'t> {
    tree: &'t Tree<'t>,
    next: u32,
    end: u32,
}

impl<'t> Members<'t> {
    /// The next member as plain parts, without the wrapping that [`Member`] adds.
    #[inline]
    pub(crate) fn next_pair(&mut self) -> Option<(&'t str, Node<'t>)> {
        if self.next >= self.end {
            return None;
        }
        let key = self.tree.slot_text(self.tree.slot(self.next));
        let value = self.tree.node(self.next + 1);
        self.next = self.tree.after(self.next + 1);
        Some((key, value))
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = Member<'t>;

    fn next(&mut self) -> Option<Member<'t>> {
        let (key, value) = self.next_pair()?;
        Some(Member { key: Cow::Borrowed(key), key_span: value.key_span().unwrap_or_default(), value })
    }
}

/// Iterator over the items of a list; made by [`Node::items`].
#[derive(Debug, Clone)]
pub struct Items<'t> {
    tree: &'t Tree<'t>,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = self.tree.node(self.next);
        self.next = self.tree.after(self.next);
        Some(node)
    }
}
