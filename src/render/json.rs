//! For programs: everything that a check led to, as the schema `findings-v1` describes it.
//!
//! The structs here are that schema in Rust; a test holds the one to the other. Numbers that were published are written
//! as strings, digit for digit, because many readers of JSON keep no more than about 16 digits of a number.

mod finding;
mod schedule;

use serde::Serialize;

use super::RunInfo;
use super::inputs::{Reading, readings, unusual_separator};
use super::words::json;
use crate::diag::Level;
use crate::engine::{Outcome, RuleVerdict};
use crate::rule::{Selector, Verdict};

use finding::{FindingEntry, finding_entry};
use schedule::{ScheduleEntry, schedule_entry};

/// Writes the document, indented, with a line break at its end.
pub fn render(outcome: &Outcome, run: &RunInfo) -> String {
    let document = Document {
        schema: "candor/findings-v1",
        tool: Tool { name: "candor", version: &run.version, rule_set: &run.rule_set_hash },
        as_of: outcome.as_of.map(|day| day.to_string()),
        exit_code: run.exit_code,
        fail_on: run.fail_on,
        inputs: inputs(outcome),
        parameters: outcome.settings.iter().map(|one| parameter(outcome, one)).collect(),
        rules: outcome.verdicts.iter().map(rule).collect(),
        findings: outcome.findings.iter().map(|one| finding_entry(one, &outcome.sources)).collect(),
        schedules: outcome.schedules.iter().map(|one| schedule_entry(one, &outcome.sources)).collect(),
        summary: summary(outcome),
    };
    json(&document)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    as_of: Option<String>,
    exit_code: u8,
    fail_on: Option<Level>,
    inputs: Vec<InputEntry<'a>>,
    parameters: Vec<ParameterEntry<'a>>,
    rules: Vec<RuleEntry<'a>>,
    findings: Vec<FindingEntry<'a>>,
    schedules: Vec<ScheduleEntry<'a>>,
    summary: SummaryEntry,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
    rule_set: &'a str,
}

#[derive(Serialize)]
struct InputEntry<'a> {
    path: &'a str,
    bytes: u64,
    sha256: Option<&'a str>,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<SheetEntry<'a>>,
    read: &'static str,
    values: usize,
    reason: Option<String>,
}

#[derive(Serialize)]
struct SheetEntry<'a> {
    name: &'a str,
    hidden: bool,
}

fn inputs(outcome: &Outcome) -> Vec<InputEntry<'_>> {
    readings(outcome).into_iter().map(input_entry).collect()
}

fn input_entry(reading: Reading<'_>) -> InputEntry<'_> {
    InputEntry {
        path: &reading.source.path,
        bytes: reading.source.size,
        sha256: reading.source.sha256(),
        format: reading.format,
        encoding: reading.source.encoding,
        separator: unusual_separator(reading.source),
        sheet: reading
            .source
            .sheet
            .as_ref()
            .map(|sheet| SheetEntry { name: &sheet.name, hidden: sheet.hidden }),
        read: reading.extent.as_str(),
        values: reading.values,
        reason: reading.reason,
    }
}

#[derive(Serialize)]
struct ParameterEntry<'a> {
    rule: &'static str,
    name: &'static str,
    parameter: &'static str,
    value: f64,
    default: Option<f64>,
    #[serde(rename = "where")]
    selector: Option<SelectorEntry<'a>>,
}

#[derive(Serialize)]
struct SelectorEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jurisdiction: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<PeriodEntry>,
}

#[derive(Serialize)]
struct PeriodEntry {
    first: String,
    last: String,
}

fn parameter<'a>(
    outcome: &Outcome,
    (code, parameter, selector, value): (&'static str, &'static str, Option<&'a Selector>, f64),
) -> ParameterEntry<'a> {
    let rule = outcome.verdicts.iter().map(|verdict| verdict.rule).find(|rule| rule.id.code == code);
    let known = rule.and_then(|rule| rule.parameters.iter().find(|one| one.name == parameter));
    ParameterEntry {
        rule: code,
        name: rule.map_or("", |rule| rule.id.name),
        parameter,
        value,
        default: known.map(|known| known.default),
        selector: selector.map(selector_entry),
    }
}

fn selector_entry(selector: &Selector) -> SelectorEntry<'_> {
    SelectorEntry {
        publisher: selector.publisher.as_deref(),
        entity: selector.entity.as_deref(),
        metric: selector.metric.as_deref(),
        category: selector.category.as_deref(),
        jurisdiction: selector.jurisdiction.as_deref(),
        period: selector
            .period
            .map(|(first, last)| PeriodEntry { first: first.to_string(), last: last.to_string() }),
    }
}

/// A selector in words: `entity omegle, period 2024-01-01 to 2024-12-31`.
pub fn selector_in_words(selector: &Selector) -> String {
    let named = [
        ("publisher", &selector.publisher),
        ("entity", &selector.entity),
        ("metric", &selector.metric),
        ("category", &selector.category),
        ("jurisdiction", &selector.jurisdiction),
    ];
    let named = named.into_iter().filter_map(|(word, name)| Some(format!("{word} {}", name.as_ref()?)));
    let period = selector.period.map(|(first, last)| format!("period {first} to {last}"));
    named.chain(period).collect::<Vec<_>>().join(", ")
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    code: &'static str,
    name: &'static str,
    level: Level,
    verdict: &'static str,
    examined: Option<usize>,
    reason: Option<&'a str>,
    findings: usize,
}

fn rule(verdict: &RuleVerdict) -> RuleEntry<'_> {
    let (word, examined, reason) = match &verdict.verdict {
        Verdict::Checked { examined } => ("checked", Some(*examined), None),
        Verdict::NotApplicable(why) => ("not_applicable", None, Some(why.as_str())),
        Verdict::NotRun(why) => ("not_run", None, Some(why.as_str())),
    };
    RuleEntry {
        code: verdict.rule.id.code,
        name: verdict.rule.id.name,
        level: verdict.rule.level,
        verdict: word,
        examined,
        reason,
        findings: verdict.findings,
    }
}

/// The totals.
#[derive(Serialize)]
pub struct SummaryEntry {
    inputs: usize,
    values: usize,
    series: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    explained: usize,
    allowed: usize,
    baselined: usize,
    folded: usize,
    left_out: usize,
    rules_checked: usize,
    rules_not_applicable: usize,
    rules_not_run: usize,
}

/// The totals of a check.
pub fn summary(outcome: &Outcome) -> SummaryEntry {
    let summary = &outcome.summary;
    SummaryEntry {
        inputs: summary.inputs,
        values: summary.values,
        series: summary.series,
        errors: summary.errors,
        warnings: summary.warnings,
        notes: summary.notes,
        explained: summary.explained,
        allowed: summary.allowed,
        baselined: summary.baselined,
        folded: summary.folded,
        left_out: summary.left_out,
        rules_checked: summary.rules_checked,
        rules_not_applicable: summary.rules_not_applicable,
        rules_not_run: summary.rules_not_run,
    }
}
