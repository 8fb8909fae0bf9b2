//! For people: a screen a step.

use super::words;
use crate::diag::{Finding, Level, grouped, quantity_of};
use crate::engine::{CheckedSide, Step};
use crate::history::words::{by_metric, by_period, change_in_words, printed, series_name};
use crate::history::{Change, Statement, mappings, word_difference};
use crate::render::Style;
use crate::render::concise::position;
use crate::render::paint::Painter;
use crate::render::words::{clean, wrap};

/// Changes that are shown with both cells.
const SHOWN: usize = 3;
/// Further changes that are named in a line.
const NAMED: usize = 4;
/// Renamed labels, texts and findings that are named.
const OTHERS: usize = 3;

/// Writes all steps.
pub fn render(steps: &[Step<'_>], style: &Style) -> String {
    let painter = Painter::new(style.colour);
    let texts: Vec<String> =
        steps.iter().map(|step| Page { painter: &painter, style, step }.write()).collect();
    texts.join("\n")
}

struct Page<'p, 'o> {
    painter: &'p Painter,
    style: &'p Style,
    step: &'p Step<'o>,
}

impl Page<'_, '_> {
    fn write(&self) -> String {
        let mut text = String::new();
        let step = self.step;
        self.line(&format!("{} → {}", clean(&step.old.name), clean(&step.new.name)), 0, &mut text);
        let counts = words::counts(step);
        let counts: Vec<String> = counts
            .iter()
            .map(|(sign, count, word)| format!("{sign} {} {word}", grouped((*count).into())))
            .collect();
        self.line(&counts.join(" · "), 2, &mut text);
        if let Some(why) = words::obstacle(step) {
            self.line(&why, 2, &mut text);
        }
        self.restated(&mut text);
        self.renamed(&mut text);
        self.one_sided("-", "removed", &words::removed(step), step.old, &mut text);
        self.one_sided(
            "-",
            "of periods no longer covered",
            &step.comparison.out_of_range,
            step.old,
            &mut text,
        );
        self.one_sided("+", "added", &words::added(step), step.new, &mut text);
        self.wordings(&mut text);
        self.findings(&mut text);
        text
    }

    /// A line, broken where it is too long; what follows stands further in.
    fn line(&self, words: &str, indent: usize, text: &mut String) {
        let room = self.style.width.saturating_sub(indent);
        for (index, line) in wrap(words, room, 4).iter().enumerate() {
            text.push_str(&" ".repeat(if index == 0 { indent } else { indent + 4 }));
            text.push_str(line);
            text.push('\n');
        }
    }

    fn heading(&self, words: &str, text: &mut String) {
        text.push('\n');
        self.line(words, 0, text);
    }

    /// How many of a list are shown.
    fn most(&self, usual: usize) -> usize {
        if self.style.all { usize::MAX } else { usual }
    }

    fn more(&self, left: usize, noun: &str, text: &mut String) {
        if left > 0 {
            self.line(&format!("+ {} (--all lists them)", quantity_of(left, noun)), 2, text);
        }
    }

    fn restated(&self, text: &mut String) {
        let changes = words::restated(self.step);
        if changes.is_empty() {
            return;
        }
        let in_common = self.step.comparison.in_common + self.step.comparison.renamed_in_common;
        let periods = by_period(changes.iter().map(Change::period));
        let count = grouped(changes.len().into());
        self.heading(
            &format!("~ {count} of {} in common restated: {periods}", quantity_of(in_common, "value")),
            text,
        );
        let shown = self.most(SHOWN);
        for change in changes.iter().take(shown) {
            self.both_cells(change, text);
        }
        let named = self.most(NAMED);
        for change in changes.iter().skip(shown).take(named) {
            self.line(&self.change(change), 2, text);
        }
        self.more(changes.len().saturating_sub(shown.saturating_add(named)), "more change", text);
    }

    fn change(&self, change: &Change<'_>) -> String {
        let registry = &self.step.new.outcome.dataset.registry;
        let figure = words::figure(registry, change.key, change.period());
        format!("{figure}: {}", change_in_words(change))
    }

    fn both_cells(&self, change: &Change<'_>, text: &mut String) {
        self.line(&self.change(change), 2, text);
        let sides = [("-", self.step.old, change.old), ("+", self.step.new, change.new)];
        for (sign, side, observation) in sides {
            let (location, sources) = (observation.origin.location(), &side.outcome.sources);
            let place = words::place(location, sources);
            let room = self.style.width.saturating_sub(place.chars().count() + 8).max(24);
            let line = format!("{sign} {place}  {}", words::record(location, sources, room));
            let painted = match sign {
                "-" => self.painter.level(Level::Error, &line),
                _ => self.painter.kind("help", &line),
            };
            text.push_str(&format!("    {painted}\n"));
        }
    }

    fn renamed(&self, text: &mut String) {
        let mappings = mappings(&self.step.comparison.renames);
        if mappings.is_empty() {
            return;
        }
        let statements: usize = mappings.iter().map(|mapping| mapping.statements()).sum();
        self.heading(&format!("> {} under new names", quantity_of(statements, "statement")), text);
        let shown = self.most(OTHERS);
        for mapping in mappings.iter().take(shown) {
            let evidence = format!(
                "{}: {} in {}; {} of {} in common the same; known by {}",
                clean(&mapping.words()),
                quantity_of(mapping.statements(), "statement"),
                quantity_of(mapping.renames.len(), "series"),
                grouped(mapping.equal().into()),
                quantity_of(mapping.common(), "number"),
                mapping.evidence(),
            );
            self.line(&evidence, 2, text);
        }
        self.more(mappings.len().saturating_sub(shown), "more name", text);
    }

    fn one_sided(
        &self,
        sign: &str,
        word: &str,
        statements: &[Statement<'_>],
        side: &CheckedSide,
        text: &mut String,
    ) {
        if statements.is_empty() {
            return;
        }
        let registry = &side.outcome.dataset.registry;
        let periods = by_period(statements.iter().map(|one| one.observation.period));
        let metrics = by_metric(registry, statements.iter().map(|one| one.key));
        self.heading(
            &format!("{sign} {} {word}: {periods}; {metrics}", grouped(statements.len().into())),
            text,
        );
        if self.style.all {
            for one in statements {
                let figure = words::figure(registry, one.key, one.observation.period);
                let place = words::place(one.observation.origin.location(), &side.outcome.sources);
                self.line(&format!("{figure}: {} at {place}", printed(one.observation)), 2, text);
            }
        }
    }

    fn wordings(&self, text: &mut String) {
        let changes = &self.step.wordings;
        if changes.is_empty() {
            return;
        }
        self.heading(&format!("¶ {} changed", quantity_of(changes.len(), "text")), text);
        let shown = self.most(OTHERS);
        for change in changes.iter().take(shown) {
            let registry = &self.step.new.outcome.dataset.registry;
            let about = change
                .key
                .map(|key| format!(" of {}", clean(&series_name(registry, key))))
                .unwrap_or_default();
            let words = word_difference(&change.old.text, &change.new.text);
            self.line(&format!("{}{about}: {}", change.new.kind, clean(&words)), 2, text);
        }
        self.more(changes.len().saturating_sub(shown), "more text", text);
    }

    fn findings(&self, text: &mut String) {
        let findings = &self.step.findings;
        if findings.new.is_empty() && findings.still.is_empty() && findings.resolved.is_empty() {
            return;
        }
        self.heading(&format!("! findings: {}", words::findings(self.step)), text);
        let shown = self.most(OTHERS);
        let lists = [("new", &findings.new, self.step.new), ("resolved", &findings.resolved, self.step.old)];
        for (word, list, side) in lists {
            for finding in list.iter().take(shown) {
                self.line(&self.finding(word, finding, side), 2, text);
            }
            self.more(list.len().saturating_sub(shown), &format!("more {word} finding"), text);
        }
    }

    fn finding(&self, word: &str, finding: &Finding, side: &CheckedSide) -> String {
        let at = position(finding, &side.outcome.sources);
        let (level, name) = (finding.level.as_str(), finding.rule.name);
        format!("{word} {at}: {level}[{name}] {}", clean(&finding.message))
    }
}
