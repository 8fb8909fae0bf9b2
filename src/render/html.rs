//! For the file: one page that stands on its own, to be read, searched, printed and kept with the working papers.
//!
//! The page holds everything that the check led to: findings by subject with a chart of their series, every table that
//! rules lay open, what every rule did and could not do, what was read, which thresholds held, what was set aside and
//! why, and the command that makes it again. It loads nothing: styles, script and charts are in it. All texts are made
//! visible and escaped, because labels come from inputs and may be anything.

mod chart;
mod tables;

use std::collections::HashMap;

use askama::Template;

use super::inputs::readings;
use super::region::Region;
use super::words::clean;
use super::{RunInfo, folded_findings, json, summary};
use crate::diag::{Finding, Level, State, Subject, grouped};
use crate::engine::Outcome;
use crate::rule::Verdict;
use chart::Charts;
use tables::Table;

/// Most folded findings that are listed one by one.
const LISTED: usize = 100;
/// Most charts: beyond that a page takes long to open, and nobody looks at them all.
const CHARTS: usize = 400;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    run: &'a RunInfo,
    as_of: String,
    exit: &'static str,
    counts: Vec<(&'static str, String, &'static str)>,
    totals: String,
    groups: Vec<Group>,
    levels: [&'static str; 3],
    states: Vec<&'static str>,
    rule_names: Vec<&'static str>,
    tables: Vec<Table>,
    rules: Vec<RuleRow>,
    inputs: Vec<InputRow>,
    parameters: Vec<[String; 5]>,
    exceptions: Vec<[String; 6]>,
}

/// Findings about one subject.
struct Group {
    title: String,
    findings: Vec<Entry>,
}

struct Entry {
    fingerprint: String,
    level: &'static str,
    code: &'static str,
    name: &'static str,
    state: &'static str,
    message: String,
    places: Vec<[String; 3]>,
    notes: Vec<(String, String)>,
    facts: Vec<(&'static str, String)>,
    chart: String,
    folded: Vec<String>,
    folded_count: usize,
}

struct RuleRow {
    code: &'static str,
    name: &'static str,
    level: &'static str,
    verdict: &'static str,
    detail: String,
    findings: usize,
}

struct InputRow {
    path: String,
    format: &'static str,
    read: &'static str,
    values: String,
    bytes: String,
    sha256: String,
    remarks: String,
}

/// Writes the page.
pub fn render(outcome: &Outcome, run: &RunInfo) -> String {
    let mut rule_names: Vec<&'static str> =
        outcome.findings.iter().map(|finding| finding.rule.name).collect();
    rule_names.sort_unstable();
    rule_names.dedup();
    let mut states: Vec<&'static str> =
        outcome.findings.iter().map(|finding| state(&finding.state)).collect();
    states.sort_unstable();
    states.dedup();
    let page = Page {
        run,
        as_of: outcome.as_of.map_or_else(|| "a day that was not stated".to_owned(), |day| day.to_string()),
        exit: exit_in_words(run.exit_code),
        counts: counts(outcome),
        totals: clean(&summary::paragraph(outcome, false)),
        groups: groups(outcome),
        levels: [Level::Error, Level::Warning, Level::Note].map(Level::as_str),
        states,
        rule_names,
        tables: outcome.schedules.iter().map(|one| tables::table(one, &outcome.sources)).collect(),
        rules: outcome.verdicts.iter().map(rule_row).collect(),
        inputs: inputs(outcome),
        parameters: parameters(outcome),
        exceptions: exceptions(outcome),
    };
    // The template names nothing that is not there, and writing to memory cannot fail.
    page.render().unwrap_or_default()
}

const fn exit_in_words(code: u8) -> &'static str {
    match code {
        0 => "nothing at or above the failing level",
        1 => "findings at or above the failing level",
        3 => "an input could not be read to its end",
        70 => "a rule failed",
        _ => "the command line or the configuration is at fault",
    }
}

fn counts(outcome: &Outcome) -> Vec<(&'static str, String, &'static str)> {
    let summary = &outcome.summary;
    [
        ("errors", summary.errors, "error"),
        ("warnings", summary.warnings, "warning"),
        ("notes", summary.notes, "note"),
        ("explained", summary.explained, "quiet"),
        ("allowed", summary.allowed, "quiet"),
        ("in the baseline", summary.baselined, "quiet"),
        ("values", summary.values, "quiet"),
        ("series", summary.series, "quiet"),
        ("inputs", summary.inputs, "quiet"),
    ]
    .map(|(word, count, class)| (word, grouped(count.into()), class))
    .into()
}

