//! Comments in a report document that accept findings.
//!
//! `# candor: allow sharp-drop until 2027-06-30: the service closed in 2023` after a value speaks of that line; on a line
//! of its own it speaks of all of the value, series or list that begins on the next line. Several rules are separated by
//! commas. The words are read here; what they come to is decided where findings are set aside.

use super::Reader;
use crate::diag::Location;
use crate::load::{Kind, Node, Tree};
use crate::model::AllowComment;
use crate::source::Span;

const MARK: &str = "candor: allow";

impl Reader<'_> {
    /// Notes every comment of a document that accepts findings.
    pub(super) fn allow_comments(&mut self, tree: &Tree<'_>) {
        // Most documents have none.
        let Some(root) = tree.root().filter(|_| self.source.text.contains(MARK)) else { return };
        let mut start = 0;
        let text = self.source.text.clone();
        for line in text.split_inclusive('\n') {
            if let Some((at, words)) = comment(line)
                && !is_in_text(root, (start + at) as u32)
            {
                let is_alone = line[..at].trim().is_empty();
                let end = start + line.trim_end().len();
                let covers = if is_alone {
                    beneath(root, &text, end)
                } else {
                    Span::new(start as u32, (start + at) as u32)
                };
                let (rules, until, reason) = parts(words);
                let location = Location {
                    source: self.input.source,
                    span: Span::new((start + at) as u32, end as u32),
                    cell: None,
                };
                self.builder.allow_comment(AllowComment { location, covers, rules, reason, until });
            }
            start += line.len();
        }
    }
}

/// Where a comment of ours begins in a line, and what follows the mark.
fn comment(line: &str) -> Option<(usize, &str)> {
    let mark = line.find(MARK)?;
    let at = line[..mark].trim_end().strip_suffix('#')?.len();
    let words = &line[mark + MARK.len()..];
    words.starts_with([' ', ':', '\n', '\r']).then_some((at, words.trim()))
}

/// Rules, last day and reason: `a, b until 2027-06-30: why`.
fn parts(words: &str) -> (Vec<String>, Option<String>, Option<String>) {
    let (head, reason) = words.split_once(':').unwrap_or((words, ""));
    let (rules, until) = head.split_once(" until ").unwrap_or((head, ""));
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let rules = rules.split(',').filter_map(filled).collect();
    (rules, filled(until), filled(reason))
}

/// Whether a byte is part of a text value: a mark inside quotes is no comment.
fn is_in_text(root: Node<'_>, at: u32) -> bool {
    let inside = |span: Span| span.start <= at && at < span.end;
    let mut node = root;
    'down: loop {
        if !matches!(node.kind(), Kind::Array | Kind::Object) {
            return node.kind() == Kind::String && inside(node.span());
        }
        for child in children(node) {
            if inside(child.span()) {
                node = child;
                continue 'down;
            }
        }
        return false;
    }
}

fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.members().map(|member| member.value).chain(node.items())
}

/// The widest value that begins on the first line with content after a place, with its key.
fn beneath(root: Node<'_>, text: &str, after: usize) -> Span {
    let skipped = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let mut start = after;
    let mut lines = text[after..].split_inclusive('\n');
    // The rest of the comment's own line.
    start += lines.next().map_or(0, str::len);
    let mut end = start;
    for line in lines {
        end = start + line.len();
        if !skipped(line) {
            break;
        }
        start = end;
    }
    let begins = |at: u32| (start as u32..end as u32).contains(&at);
    let mut node = root;
    loop {
        let members = || node.members().map(|member| (member.key_span.start, member.value));
        let all = || members().chain(node.items().map(|item| (item.span().start, item)));
        if let Some((first, value)) = all().find(|(first, _)| begins(*first)) {
            return Span::new(first, value.span().end.max(end as u32));
        }
        // Members stand in order: the last one that begins before may hold the line.
        match all().filter(|(first, _)| (*first as usize) < start).last() {
            Some((_, value)) if value.span().end as usize > start => node = value,
            _ => return Span::new(start as u32, end as u32),
        }
    }
}
