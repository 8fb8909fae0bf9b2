//! A change to the earlier side that makes it follow the later one, as a unified diff.
//!
//! Each restated number is written in place of the old one, in the way in which the old one is written: with or without
//! separators, percent sign and quotes. What cannot be written so (ranges, cells of a workbook) is counted.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use similar::TextDiff;

use super::words;
use crate::diag::grouped;
use crate::engine::Step;
use crate::history::Change;
use crate::source::{Source, SourceId, Span};

/// A patch, and what it leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patch {
    /// The unified diff; empty where nothing changes.
    pub text: String,
    /// Numbers that it changes.
    pub changed: usize,
    /// Restated numbers that it does not change.
    pub left_out: usize,
}

/// Writes the patch of a step.
pub fn patch(step: &Step<'_>) -> Patch {
    let sources = &step.old.outcome.sources;
    let mut edits: BTreeMap<SourceId, Vec<(Span, String)>> = BTreeMap::new();
    let mut patch = Patch::default();
    for change in words::restated(step) {
        let location = change.old.origin.location();
        match replacement(sources.get(location.source), &change) {
            Some(text) => {
                edits.entry(location.source).or_default().push((location.span, text));
                patch.changed += 1;
            }
            None => patch.left_out += 1,
        }
    }
    for (source, mut edits) in edits {
        let source = sources.get(source);
        edits.sort_by_key(|(span, _)| *span);
        let (mut text, mut end) = (String::with_capacity(source.text.len()), 0);
        for (span, new) in edits {
            text.push_str(source.text.get(end..span.start as usize).unwrap_or_default());
            text.push_str(&new);
            end = span.end as usize;
        }
        text.push_str(source.text.get(end..).unwrap_or_default());
        let difference = TextDiff::from_lines(source.text.as_str(), text.as_str());
        let header = (format!("a/{}", source.path), format!("b/{}", source.path));
        patch.text.push_str(&difference.unified_diff().header(&header.0, &header.1).to_string());
    }
    patch
}

/// The later number as the earlier one is written.
fn replacement(source: &Source, change: &Change<'_>) -> Option<String> {
    let number = change.new.quantity.point().filter(|_| change.old.quantity.point().is_some())?.normalize();
    // A sheet is no text of its file, and a text that was decoded is not its bytes.
    if source.sheet.is_some() || source.encoding.is_some() {
        return None;
    }
    let raw = source.slice(change.old.origin.value);
    let quote = raw
        .chars()
        .next()
        .filter(|first| ['"', '\''].contains(first) && raw.ends_with(*first) && raw.len() > 1);
    let inner = quote.map_or(raw, |_| &raw[1..raw.len() - 1]);
    let digits = inner.trim().trim_end_matches('%').trim_end();
    let is_plain = |text: &str| text.chars().all(|one| one.is_ascii_digit() || ".,-".contains(one));
    if digits.is_empty() || !is_plain(digits) {
        return None;
    }
    let is_percent = inner.trim().ends_with('%');
    // Commas are taken for thousands separators and dots for decimal marks; where the earlier number then reads otherwise
    // than it was read, the file writes its numbers in another way.
    let read: Decimal = digits.replace(',', "").parse().ok()?;
    let read = if is_percent { read / Decimal::ONE_HUNDRED } else { read };
    if Some(read.normalize()) != change.old.quantity.point().map(|point| point.normalize()) {
        return None;
    }
    let shown = if is_percent { (number * Decimal::ONE_HUNDRED).normalize() } else { number };
    let decimals = digits.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len() as u32);
    let mut shown = shown;
    if shown.scale() < decimals {
        shown.rescale(decimals);
    }
    let has_separators = digits.contains(',');
    let mut text = if has_separators { grouped(shown).replace('−', "-") } else { shown.to_string() };
    if is_percent {
        text.push_str(&inner[inner.find(digits)? + digits.len()..]);
    }
    // A number from 1,000 on that is written with separators where none stood needs quotes in a table of commas.
    let needs_quote = quote.is_none() && text.contains(',');
    Some(match quote {
        Some(quote) => format!("{quote}{text}{quote}"),
        None if needs_quote => format!("\"{text}\""),
        None => text,
    })
}
