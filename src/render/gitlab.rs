//! For merge requests on GitLab: a code quality report, of which GitLab shows what the request adds.

use std::collections::HashMap;

use serde::Serialize;

use super::region::Region;
use super::words::json;
use crate::diag::{Finding, Level};
use crate::engine::Outcome;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes every finding that counts, with a line break at the end.
pub fn render(outcome: &Outcome) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut issues = Vec::new();
    for finding in outcome.findings.iter().filter(|finding| finding.is_active()) {
        let fingerprint = finding.fingerprint();
        // GitLab takes issues of one fingerprint for one.
        let count = seen.entry(fingerprint.clone()).or_default();
        let unique = if *count == 0 { fingerprint } else { format!("{fingerprint}-{count}") };
        *count += 1;
        issues.push(issue(finding, unique, outcome));
    }
    json(&issues)
}

fn issue<'a>(finding: &Finding, fingerprint: String, outcome: &'a Outcome) -> Issue<'a> {
    let region = Region::new(finding.primary.location, &outcome.sources);
    let cell = region.cell.as_ref().map(|cell| format!("{cell}: ")).unwrap_or_default();
    let lines = match region.cell {
        Some(_) => Lines { begin: 1, end: 1 },
        None => Lines { begin: region.line, end: region.end_line },
    };
    Issue {
        description: format!("{} {}: {cell}{}", finding.rule.code, finding.rule.name, finding.message),
        check_name: finding.rule.name,
        fingerprint,
        severity: match finding.level {
            Level::Error => "critical",
            Level::Warning => "major",
            Level::Note => "info",
        },
        location: Place { path: region.path, lines },
    }
}
