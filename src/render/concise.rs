//! One line a finding: `file:line:col: level[name] message`, as editors and `grep` like it.

use super::words::clean;
use super::{Style, folded_count, summary};
use crate::diag::{Finding, State, grouped};
use crate::engine::Outcome;
use crate::source::Sources;

/// Writes every finding on a line of its own, then the totals.
pub fn render(outcome: &Outcome, style: &Style) -> String {
    let mut text = String::new();
    for finding in super::shown(&outcome.findings, style.all) {
        text.push_str(&line(finding, &outcome.sources));
        text.push('\n');
    }
    if style.verbose {
        text.push_str(&summary::table(outcome, style.width.max(40)));
        text.push('\n');
    }
    text.push_str(&summary::paragraph(outcome, !style.verbose));
    text.push('\n');
    text
}

fn line(finding: &Finding, sources: &Sources) -> String {
    let folded = match folded_count(finding) {
        0 => String::new(),
        count => format!(" (+{} more)", grouped(count.into())),
    };
    format!(
        "{}: {}[{}] {}{}{folded}",
        position(finding, sources),
        finding.level.as_str(),
        finding.rule.name,
        clean(&finding.message),
        explained(finding),
    )
}

/// `path:line:col` of the place that a finding points at, or `path!C5` in a sheet.
pub fn position(finding: &Finding, sources: &Sources) -> String {
    let location = finding.primary.location;
    let source = sources.get(location.source);
    let spot = super::excerpt::Spot::new(source, &finding.primary, true);
    format!("{}{}", clean(&source.path), spot.reference())
}

/// What is added to a message whose finding does not count.
pub fn explained(finding: &Finding) -> &'static str {
    match finding.state {
        State::Active => "",
        State::Explained { .. } => " (explained)",
        State::Allowed { .. } => " (allowed)",
        State::Baselined => " (baselined)",
    }
}