const fn state(state: &State) -> &'static str {
    match state {
        State::Active => "counts",
        State::Explained { .. } => "explained",
        State::Allowed { .. } => "allowed",
        State::Baselined => "baselined",
    }
}

/// Findings by publisher, entity and metric, the subjects with the gravest findings first.
fn groups(outcome: &Outcome) -> Vec<Group> {
    let charts = Charts::new(&outcome.dataset);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<(Option<Level>, Group)> = Vec::new();
    let mut drawn = 0;
    for finding in &outcome.findings {
        let title = title(outcome, &finding.subject);
        let place = *places.entry(title.clone()).or_insert_with(|| {
            groups.push((None, Group { title, findings: Vec::new() }));
            groups.len() - 1
        });
        let chart = if drawn < CHARTS { charts.of(finding).unwrap_or_default() } else { String::new() };
        drawn += usize::from(!chart.is_empty());
        let (gravest, group) = &mut groups[place];
        *gravest = (*gravest).max(finding.is_active().then_some(finding.level));
        group.findings.push(entry(finding, outcome, chart));
    }
    // A stable sort keeps the order of the inputs among equals.
    groups.sort_by_key(|(gravest, _)| std::cmp::Reverse(*gravest));
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What a group of findings is about.
fn title(outcome: &Outcome, subject: &Subject) -> String {
    let registry = &outcome.dataset.registry;
    let metric = subject.metric.as_deref().map(|metric| registry.metric_name(metric).to_owned());
    let entity = subject.entity.as_deref().or(subject.publisher.as_deref());
    let entity = entity.map(|entity| registry.entity_name(entity).to_owned());
    let named: Vec<String> = [entity, metric].into_iter().flatten().filter(|name| !name.is_empty()).collect();
    if named.is_empty() { "Files and configuration".to_owned() } else { clean(&named.join(": ")) }
}

fn entry(finding: &Finding, outcome: &Outcome, chart: String) -> Entry {
    let sources = &outcome.sources;
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    let place = |label: &crate::diag::Label| {
        let region = Region::new(label.location, sources);
        let text = sources.get(label.location.source).slice(label.location.span);
        let text: String = text.chars().take(80).collect();
        [format!("{}{}", clean(region.path), clean(&region.suffix())), clean(&text), clean(&label.text)]
    };
    let folded = folded_findings(finding);
    let line = |one: &&Finding| {
        let region = Region::new(one.primary.location, sources);
        let at = format!("{}{}", clean(region.path), clean(&region.suffix()));
        format!("{} {} at {at}: {}", one.rule.code, one.rule.name, clean(&one.message))
    };
    Entry {
        fingerprint: finding.fingerprint(),
        level: finding.level.as_str(),
        code: finding.rule.code,
        name: finding.rule.name,
        state: state(&finding.state),
        message: clean(&finding.message),
        places: labels.take(LISTED).map(place).collect(),
        notes: notes(finding),
        facts: facts(finding),
        chart,
        folded: folded.iter().take(LISTED).map(line).collect(),
        folded_count: folded.len(),
    }
}

fn notes(finding: &Finding) -> Vec<(String, String)> {
    let mut notes: Vec<(String, String)> =
        finding.notes.iter().map(|note| (note.kind.to_owned(), clean(&note.text))).collect();
    match &finding.state {
        State::Explained { by } => notes.extend(by.iter().map(|one| {
            let source = one.source.as_ref().map(|source| format!(" (source: {source})")).unwrap_or_default();
            ("break".to_owned(), clean(&format!("{}: {}{source}", one.by, one.text)))
        })),
        State::Allowed { allowance } => notes.push(("allowed".to_owned(), clean(&allowance.reason))),
        State::Active | State::Baselined => {}
    }
    notes
}

/// Expectation, difference, threshold and method: what an analytical procedure has to state.
fn facts(finding: &Finding) -> Vec<(&'static str, String)> {
    let evidence = &finding.evidence;
    let text = |name, value: &Option<String>| value.as_ref().map(|value| (name, clean(value)));
    let facts = [
        text("observed", &evidence.observed),
        text("expected", &evidence.expected),
        evidence.expected_range.map(|range| ("expected range", range.to_string())),
        evidence.threshold.map(|(name, value)| ("threshold", format!("{name} = {value}"))),
        evidence.probability.map(|value| ("probability", value.to_string())),
        (!evidence.method.is_empty()).then(|| ("method", evidence.method.to_owned())),
        Some(("confidence", format!("{:?}", finding.confidence).to_lowercase())),
        Some(("fingerprint", finding.fingerprint())),
    ];
    facts.into_iter().flatten().collect()
}

fn rule_row(verdict: &crate::engine::RuleVerdict) -> RuleRow {
    let (word, detail) = match &verdict.verdict {
        Verdict::Checked { examined } => ("checked", grouped((*examined).into())),
        Verdict::NotApplicable(why) => ("not applicable", clean(why)),
        Verdict::NotRun(why) => ("not run", clean(why)),
    };
    let id = verdict.rule.id;
    RuleRow {
        code: id.code,
        name: id.name,
        level: verdict.rule.level.as_str(),
        verdict: word,
        detail,
        findings: verdict.findings,
    }
}

fn inputs(outcome: &Outcome) -> Vec<InputRow> {
    let row = |reading: super::inputs::Reading<'_>| InputRow {
        path: clean(&reading.source.path),
        format: reading.format,
        read: reading.extent.as_str(),
        values: grouped(reading.values.into()),
        bytes: grouped(reading.source.size.into()),
        sha256: reading.source.sha256().unwrap_or("not read").to_owned(),
        remarks: [reading.assumptions(), reading.reason]
            .into_iter()
            .flatten()
            .map(|text| clean(&text))
            .collect::<Vec<_>>()
            .join("; "),
    };
    readings(outcome).into_iter().map(row).collect()
}

