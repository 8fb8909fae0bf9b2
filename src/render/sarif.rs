//! For code scanning: SARIF 2.1.0 (OASIS Standard, 2020).
//!
//! A result is a printed finding; `occurrenceCount` says how many findings it stands for, so that the counts add up to
//! the totals of every other format. Fingerprints stand under a key of our own: GitHub computes its own under
//! `primaryLocationLineHash`. Rules that did not run and inputs that were not read are notifications, so that a report
//! without results cannot be taken for a check that was whole.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::inputs::{Extent, readings};
use super::region::{Region, file_path};
use super::words::json;
use super::{RunInfo, folded_count, json as findings_json};
use crate::diag::{Finding, Label, Level, State};
use crate::engine::Outcome;
use crate::rule::{Rule, Verdict};
use crate::source::Sources;

/// The key that fingerprints stand under.
const FINGERPRINT: &str = "candor/v1";

/// Writes the log, indented, with a line break at its end.
pub fn render(outcome: &Outcome, run: &RunInfo) -> String {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [one_run(outcome, run)],
    };
    json(&log)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact<'a>>,
    results: Vec<SarifResult<'a>>,
    column_kind: &'static str,
    properties: Value,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'a str,
    rules: Vec<Descriptor>,
}

/// What is said of a rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: Level,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_configuration_notifications: Vec<Notification>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    level: Level,
    message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Place>,
}

#[derive(Serialize)]
struct Artifact<'a> {
    location: ArtifactLocation,
    length: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<Hashes<'a>>,
}

#[derive(Serialize)]
struct Hashes<'a> {
    #[serde(rename = "sha-256")]
    sha_256: &'a str,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: Level,
    message: Message,
    locations: [Place; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place>,
    partial_fingerprints: Map<String, Value>,
    occurrence_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression<'a>>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Lines>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    justification: &'a str,
}

fn one_run<'a>(outcome: &'a Outcome, run: &'a RunInfo) -> Run<'a> {
    let rules: Vec<&'static Rule> = outcome.verdicts.iter().map(|verdict| verdict.rule).collect();
    let result = |finding| result(finding, &rules, outcome);
    Run {
        tool: Tool {
            driver: Driver {
                name: "candor",
                semantic_version: &run.version,
                rules: rules.iter().map(|rule| descriptor(rule)).collect(),
            },
        },
        invocations: [Invocation {
            // An input that could not be read is reported; the run itself did what it was to do.
            execution_successful: !outcome.failed,
            exit_code: run.exit_code,
            tool_execution_notifications: unread(outcome),
            tool_configuration_notifications: not_run(outcome),
        }],
        artifacts: artifacts(outcome),
        results: outcome.findings.iter().map(result).collect(),
        column_kind: "unicodeCodePoints",
        properties: json!({ "summary": findings_json::summary(outcome), "ruleSet": run.rule_set_hash }),
    }
}

fn descriptor(rule: &Rule) -> Descriptor {
    let text = rule.text();
    let plain = |text: &str| text.split_whitespace().collect::<Vec<&str>>().join(" ");
    Descriptor {
        id: rule.id.code,
        name: rule.id.name,
        short_description: Message { text: plain(rule.summary()) },
        full_description: Message { text: plain(text.split("\n## ").next().unwrap_or_default()) },
        help: Help { text: text.clone(), markdown: text.clone() },
        default_configuration: Configuration { level: rule.level },
    }
}

/// Rules that did not run, and why.
fn not_run(outcome: &Outcome) -> Vec<Notification> {
    let of = |(index, verdict): (usize, &crate::engine::RuleVerdict)| match &verdict.verdict {
        Verdict::NotRun(why) => Some(Notification {
            level: Level::Note,
            message: Message { text: format!("{} was not run: {why}", verdict.rule.id.name) },
            associated_rule: Some(json!({ "id": verdict.rule.id.code, "index": index })),
            locations: Vec::new(),
        }),
        _ => None,
    };
    outcome.verdicts.iter().enumerate().filter_map(of).collect()
}

