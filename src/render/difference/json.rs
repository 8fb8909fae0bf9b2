//! For programs: everything that changed, as the schema `diff-v1` describes it. Numbers are strings, digit for digit.

use serde::Serialize;

use super::{DiffInfo, words};
use crate::diag::{Finding, Level};
use crate::engine::{CheckedSide, Step};
use crate::history::{Change, Comparability, Mapping, Statement, WordingChange, mappings};
use crate::model::{Observation, SeriesKey};
use crate::render::concise::position;

/// Writes the document, indented, with a line break at its end.
pub fn render(steps: &[Step<'_>], info: &DiffInfo) -> String {
    let document = Document {
        schema: "candor/diff-v1",
        tool: Tool { name: "candor", version: &info.version },
        fail_on: info.fail_on,
        exit_code: info.exit_code,
        steps: steps.iter().map(entry).collect(),
    };
    crate::render::words::json(&document)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    fail_on: Option<Level>,
    exit_code: u8,
    steps: Vec<StepEntry<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct StepEntry<'a> {
    old: SideEntry<'a>,
    new: SideEntry<'a>,
    summary: Summary,
    restated: Vec<ChangeEntry<'a>>,
    reprinted: Vec<ChangeEntry<'a>>,
    filled: Vec<ChangeEntry<'a>>,
    emptied: Vec<ChangeEntry<'a>>,
    added: Vec<FigureEntry<'a>>,
    withdrawn: Vec<FigureEntry<'a>>,
    out_of_range: Vec<FigureEntry<'a>>,
    renamed: Vec<RenameEntry>,
    wordings: Vec<WordingEntry<'a>>,
    findings: Findings<'a>,
}

#[derive(Serialize)]
struct SideEntry<'a> {
    name: &'a str,
    inputs: Vec<InputEntry<'a>>,
}

#[derive(Serialize)]
struct InputEntry<'a> {
    path: &'a str,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    in_common: usize,
    renamed_in_common: usize,
    unchanged: usize,
    restated: usize,
    reprinted: usize,
    filled: usize,
    emptied: usize,
    added: usize,
    withdrawn: usize,
    out_of_range: usize,
    /// Of the earlier numbers in periods that both sides report on, how many have a counterpart; null without such.
    counterparts: Option<[usize; 2]>,
    obstacle: Option<String>,
}

#[derive(Serialize)]
struct Key<'a> {
    publisher: &'a str,
    subject: &'a str,
    metric: &'a str,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detection: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surface: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jurisdiction: Option<&'a str>,
}

#[derive(Serialize)]
struct Stated {
    value: Option<String>,
    text: String,
    place: String,
}

#[derive(Serialize)]
struct ChangeEntry<'a> {
    series: Key<'a>,
    period: String,
    old: Stated,
    new: Stated,
    difference: Option<String>,
    relative_percent: Option<f64>,
}

#[derive(Serialize)]
struct FigureEntry<'a> {
    series: Key<'a>,
    period: String,
    stated: Stated,
}

#[derive(Serialize)]
struct RenameEntry {
    labels: Vec<LabelEntry>,
    series: usize,
    statements: usize,
    numbers_in_common: usize,
    equal: usize,
    evidence: String,
}

#[derive(Serialize)]
struct LabelEntry {
    field: &'static str,
    old: Option<String>,
    new: Option<String>,
}

#[derive(Serialize)]
struct WordingEntry<'a> {
    kind: &'static str,
    series: Option<Key<'a>>,
    old: &'a str,
    new: &'a str,
}

#[derive(Serialize)]
struct Findings<'a> {
    new: Vec<FindingEntry<'a>>,
    still: Vec<FindingEntry<'a>>,
    resolved: Vec<FindingEntry<'a>>,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    rule: &'static str,
    name: &'static str,
    level: Level,
    explained: bool,
    message: &'a str,
    place: String,
}