/// Every parameter with what it was set to: rule, parameter, value, default, where.
fn parameters(outcome: &Outcome) -> Vec<[String; 5]> {
    let mut rows = Vec::new();
    for rule in outcome.verdicts.iter().map(|verdict| verdict.rule) {
        for parameter in rule.parameters {
            let configured: Vec<_> = outcome
                .settings
                .iter()
                .filter(|one| one.0 == rule.id.code && one.1 == parameter.name)
                .collect();
            let row = |value: f64, place: String| {
                [
                    rule.id.name.to_owned(),
                    parameter.name.to_owned(),
                    value.to_string(),
                    parameter.default.to_string(),
                    place,
                ]
            };
            if configured.iter().all(|one| one.2.is_some()) {
                rows.push(row(parameter.default, "all".to_owned()));
            }
            for (_, _, selector, value) in configured {
                rows.push(row(
                    value,
                    selector.map_or_else(|| "all".to_owned(), |one| clean(&json::selector_in_words(one))),
                ));
            }
        }
    }
    rows
}

/// What does not count, and why: rule, message, place, state, reason, source.
fn exceptions(outcome: &Outcome) -> Vec<[String; 6]> {
    let mut rows = Vec::new();
    let all = outcome.findings.iter().flat_map(|one| std::iter::once(one).chain(folded_findings(one)));
    for finding in all.filter(|finding| !finding.is_active()) {
        let region = Region::new(finding.primary.location, &outcome.sources);
        let place = format!("{}{}", clean(region.path), clean(&region.suffix()));
        let mut row = |reason: String, source: Option<&String>| {
            rows.push([
                finding.rule.name.to_owned(),
                clean(&finding.message),
                place.clone(),
                state(&finding.state).to_owned(),
                clean(&reason),
                source.map(|source| clean(source)).unwrap_or_default(),
            ]);
        };
        match &finding.state {
            State::Explained { by } => {
                by.iter().for_each(|one| row(format!("{}: {}", one.by, one.text), one.source.as_ref()));
            }
            State::Allowed { allowance } => {
                let by = allowance.by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
                let until =
                    allowance.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
                row(format!("{}{by}{until}", allowance.reason), allowance.source.as_ref());
            }
            State::Baselined => row("it was there before".to_owned(), None),
            State::Active => {}
        }
    }
    rows
}
