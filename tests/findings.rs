//! All that the fixtures of a rule lead to: what was looked at, and every word and figure of every finding. Where a change
//! of a rule changes what its findings say, the difference of the snapshot shows it.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::fmt::Write as _;

use candor::diag::{Entry, Finding, Location, Schedule, State};
use candor::engine::Outcome;
use candor::rule::Rule;
use candor::rules::RULES;
use support::{WITHOUT_FIXTURES, fixtures, outcome, place_of, project};

/// File, line and column of a place, and the text that it covers where that is one line.
fn place(outcome: &Outcome, location: Location) -> String {
    let text = outcome.sources.get(location.source).text.get(location.span.range()).unwrap_or_default();
    let covered = if text.is_empty() || text.contains('\n') { String::new() } else { format!(" `{text}`") };
    format!("{}{covered}", place_of(outcome, location))
}

/// A finding, a line for each of its parts, and what is folded into it.
fn listed(outcome: &Outcome, finding: &Finding, depth: usize) -> String {
    let mut lines = vec![
        format!(
            "{} {} {}: {}",
            finding.level.as_str(),
            finding.rule.code,
            finding.rule.name,
            finding.message
        ),
        format!("  at {}: {}", place(outcome, finding.primary.location), finding.primary.text),
    ];
    for label in &finding.related {
        lines.push(format!("  beside {}: {}", place(outcome, label.location), label.text));
    }
    let subject = &finding.subject;
    let about = [
        &subject.publisher,
        &subject.entity,
        &subject.metric,
        &subject.category,
        &subject.breakdown,
        &subject.jurisdiction,
        &subject.period,
        &subject.path,
    ];
    lines.push(format!("  about {}", about.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")));
    let evidence = &finding.evidence;
    lines.push(format!(
        "  {:?} by {}, suspicion {:.3}{}",
        finding.confidence,
        evidence.method,
        finding.score.suspicion,
        finding.score.influence.map(|one| format!(", influence {one:.4}")).unwrap_or_default()
    ));
    let of = |name: &str, value: Option<String>| value.map(|value| format!("  {name} {value}"));
    lines.extend(of("observed", evidence.observed.clone()));
    lines.extend(of("expected", evidence.expected.clone()));
    lines.extend(of("range", evidence.expected_range.map(|range| range.to_string())));
    lines.extend(of("threshold", evidence.threshold.map(|(name, value)| format!("{name} {value}"))));
    lines.extend(of("probability", evidence.probability.map(|one| format!("{one:.3e}"))));
    for change in &evidence.changes {
        let figure = |value: Option<_>| value.map_or_else(|| "none".to_owned(), |one| format!("{one}"));
        lines.push(format!("  {}: {} to {}", change.name, figure(change.from), figure(change.to)));
    }
    lines.extend(finding.notes.iter().map(|note| format!("  {}: {}", note.kind, note.text)));
    lines.extend(finding.cause.map(|cause| format!("  cause {}", place(outcome, cause))));
    match &finding.state {
        State::Active => {}
        State::Explained { by } => {
            lines.extend(by.iter().map(|one| format!("  explained by {}: {}", one.by, one.text)));
        }
        State::Allowed { allowance } => lines.push(format!("  allowed: {}", allowance.reason)),
        State::Baselined => lines.push("  in the baseline".to_owned()),
    }
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{}{line}", "    ".repeat(depth)).unwrap();
    }
    for folded in &finding.folded {
        text.push_str(&listed(outcome, folded, depth + 1));
    }
    text
}

fn tabulated(schedule: &Schedule) -> String {
    let mut text = format!("{}: {}\n", schedule.name, schedule.columns.join(" | "));
    for row in &schedule.rows {
        let entry = |entry: &Entry| match entry {
            Entry::Empty => String::new(),
            Entry::Text(text) => text.clone(),
            Entry::Number(number) => number.to_string(),
        };
        writeln!(text, "  {}", row.entries.iter().map(entry).collect::<Vec<_>>().join(" | ")).unwrap();
    }
    text
}

/// What all fixtures of a rule lead to.
fn of_fixtures(rule: &Rule) -> String {
    let mut text = String::new();
    for path in fixtures(rule.id.name) {
        let outcome = outcome(std::slice::from_ref(&path));
        let verdict = outcome.verdicts.iter().find(|one| one.rule.id == rule.id).unwrap();
        writeln!(text, "# {}", path.file_name().unwrap().to_string_lossy()).unwrap();
        writeln!(text, "{:?}, findings: {}", verdict.verdict, verdict.findings).unwrap();
        for finding in &outcome.findings {
            text.push_str(&listed(&outcome, finding, 0));
        }
        for schedule in &outcome.schedules {
            text.push_str(&tabulated(schedule));
        }
        text.push('\n');
    }
    // A file that is named by its whole path is named from the folder of the project.
    text.replace(&format!("{}/", project().display()), "")
}

/// Every rule whose code begins like this says what its snapshot says.
fn say_what_they_said(family: &str) {
    let rules: Vec<_> = RULES
        .iter()
        .filter(|rule| rule.id.code.starts_with(family) && !WITHOUT_FIXTURES.contains(&rule.id.name))
        .collect();
    assert!(!rules.is_empty());
    insta::with_settings!({
        prepend_module_to_snapshot => false,
        snapshot_path => "snapshots/findings",
        omit_expression => true
    }, {
        for rule in rules {
            insta::assert_snapshot!(format!("{}-{}", rule.id.code, rule.id.name), of_fixtures(rule));
        }
    });
}

#[test]
fn of_readable_inputs() {
    say_what_they_said("TR0");
}

#[test]
fn of_coverage() {
    say_what_they_said("TR1");
}

#[test]
fn of_arithmetic() {
    say_what_they_said("TR2");
}

#[test]
fn of_time() {
    say_what_they_said("TR3");
}

#[test]
fn of_counting() {
    say_what_they_said("TR4");
}

#[test]
fn of_vintages() {
    say_what_they_said("TR5");
}

#[test]
fn of_sources() {
    say_what_they_said("TR6");
}

#[test]
fn of_claims() {
    say_what_they_said("TR7");
}

#[test]
fn of_documentation() {
    say_what_they_said("TR8");
}

#[test]
fn of_the_linter() {
    say_what_they_said("TR9");
}
