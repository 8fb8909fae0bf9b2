//! The baseline: findings that an existing dataset had when it took up candor, by fingerprint.
//!
//! It is a JSON file that people review and commit. Beside each fingerprint stand rule, subject and message, so that a
//! change of the file can be read; only fingerprint and count decide.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::diag::{Finding, Level, Location, State, Subject};
use crate::load::Node;
use crate::source::{SourceId, Span};

/// Name of the file beside `candor.toml`, unless the configuration names another.
pub const NAME: &str = "candor-baseline.json";

/// Findings that were there before.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Where the file stands among the inputs.
    pub location: Location,
    /// Its entries, in their order.
    pub entries: Vec<BaselineEntry>,
}

/// Equal findings that were there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineEntry {
    /// Identity that they share.
    pub fingerprint: String,
    /// Code of their rule.
    pub rule: String,
    /// How many there are.
    pub count: usize,
    /// What the first of them said; for readers.
    pub message: String,
    /// Where the entry stands.
    pub span: Span,
}

impl Baseline {
    /// A baseline without entries.
    pub fn empty(source: SourceId) -> Self {
        Self { location: Location { source, span: Span::new(0, 0), cell: None }, entries: Vec::new() }
    }

    /// The baseline of these findings, which stands in no file.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let entry = |finding: &Finding| BaselineEntry {
            fingerprint: finding.fingerprint(),
            rule: finding.rule.code.to_owned(),
            count: 1,
            message: finding.message.clone(),
            span: Span::new(0, 0),
        };
        Self { entries: findings.into_iter().map(entry).collect(), ..Self::empty(SourceId(0)) }
    }

    /// Reads what the schema `baseline-v1` has accepted.
    pub fn read(root: Node<'_>, source: SourceId) -> Self {
        let text = |node: Node<'_>, name: &str| {
            node.get(name).map(|field| field.text().into_owned()).unwrap_or_default()
        };
        let entry = |node: Node<'_>| BaselineEntry {
            fingerprint: text(node, "fingerprint"),
            rule: text(node, "rule"),
            count: text(node, "count").parse().unwrap_or(1),
            message: text(node, "message"),
            span: node.get("fingerprint").map_or_else(|| node.span(), Node::span),
        };
        let entries = root.get("findings").into_iter().flat_map(Node::items).map(entry).collect();
        Self { entries, ..Self::empty(source) }
    }

    /// Sets the findings aside that it holds, and returns the entries that hold more than there is, each with how many.
    pub fn set_aside(&self, findings: &mut [Finding]) -> Vec<(&BaselineEntry, usize)> {
        let mut left: HashMap<&str, usize> = HashMap::new();
        for entry in &self.entries {
            *left.entry(&entry.fingerprint).or_default() += entry.count;
        }
        for finding in findings.iter_mut().filter(|finding| finding.is_active()) {
            if let Some(count) = left.get_mut(finding.fingerprint().as_str()).filter(|count| **count > 0) {
                *count -= 1;
                finding.state = State::Baselined;
            }
        }
        let mut more =
            |entry: &BaselineEntry| left.remove(entry.fingerprint.as_str()).filter(|count| *count > 0);
        let mut over = Vec::new();
        self.entries.iter().for_each(|entry| over.extend(more(entry).map(|count| (entry, count))));
        over
    }
}

#[derive(Serialize)]
struct File<'a> {
    candor: &'static str,
    findings: Vec<Entry<'a>>,
}

/// An entry as it is written.
#[derive(Serialize)]
struct Entry<'a> {
    fingerprint: &'a str,
    rule: &'static str,
    name: &'static str,
    level: Level,
    count: usize,
    subject: &'a Subject,
    message: &'a str,
}

/// The file that sets these findings aside: indented, sorted by rule and subject, a line break at its end.
pub fn text_of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
    let mut counted: BTreeMap<(&str, &Subject, String), (usize, &Finding)> = BTreeMap::new();
    for finding in findings {
        let key = (finding.rule.code, &finding.subject, finding.fingerprint());
        counted.entry(key).or_insert((0, finding)).0 += 1;
    }
    let entries = counted.iter().map(|((_, subject, fingerprint), (count, finding))| Entry {
        fingerprint,
        rule: finding.rule.code,
        name: finding.rule.name,
        level: finding.level,
        count: *count,
        subject,
        message: &finding.message,
    });
    let file = File { candor: "baseline-v1", findings: entries.collect() };
    // Every key is a string and every number an integer, so that writing cannot fail.
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    text
}
