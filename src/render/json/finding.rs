//! One finding in JSON, with those that are folded into it.

use serde::Serialize;

use crate::diag::{Confidence, Evidence, Finding, Label, Level, Location, Note, Score, State, Subject};
use crate::render::excerpt::floor;
use crate::render::folded_count;
use crate::source::{Source, Sources};

/// Most characters of the text at a place.
const TEXT_LIMIT: usize = 200;

/// A finding.
#[derive(Serialize)]
pub struct FindingEntry<'a> {
    rule: &'static str,
    name: &'static str,
    level: Level,
    confidence: Confidence,
    score: ScoreEntry,
    state: &'a State,
    fingerprint: String,
    subject: &'a Subject,
    message: &'a str,
    location: LocationEntry<'a>,
    label: &'a str,
    related: Vec<RelatedEntry<'a>>,
    evidence: EvidenceEntry<'a>,
    notes: &'a [Note],
    folded: FoldedEntry<'a>,
}

#[derive(Serialize)]
struct ScoreEntry {
    #[serde(flatten)]
    score: Score,
    value: f64,
}

/// A place in an input.
#[derive(Serialize)]
pub struct LocationEntry<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    byte_start: u32,
    byte_end: u32,
    cell: Option<CellEntry>,
    text: String,
}

#[derive(Serialize)]
struct CellEntry {
    row: u32,
    column: u32,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    location: LocationEntry<'a>,
    label: &'a str,
}

#[derive(Serialize)]
struct EvidenceEntry<'a> {
    method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_range: Option<RangeEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<ThresholdEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeEntry<'a>>,
}

#[derive(Serialize)]
struct RangeEntry {
    low: Option<String>,
    high: Option<String>,
}

#[derive(Serialize)]
struct ThresholdEntry {
    parameter: &'static str,
    value: f64,
}

#[derive(Serialize)]
struct ChangeEntry<'a> {
    name: &'a str,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
struct FoldedEntry<'a> {
    count: usize,
    findings: Vec<FindingEntry<'a>>,
}

/// The entry of a finding and, within it, of what is folded into it.
pub fn finding_entry<'a>(finding: &'a Finding, sources: &'a Sources) -> FindingEntry<'a> {
    FindingEntry {
        rule: finding.rule.code,
        name: finding.rule.name,
        level: finding.level,
        confidence: finding.confidence,
        score: ScoreEntry { score: finding.score, value: finding.score.value() },
        state: &finding.state,
        fingerprint: finding.fingerprint(),
        subject: &finding.subject,
        message: &finding.message,
        location: location_entry(finding.primary.location, sources),
        label: &finding.primary.text,
        related: finding.related.iter().map(|label| related_entry(label, sources)).collect(),
        evidence: evidence_entry(&finding.evidence),
        notes: &finding.notes,
        folded: FoldedEntry {
            count: folded_count(finding),
            findings: finding.folded.iter().map(|one| finding_entry(one, sources)).collect(),
        },
    }
}

fn related_entry<'a>(label: &'a Label, sources: &'a Sources) -> RelatedEntry<'a> {
    RelatedEntry { location: location_entry(label.location, sources), label: &label.text }
}

/// The entry of a place.
pub fn location_entry(location: Location, sources: &Sources) -> LocationEntry<'_> {
    let source = sources.get(location.source);
    let (start, end) = (location.span.start, location.span.end.max(location.span.start));
    let place = |offset: u32| source.lines().place(&source.text, floor(&source.text, offset as usize) as u32);
    let (first, last) = (place(start), place(end));
    LocationEntry {
        path: &source.path,
        line: first.line,
        column: first.column,
        end_line: last.line,
        end_column: last.column,
        byte_start: start,
        byte_end: end,
        cell: location.cell.map(|cell| CellEntry { row: cell.row, column: cell.column.get() }),
        text: text_at(source, start, end),
    }
}

/// The text at a place, cut after a number of characters.
fn text_at(source: &Source, start: u32, end: u32) -> String {
    let (start, end) = (floor(&source.text, start as usize), floor(&source.text, end as usize));
    let text = source.text.get(start..end).unwrap_or_default();
    match text.char_indices().nth(TEXT_LIMIT) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn evidence_entry(evidence: &Evidence) -> EvidenceEntry<'_> {
    EvidenceEntry {
        method: evidence.method,
        observed: evidence.observed.as_deref(),
        expected: evidence.expected.as_deref(),
        expected_range: evidence.expected_range.map(|range| RangeEntry {
            low: range.low.map(|end| end.to_string()),
            high: range.high.map(|end| end.to_string()),
        }),
        // JSON knows no infinity and no "not a number".
        threshold: evidence
            .threshold
            .filter(|(_, value)| value.is_finite())
            .map(|(parameter, value)| ThresholdEntry { parameter, value }),
        probability: evidence.probability.filter(|value| value.is_finite()),
        changes: evidence
            .changes
            .iter()
            .map(|change| ChangeEntry {
                name: &change.name,
                from: change.from.map(|value| value.to_string()),
                to: change.to.map(|value| value.to_string()),
            })
            .collect(),
    }
}