fn entry<'a>(step: &'a Step<'a>) -> StepEntry<'a> {
    let comparison = &step.comparison;
    let changes = |list: &'a [Change<'a>]| list.iter().map(|one| change(step, one)).collect::<Vec<_>>();
    let figures = |list: &'a [Statement<'a>], side: &CheckedSide| {
        list.iter().map(|one| figure(one, side)).collect::<Vec<_>>()
    };
    let mut restated = changes(&comparison.restated);
    restated.extend(changes(&comparison.renamed_restated));
    let findings =
        |list: &[&'a Finding], side: &CheckedSide| list.iter().map(|one| finding(one, side)).collect();
    StepEntry {
        old: side(step.old),
        new: side(step.new),
        summary: Summary {
            in_common: comparison.in_common,
            renamed_in_common: comparison.renamed_in_common,
            unchanged: comparison.unchanged,
            restated: restated.len(),
            reprinted: comparison.reprinted.len(),
            filled: comparison.filled.len(),
            emptied: comparison.emptied.len(),
            added: comparison.added.len(),
            withdrawn: comparison.withdrawn.len(),
            out_of_range: comparison.out_of_range.len(),
            counterparts: match comparison.comparability {
                Comparability::Share { found, of } => Some([found, of]),
                Comparability::NoCommonPeriod => None,
            },
            obstacle: words::obstacle(step),
        },
        restated,
        reprinted: changes(&comparison.reprinted),
        filled: changes(&comparison.filled),
        emptied: changes(&comparison.emptied),
        added: figures(&comparison.added, step.new),
        withdrawn: figures(&comparison.withdrawn, step.old),
        out_of_range: figures(&comparison.out_of_range, step.old),
        renamed: mappings(&comparison.renames).iter().map(rename).collect(),
        wordings: step.wordings.iter().map(wording).collect(),
        findings: Findings {
            new: findings(&step.findings.new, step.new),
            still: findings(&step.findings.still, step.new),
            resolved: findings(&step.findings.resolved, step.old),
        },
    }
}

fn side(side: &CheckedSide) -> SideEntry<'_> {
    let sources = side.outcome.sources.iter().map(|(_, source)| source);
    let inputs = sources.map(|source| InputEntry { path: &source.path, sha256: source.sha256() });
    SideEntry { name: &side.name, inputs: inputs.collect() }
}

fn key(key: &SeriesKey) -> Key<'_> {
    Key {
        publisher: &key.publisher,
        subject: &key.subject,
        metric: &key.metric,
        unit: key.unit.as_str(),
        category: key.category.as_deref(),
        channel: key.channel.as_deref(),
        detection: key.detection.as_deref(),
        surface: key.surface.as_deref(),
        jurisdiction: key.jurisdiction.as_deref(),
    }
}

fn stated(observation: &Observation, side: &CheckedSide) -> Stated {
    let location = observation.origin.location();
    Stated {
        value: observation.quantity.point().map(|point| point.to_string()),
        text: side.outcome.sources.get(location.source).slice(location.span).to_owned(),
        place: words::place(location, &side.outcome.sources),
    }
}

fn change<'a>(step: &Step<'_>, change: &'a Change<'a>) -> ChangeEntry<'a> {
    ChangeEntry {
        series: key(change.key),
        period: change.period().to_string(),
        old: stated(change.old, step.old),
        new: stated(change.new, step.new),
        difference: change.difference().map(|one| one.normalize().to_string()),
        relative_percent: change.relative().map(|share| (share * 1000.0).round() / 10.0),
    }
}

fn figure<'a>(statement: &'a Statement<'a>, side: &CheckedSide) -> FigureEntry<'a> {
    FigureEntry {
        series: key(statement.key),
        period: statement.observation.period.to_string(),
        stated: stated(statement.observation, side),
    }
}

fn rename(mapping: &Mapping<'_>) -> RenameEntry {
    let labels = mapping.labels.iter().map(|one| LabelEntry {
        field: one.field,
        old: one.old.map(str::to_owned),
        new: one.new.map(str::to_owned),
    });
    RenameEntry {
        labels: labels.collect(),
        series: mapping.renames.len(),
        statements: mapping.statements(),
        numbers_in_common: mapping.common(),
        equal: mapping.equal(),
        evidence: mapping.evidence(),
    }
}

fn wording<'a>(change: &'a WordingChange<'a>) -> WordingEntry<'a> {
    WordingEntry {
        kind: change.new.kind,
        series: change.key.map(key),
        old: &change.old.text,
        new: &change.new.text,
    }
}

fn finding<'a>(finding: &'a Finding, side: &CheckedSide) -> FindingEntry<'a> {
    FindingEntry {
        rule: finding.rule.code,
        name: finding.rule.name,
        level: finding.level,
        explained: !finding.is_active(),
        message: &finding.message,
        place: position(finding, &side.outcome.sources),
    }
}