/// Inputs that were not read, or not wholly.
fn unread(outcome: &Outcome) -> Vec<Notification> {
    let readings = readings(outcome);
    let in_part = readings.iter().filter(|reading| reading.extent != Extent::Whole);
    in_part
        .map(|reading| Notification {
            level: Level::Warning,
            message: Message {
                text: format!(
                    "read {}: {}",
                    if reading.extent == Extent::Not { "nothing" } else { "in part" },
                    reading.reason.as_deref().unwrap_or_default()
                ),
            },
            associated_rule: None,
            locations: vec![Place {
                id: None,
                physical_location: PhysicalLocation {
                    artifact_location: ArtifactLocation { uri: uri(&reading.source.path) },
                    region: None,
                },
                logical_locations: Vec::new(),
                message: None,
            }],
        })
        .collect()
}

fn artifacts(outcome: &Outcome) -> Vec<Artifact<'_>> {
    let mut seen = HashSet::new();
    outcome
        .sources
        .iter()
        .map(|(_, source)| (file_path(source), source))
        // A workbook is one file, however many sheets it has.
        .filter(|(path, _)| seen.insert(*path))
        .map(|(path, source)| Artifact {
            location: ArtifactLocation { uri: uri(path) },
            length: source.size,
            hashes: source.sha256().map(|sha_256| Hashes { sha_256 }),
        })
        .collect()
}

fn result<'a>(finding: &'a Finding, rules: &[&'static Rule], outcome: &Outcome) -> SarifResult<'a> {
    let sources = &outcome.sources;
    let mut fingerprints = Map::new();
    fingerprints.insert(FINGERPRINT.to_owned(), finding.fingerprint().into());
    let related = finding.related.iter().enumerate();
    SarifResult {
        rule_id: finding.rule.code,
        rule_index: rules.iter().position(|rule| rule.id == finding.rule).unwrap_or_default(),
        level: finding.level,
        message: Message { text: message(finding) },
        locations: [place(&finding.primary, None, sources)],
        related_locations: related.map(|(index, label)| place(label, Some(index), sources)).collect(),
        partial_fingerprints: fingerprints,
        occurrence_count: 1 + folded_count(finding),
        baseline_state: outcome
            .baseline
            .as_ref()
            .map(|_| if finding.state == State::Baselined { "unchanged" } else { "new" }),
        suppressions: suppressions(finding),
        properties: json!({
            "confidence": finding.confidence,
            "subject": finding.subject,
            "state": finding.state,
        }),
    }
}

/// The message and the lines beneath it: a viewer shows nothing else.
fn message(finding: &Finding) -> String {
    let lines = finding.notes.iter().map(|note| format!("\n{}: {}", note.kind, note.text));
    format!("{}{}", finding.message, lines.collect::<String>())
}

fn suppressions(finding: &Finding) -> Vec<Suppression<'_>> {
    let external = |justification| Suppression { kind: "external", status: "accepted", justification };
    match &finding.state {
        State::Active => Vec::new(),
        State::Explained { by } => by.iter().map(|one| external(one.text.as_str())).collect(),
        State::Allowed { allowance } => vec![external(allowance.reason.as_str())],
        State::Baselined => vec![external("it was there before")],
    }
}

fn place(label: &Label, id: Option<usize>, sources: &Sources) -> Place {
    let region = Region::new(label.location, sources);
    let lines = Lines {
        start_line: region.line,
        start_column: region.column,
        end_line: region.end_line,
        end_column: region.end_column,
    };
    let cell = |name: &String| json!({ "fullyQualifiedName": name, "kind": "cell" });
    Place {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(region.path) },
            region: region.cell.is_none().then_some(lines),
        },
        logical_locations: region.cell.iter().map(cell).collect(),
        message: (!label.text.is_empty()).then(|| Message { text: label.text.clone() }),
    }
}

/// A path as a reference: relative where it is, with everything escaped that a URI cannot hold (RFC 3986).
fn uri(path: &str) -> String {
    let escaped: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                (byte as char).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    if path.starts_with('/') { format!("file://{escaped}") } else { escaped }
}
