//! For a comment on a pull request: totals, then the findings that count, gravest first, within the room of a comment.

use std::cmp::Reverse;

use super::inputs::{Extent, readings};
use super::region::Region;
use super::words::clean;
use super::{concise, folded_count, summary};
use crate::diag::{Finding, Level, grouped, quantity_of};
use crate::engine::Outcome;
use crate::rule::Verdict;

/// Most bytes of the list of findings: a comment on GitHub holds 65,536 characters.
const ROOM: usize = 50_000;
/// Most findings that are listed: a longer comment is not read.
const LISTED: usize = 100;

/// Writes the comment.
pub fn render(outcome: &Outcome) -> String {
    let mut text =
        format!("### candor: {}\n\n{}\n", headline(outcome), escaped(&summary::paragraph(outcome, false)));
    // What counts comes before what does not, and what was set aside stands in the totals alone.
    let mut findings: Vec<&Finding> = super::shown(&outcome.findings, false).collect();
    findings.sort_by_key(|finding| (!finding.is_active(), Reverse((finding.level, finding.confidence))));
    let mut listed = 0;
    for finding in &findings {
        let entry = entry(finding, outcome);
        if listed == LISTED || text.len() + entry.len() > ROOM {
            break;
        }
        text.push_str(&entry);
        listed += 1;
    }
    if listed < findings.len() {
        let left = grouped((findings.len() - listed).into());
        text.push_str(&format!("\n… and {left} more; the full report lists them.\n"));
    }
    text.push_str(&unread(outcome));
    text.push_str(&not_run(outcome));
    text
}

fn headline(outcome: &Outcome) -> String {
    let summary = &outcome.summary;
    let counts = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| quantity_of(*count, noun))
        .collect();
    if words.is_empty() { "nothing found".to_owned() } else { words.join(", ") }
}

fn entry(finding: &Finding, outcome: &Outcome) -> String {
    let region = Region::new(finding.primary.location, &outcome.sources);
    let mark = match finding.level {
        Level::Error => "❌",
        Level::Warning => "⚠️",
        Level::Note => "ℹ️",
    };
    let folded = match folded_count(finding) {
        0 => String::new(),
        count => format!(" (+{} more)", grouped(count.into())),
    };
    let mut text = format!(
        "\n<details><summary>{mark} <b>{}</b> {}{}{folded}<br><code>{}{}</code></summary>\n\n",
        finding.rule.name,
        escaped(&finding.message),
        concise::explained(finding),
        escaped(region.path),
        escaped(&region.suffix()),
    );
    for label in std::iter::once(&finding.primary).chain(&finding.related).take(6) {
        let place = Region::new(label.location, &outcome.sources);
        let at = format!("{}{}", escaped(place.path), escaped(&place.suffix()));
        text.push_str(&format!("- <code>{at}</code> {}\n", escaped(&label.text)));
    }
    for note in &finding.notes {
        text.push_str(&format!("- **{}** {}\n", note.kind, escaped(&note.text)));
    }
    text.push_str("\n</details>\n");
    text
}

fn unread(outcome: &Outcome) -> String {
    let lines: String = readings(outcome)
        .iter()
        .filter(|reading| reading.extent != Extent::Whole)
        .map(|reading| {
            let extent = if reading.extent == Extent::Not { "not read" } else { "read in part" };
            let reason = escaped(reading.reason.as_deref().unwrap_or_default());
            format!("- <code>{}</code> {extent}: {reason}\n", escaped(&reading.source.path))
        })
        .collect();
    if lines.is_empty() { lines } else { format!("\n**Not wholly read**\n\n{lines}") }
}

fn not_run(outcome: &Outcome) -> String {
    let lines: String = outcome
        .verdicts
        .iter()
        .filter_map(|one| match &one.verdict {
            Verdict::NotRun(why) => {
                Some(format!("- {} {}: {}\n", one.rule.id.code, one.rule.id.name, escaped(why)))
            }
            _ => None,
        })
        .collect();
    if lines.is_empty() {
        return lines;
    }
    format!("\n<details><summary>Rules that were not run</summary>\n\n{lines}\n</details>\n")
}

/// A text that Markdown and HTML take as it is: labels come from inputs and may be anything. A mention must not call
/// anybody, and a link must not lead anywhere.
pub(in crate::render) fn escaped(text: &str) -> String {
    let mut result = String::new();
    for character in clean(text).chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '@' => result.push_str("&#64;"),
            '#' => result.push_str("&#35;"),
            ':' | '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '!' => {
                result.push_str(&format!("&#{};", character as u32));
            }
            other => result.push(other),
        }
    }
    result
}
