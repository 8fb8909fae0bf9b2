//! For spreadsheets: one finding a row, those included that are folded into another.

use simd_csv::Writer;

use super::region::Region;
use super::words::clean;
use crate::diag::{Finding, State};
use crate::engine::Outcome;

const COLUMNS: [&str; 22] = [
    "rule",
    "name",
    "level",
    "state",
    "confidence",
    "fingerprint",
    "publisher",
    "entity",
    "metric",
    "category",
    "breakdown",
    "jurisdiction",
    "period",
    "path",
    "line",
    "column",
    "cell",
    "message",
    "observed",
    "expected",
    "probability",
    "folded_into",
];

/// Writes all findings under a header.
pub fn render(outcome: &Outcome) -> String {
    let mut rows = Vec::new();
    outcome.findings.iter().for_each(|finding| add(finding, "", outcome, &mut rows));
    let mut writer = Writer::from_writer(Vec::new());
    let written =
        std::iter::once(COLUMNS.map(str::to_owned)).chain(rows).try_for_each(|row| writer.write_record(row));
    // Writing to memory cannot fail, and all rows are as wide as the header.
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn add(finding: &Finding, lead: &str, outcome: &Outcome, rows: &mut Vec<[String; 22]>) {
    let fingerprint = finding.fingerprint();
    let region = Region::new(finding.primary.location, &outcome.sources);
    let (subject, evidence) = (&finding.subject, &finding.evidence);
    let text = |part: &Option<String>| harmless(part.as_deref().unwrap_or_default());
    let in_text = |number: u32| if region.cell.is_none() { number.to_string() } else { String::new() };
    rows.push([
        finding.rule.code.to_owned(),
        finding.rule.name.to_owned(),
        finding.level.as_str().to_owned(),
        state(&finding.state).to_owned(),
        format!("{:?}", finding.confidence).to_lowercase(),
        fingerprint.clone(),
        text(&subject.publisher),
        text(&subject.entity),
        text(&subject.metric),
        text(&subject.category),
        text(&subject.breakdown),
        text(&subject.jurisdiction),
        text(&subject.period),
        harmless(region.path),
        in_text(region.line),
        in_text(region.column),
        harmless(region.cell.as_deref().unwrap_or_default()),
        harmless(&finding.message),
        text(&evidence.observed),
        text(&evidence.expected),
        evidence.probability.map(|one| one.to_string()).unwrap_or_default(),
        lead.to_owned(),
    ]);
    finding.folded.iter().for_each(|one| add(one, &fingerprint, outcome, rows));
}

fn state(state: &State) -> &'static str {
    match state {
        State::Active => "active",
        State::Explained { .. } => "explained",
        State::Allowed { .. } => "allowed",
        State::Baselined => "baselined",
    }
}

/// A text that a spreadsheet does not take for a formula: labels come from inputs and may be anything.
pub(in crate::render) fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = clean(text);
    if is_formula { format!("'{text}") } else { text }
}
