//! How a publisher's words on its figures differ between releases.

use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use super::Rename;
use crate::model::{Dataset, DocumentId, SeriesKey, Wording};

/// Words in a row that both texts share and that are printed whole.
const SHARED_WORDS: usize = 12;

/// A text that both releases have, in other words.
#[derive(Debug, Clone, Copy)]
pub struct WordingChange<'d> {
    /// The series that it is about; none where it is about the whole document.
    pub key: Option<&'d SeriesKey>,
    /// The earlier text.
    pub old: &'d Wording,
    /// The later text.
    pub new: &'d Wording,
}

/// What a text is about, and what kind it is.
type Place<'d> = (&'d SeriesKey, &'static str);

fn wordings<'d>(dataset: &'d Dataset, documents: &[DocumentId]) -> BTreeMap<Place<'d>, &'d Wording> {
    let mut found = BTreeMap::new();
    for id in documents {
        for block in dataset.blocks_of(*id) {
            let key = &dataset.series(block.series).key;
            for wording in &block.wordings {
                found.insert((key, wording.kind), wording);
            }
        }
    }
    found
}

/// Texts about whole documents, by kind, each once: a release may have several files, each with its own.
fn of_documents<'d>(
    dataset: &'d Dataset,
    documents: &[DocumentId],
) -> BTreeMap<&'static str, Vec<&'d Wording>> {
    let mut found: BTreeMap<&'static str, Vec<&Wording>> = BTreeMap::new();
    for wording in documents.iter().flat_map(|id| &dataset.document(*id).wordings) {
        let known = found.entry(wording.kind).or_default();
        if !known.iter().any(|one| words_of(one).eq(words_of(wording))) {
            known.push(wording);
        }
    }
    found
}

/// What is left of the texts of a kind on either side without those that both have, in pairs, in their order.
fn other_texts<'d>(old: &[&'d Wording], new: &[&'d Wording]) -> Vec<(&'d Wording, &'d Wording)> {
    let without = |texts: &[&'d Wording], others: &[&'d Wording]| -> Vec<&'d Wording> {
        let stays = |one: &&&Wording| !others.iter().any(|other| words_of(other).eq(words_of(one)));
        texts.iter().filter(stays).copied().collect()
    };
    without(old, new).into_iter().zip(without(new, old)).collect()
}

fn words_of(wording: &Wording) -> impl Iterator<Item = &str> {
    wording.text.split_whitespace()
}

/// Texts that differ in their words, each difference once, however many series share it.
pub fn changed_wordings<'d>(
    (old, old_documents): (&'d Dataset, &[DocumentId]),
    (new, new_documents): (&'d Dataset, &[DocumentId]),
    renames: &[Rename<'d>],
) -> Vec<WordingChange<'d>> {
    let (earlier, later) = (of_documents(old, old_documents), of_documents(new, new_documents));
    let of_documents = later.iter().filter_map(|(kind, texts)| Some((earlier.get(kind)?, texts)));
    let mut pairs: Vec<(Option<&SeriesKey>, &Wording, &Wording)> = of_documents
        .flat_map(|(old, new)| other_texts(old, new))
        .map(|(old, new)| (None, old, new))
        .collect();
    let (old, new) = (wordings(old, old_documents), wordings(new, new_documents));
    for ((key, kind), new) in new {
        let renamed = renames.iter().find(|rename| rename.new == key).map(|rename| rename.old);
        if let Some(old) = old.get(&(renamed.unwrap_or(key), kind)) {
            pairs.push((Some(key), old, new));
        }
    }
    let mut changes: Vec<WordingChange<'d>> = Vec::new();
    for (key, old, new) in pairs {
        let is_known = |one: &WordingChange<'_>| one.old.text == old.text && one.new.text == new.text;
        // An address says nothing of what stands there; many publishers give each release one of its own.
        let is_address = |wording: &Wording| words_of(wording).count() == 1 && wording.text.contains("://");
        if words_of(old).ne(words_of(new))
            && !(is_address(old) && is_address(new))
            && !changes.iter().any(is_known)
        {
            changes.push(WordingChange { key, old, new });
        }
    }
    changes
}

/// A text with what was taken away as `[-this-]` and what was put in as `{+this+}`; long stretches that did not change
/// are left out.
pub fn word_difference(old: &str, new: &str) -> String {
    let difference = TextDiff::from_words(old, new);
    let mut runs: Vec<(ChangeTag, String)> = Vec::new();
    for change in difference.iter_all_changes() {
        match runs.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => runs.push((change.tag(), change.value().to_owned())),
        }
    }
    let count = runs.len();
    let written = runs.into_iter().enumerate().map(|(place, (tag, text))| match tag {
        ChangeTag::Delete => bracketed("[-", &text, "-]"),
        ChangeTag::Insert => bracketed("{+", &text, "+}"),
        ChangeTag::Equal => shortened(&text, place == 0, place + 1 == count),
    });
    let text = written.collect::<String>().replace("-]{+", "-] {+");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in brackets that hold no blanks at its ends.
fn bracketed(open: &str, text: &str, close: &str) -> String {
    let words = text.trim();
    if words.is_empty() {
        return text.to_owned();
    }
    let start = &text[..text.len() - text.trim_start().len()];
    let end = &text[text.trim_end().len()..];
    format!("{start}{open}{words}{close}{end}")
}

/// A stretch that did not change, cut in the middle, or away from the change where it begins or ends the text.
fn shortened(text: &str, is_first: bool, is_last: bool) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= SHARED_WORDS {
        return text.to_owned();
    }
    let half = SHARED_WORDS / 2;
    let (start, end) = (words[..half].join(" "), words[words.len() - half..].join(" "));
    match (is_first, is_last) {
        (true, _) => format!("… {end} "),
        (_, true) => format!(" {start} …"),
        _ => format!(" {start} … {end} "),
    }
}

#[cfg(test)]
mod tests {
    use super::word_difference;

    #[test]
    fn words_that_changed_are_marked_and_long_stretches_left_out() {
        assert_eq!(
            word_difference("Reports are counted once.", "Incidents are counted once, bundled."),
            "[-Reports-] {+Incidents+} are counted [-once.-] {+once, bundled.+}"
        );
        let long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
        assert_eq!(
            word_difference(&format!("{long} old"), &format!("{long} new")),
            "… nine ten eleven twelve thirteen fourteen [-old-] {+new+}"
        );
    }
}
