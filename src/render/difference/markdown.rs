//! For people, as a comment on a change: totals in a table, the largest changes first, everything else folded.

use super::words;
use crate::diag::{Finding, grouped, percent, quantity_of};
use crate::engine::{CheckedSide, Step};
use crate::history::words::{by_metric, by_period, printed};
use crate::history::{Change, Statement, mappings, word_difference};
use crate::render::Style;
use crate::render::concise::position;
use crate::render::markdown::escaped;

/// Characters that a comment may have at GitHub are 65,536; this leaves room for a heading and a footer.
const LARGEST: usize = 60_000;
/// Changes that are listed in a step.
const CHANGES: usize = 25;
/// Other lines that are listed in a step.
const OTHERS: usize = 10;

/// Writes all steps; shorter lists where there are many, and none where even these are too long.
pub fn render(steps: &[Step<'_>], style: &Style) -> String {
    if style.all {
        return write(steps, usize::MAX, usize::MAX);
    }
    let sizes = [(CHANGES, OTHERS), (10, 5), (3, 2), (0, 0)];
    let texts = sizes.iter().map(|(changes, others)| write(steps, *changes, *others));
    let mut shortest = String::new();
    for text in texts {
        shortest = text;
        if shortest.chars().count() < LARGEST {
            break;
        }
    }
    shortest
}

fn write(steps: &[Step<'_>], changes: usize, others: usize) -> String {
    let mut text = String::from("## Changes between releases\n\n");
    text.push_str("| from | to | unchanged | restated | added | removed | new findings |\n|---|---|--:|--:|--:|--:|--:|\n");
    for step in steps {
        let count = |place: usize| grouped(words::counts(step)[place].1.into());
        let cells =
            [escaped(&step.old.name), escaped(&step.new.name), count(0), count(1), count(2), count(3)];
        let new = grouped(step.findings.new.len().into());
        text.push_str(&format!("| {} | {new} |\n", cells.join(" | ")));
    }
    for step in steps {
        Section { step, changes, others }.write(&mut text);
    }
    text
}

struct Section<'p, 'o> {
    step: &'p Step<'o>,
    changes: usize,
    others: usize,
}

impl Section<'_, '_> {
    fn write(&self, text: &mut String) {
        let step = self.step;
        text.push_str(&format!("\n### {} → {}\n\n", escaped(&step.old.name), escaped(&step.new.name)));
        if let Some(why) = words::obstacle(step) {
            text.push_str(&format!("{}.\n\n", escaped(&why)));
        }
        self.restated(text);
        self.renamed(text);
        self.one_sided("removed", &words::removed(step), step.old, text);
        self.one_sided("of periods no longer covered", &step.comparison.out_of_range, step.old, text);
        self.one_sided("added", &words::added(step), step.new, text);
        for change in step.wordings.iter().take(self.others) {
            let difference = word_difference(&change.old.text, &change.new.text);
            text.push_str(&format!("- {} reads otherwise: {}\n", change.new.kind, escaped(&difference)));
        }
        text.push_str(&format!("- findings: {}\n", words::findings(step)));
        self.findings("New findings", &step.findings.new, step.new, text);
        self.findings("Resolved findings", &step.findings.resolved, step.old, text);
    }

    fn restated(&self, text: &mut String) {
        let changes = words::restated(self.step);
        let Some(first) = changes.first() else { return };
        let periods = by_period(changes.iter().map(Change::period));
        text.push_str(&format!("**{} restated**: {periods}.\n\n", quantity_of(changes.len(), "value")));
        let registry = &self.step.new.outcome.dataset.registry;
        let figure = words::figure(registry, first.key, first.period());
        text.push_str(&format!("Largest: {}\n\n```diff\n", escaped(&figure)));
        for (sign, side, observation) in [("-", self.step.old, first.old), ("+", self.step.new, first.new)] {
            let (location, sources) = (observation.origin.location(), &side.outcome.sources);
            let record = words::record(location, sources, 160).replace('`', "'");
            text.push_str(&format!("{sign} {}  {record}\n", words::place(location, sources)));
        }
        text.push_str("```\n\n");
        let shown = changes.len().min(self.changes);
        if shown == 0 {
            return;
        }
        let summary = match shown == changes.len() {
            true => quantity_of(shown, "change"),
            false => format!("{} of {}", grouped(shown.into()), quantity_of(changes.len(), "change")),
        };
        text.push_str(&format!("<details><summary>{summary}</summary>\n\n"));
        text.push_str("| figure | old | new | change | at |\n|---|--:|--:|--:|---|\n");
        for change in changes.iter().take(shown) {
            let figure = words::figure(registry, change.key, change.period());
            let relative = change.relative().map(percent).unwrap_or_default();
            let place = words::place(change.new.origin.location(), &self.step.new.outcome.sources);
            let place = place.rsplit('/').next().unwrap_or(&place);
            let numbers = format!("{} | {}", printed(change.old), printed(change.new));
            text.push_str(&format!(
                "| {} | {numbers} | {relative} | {} |\n",
                escaped(&figure),
                escaped(place)
            ));
        }
        text.push_str("\n</details>\n\n");
    }

    fn renamed(&self, text: &mut String) {
        let mappings = mappings(&self.step.comparison.renames);
        for mapping in mappings.iter().take(self.others) {
            text.push_str(&format!(
                "- renamed: {}; {}, {} of {} in common the same; known by {}\n",
                escaped(&mapping.words()),
                quantity_of(mapping.statements(), "statement"),
                grouped(mapping.equal().into()),
                quantity_of(mapping.common(), "number"),
                mapping.evidence(),
            ));
        }
        if mappings.len() > self.others {
            text.push_str(&format!(
                "- renamed: {}\n",
                quantity_of(mappings.len() - self.others, "more name")
            ));
        }
    }

    fn one_sided(&self, word: &str, statements: &[Statement<'_>], side: &CheckedSide, text: &mut String) {
        if !statements.is_empty() {
            let periods = by_period(statements.iter().map(|one| one.observation.period));
            let metrics = by_metric(&side.outcome.dataset.registry, statements.iter().map(|one| one.key));
            text.push_str(&format!(
                "- {} {word}: {periods}; {}\n",
                grouped(statements.len().into()),
                escaped(&metrics)
            ));
        }
    }

    fn findings(&self, title: &str, findings: &[&Finding], side: &CheckedSide, text: &mut String) {
        let shown = findings.len().min(self.others);
        if shown == 0 {
            return;
        }
        let count = grouped(findings.len().into());
        text.push_str(&format!("\n<details><summary>{title}: {count}</summary>\n\n"));
        for finding in findings.iter().take(shown) {
            let at = position(finding, &side.outcome.sources);
            let (level, name) = (finding.level.as_str(), finding.rule.name);
            text.push_str(&format!("- {} {level}[{name}] {}\n", escaped(&at), escaped(&finding.message)));
        }
        if findings.len() > shown {
            text.push_str(&format!("- and {} more\n", grouped((findings.len() - shown).into())));
        }
        text.push_str("\n</details>\n");
    }
}
