//! For pull requests on GitHub: workflow commands that put findings on the lines they speak of.
//!
//! GitHub shows ten annotations of a level for each step and drops the rest without a word. The gravest come first,
//! and what is beyond ten is counted in a last one.

use super::region::Region;
use super::words::clean;
use super::{folded_count, summary};
use crate::diag::{Finding, Level, grouped};
use crate::engine::Outcome;

/// Annotations of one level that GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes the commands, one a line.
pub fn render(outcome: &Outcome) -> String {
    let mut text = String::new();
    let mut left = 0;
    for level in [Level::Error, Level::Warning, Level::Note] {
        let mut findings: Vec<&Finding> =
            outcome.findings.iter().filter(|finding| finding.is_active() && finding.level == level).collect();
        // The surest first; a stable sort keeps the order of the inputs among equals.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.confidence));
        // The last notice is ours.
        let most = if level == Level::Note { SHOWN - 1 } else { SHOWN };
        left += findings.len().saturating_sub(most);
        for finding in findings.into_iter().take(most) {
            text.push_str(&command(finding, outcome));
            text.push('\n');
        }
    }
    let more = if left > 0 {
        format!("{} more findings are not shown here. ", grouped(left.into()))
    } else {
        String::new()
    };
    let totals = data(&format!("{more}{}", summary::paragraph(outcome, false)));
    text.push_str(&format!("::notice title=candor::{totals}\n"));
    text
}

fn command(finding: &Finding, outcome: &Outcome) -> String {
    let region = Region::new(finding.primary.location, &outcome.sources);
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let place = match &region.cell {
        Some(_) => format!("file={}", property(region.path)),
        // GitHub refuses columns that span lines.
        None if region.line != region.end_line => {
            format!("file={},line={},endLine={}", property(region.path), region.line, region.end_line)
        }
        None => format!(
            "file={},line={},endLine={},col={},endColumn={}",
            property(region.path),
            region.line,
            region.end_line,
            region.column,
            region.end_column
        ),
    };
    let cell = region.cell.as_ref().map(|cell| format!("{cell}: ")).unwrap_or_default();
    let folded = match folded_count(finding) {
        0 => String::new(),
        count => format!(" (+{} more)", grouped(count.into())),
    };
    let mut lines = vec![format!("{cell}{}{folded}", finding.message)];
    lines.extend(finding.notes.iter().map(|note| format!("{}: {}", note.kind, note.text)));
    let title = property(&format!("{} {}", finding.rule.code, finding.rule.name));
    format!("::{level} {place},title={title}::{}", data(&lines.join("\n")))
}

/// The text of a command: what would end it is escaped, and nothing is left that the log would act on.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| clean(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// The value of a property, which commas and colons would end as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
