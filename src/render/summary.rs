//! The last line of a report, and the table of what every rule did.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use super::inputs::{Extent, Reading, readings};
use super::words::clean;
use crate::diag::{Entry, listing, quantity_of};
use crate::engine::{Outcome, RuleVerdict};
use crate::rule::Verdict;
use crate::source::limits::FINDINGS;

/// Most inputs that the summary names.
const NAMED: usize = 3;

/// The totals in one paragraph. With `hint` it says how to see what every rule did.
pub fn paragraph(outcome: &Outcome, hint: bool) -> String {
    let summary = &outcome.summary;
    let mut text = format!(
        "{} in {} from {}: {}. {}.",
        quantity_of(summary.values, "value"),
        quantity_of(summary.series, "series"),
        quantity_of(summary.inputs, "file"),
        findings(outcome),
        rules(outcome),
    );
    if summary.left_out > 0 {
        text.push_str(&format!(
            " Left out: {} (`{}` under `[limits]` in candor.toml is {}).",
            quantity_of(summary.left_out, "finding"),
            FINDINGS.key,
            outcome.sources.limits.findings,
        ));
    }
    if hint && summary.rules_not_applicable + summary.rules_not_run > 0 {
        text.push_str(" --verbose lists them.");
    }
    let readings = readings(outcome);
    for (extent, words) in [(Extent::Not, "Not read"), (Extent::Partly, "Read in part")] {
        let names: Vec<String> = readings.iter().filter(|one| one.extent == extent).map(name).collect();
        if !names.is_empty() {
            text.push_str(&format!(" {words}: {}.", listing(&names, NAMED)));
        }
    }
    let assumed: Vec<String> =
        readings.iter().filter_map(|one| Some(format!("{} ({})", name(one), one.assumptions()?))).collect();
    if !assumed.is_empty() {
        text.push_str(&format!(" Read as: {}.", listing(&assumed, NAMED)));
    }
    text
}

fn name(reading: &Reading<'_>) -> String {
    clean(&reading.source.path)
}

fn findings(outcome: &Outcome) -> String {
    let summary = &outcome.summary;
    let counts = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")];
    let mut parts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| quantity_of(*count, noun))
        .collect();
    if parts.is_empty() {
        parts.push("no findings".to_owned());
    }
    for (count, word) in
        [(summary.explained, "explained"), (summary.allowed, "allowed"), (summary.baselined, "baselined")]
    {
        if count > 0 {
            parts.push(format!("{} {word}", grouped(count)));
        }
    }
    let folded = match summary.folded {
        0 => String::new(),
        count => format!(" ({} shown within others)", grouped(count)),
    };
    format!("{}{folded}", parts.join(", "))
}

fn rules(outcome: &Outcome) -> String {
    let summary = &outcome.summary;
    let mut text = format!("{} checked", quantity_of(summary.rules_checked, "rule"));
    for (count, words) in
        [(summary.rules_not_applicable, "not applicable"), (summary.rules_not_run, "not run")]
    {
        if count > 0 {
            text.push_str(&format!(", {} {words}", grouped(count)));
        }
    }
    text
}

fn grouped(count: usize) -> String {
    crate::diag::grouped(count.into())
}

/// A table of every claim with its verdict and the arithmetic; `None` where there are no claims.
pub fn claims(outcome: &Outcome, width: usize) -> Option<String> {
    let schedule = outcome.schedules.iter().find(|schedule| schedule.name == "claims")?;
    let shown = ["id", "verdict", "stated", "arithmetic"];
    let columns: Vec<usize> =
        shown.iter().filter_map(|name| schedule.columns.iter().position(|column| column == name)).collect();
    let mut table = plain_table(width);
    table.set_header(["claim", "verdict", "stated", "arithmetic"]);
    for row in &schedule.rows {
        table.add_row(columns.iter().map(|column| match row.entries.get(*column) {
            Some(Entry::Text(text)) => clean(text),
            Some(Entry::Number(number)) => crate::diag::grouped(*number),
            Some(Entry::Empty) | None => String::new(),
        }));
    }
    Some(drawn(&table))
}

/// A table of every rule: code, name, what it did, how many findings.
pub fn table(outcome: &Outcome, width: usize) -> String {
    let mut table = plain_table(width);
    table.set_header(["rule", "name", "verdict", "findings"]);
    for verdict in &outcome.verdicts {
        table.add_row(row(verdict));
    }
    drawn(&table)
}

/// A table without lines.
fn plain_table(width: usize) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table
}

fn drawn(table: &Table) -> String {
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

fn row(verdict: &RuleVerdict) -> [String; 4] {
    let id = verdict.rule.id;
    let words = match &verdict.verdict {
        Verdict::Checked { examined } => format!("checked {}", grouped(*examined)),
        Verdict::NotApplicable(why) => format!("not applicable: {}", clean(why)),
        Verdict::NotRun(why) => format!("not run: {}", clean(why)),
    };
    [id.code.to_owned(), id.name.to_owned(), words, grouped(verdict.findings)]
}
