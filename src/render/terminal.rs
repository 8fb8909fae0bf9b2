//! For people: each finding drawn over the lines it speaks of.
//!
//! miette draws the excerpts. The line above them, the lines beneath them and what was folded are written here, because
//! a linter's reader wants level, rule and message on one line, and evidence in columns.

use std::collections::BTreeSet;
use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, SourceCode};
use rayon::prelude::*;

use super::concise::{explained, position};
use super::excerpt::{Drawing, Excerpt, Spot};
use super::paint::Painter;
use super::sparkline::{self, Sparklines};
use super::words::{clean, width, wrap};
use super::{Style, folded_findings, summary};
use crate::diag::{Allowance, Finding, Level, State, grouped, quantity_of};
use crate::engine::Outcome;
use crate::model::Dataset;
use crate::source::{SourceId, Sources};

/// Fewest columns of a terminal; on a narrower one lines are broken by the terminal.
const NARROWEST: usize = 40;
/// Findings that are written before any of them is put behind the others.
const AT_A_TIME: usize = 1 << 10;
/// Most excerpts after the first.
const FURTHER_EXCERPTS: usize = 3;
/// Most labels that are looked at; what is beyond is counted.
const LABELS: usize = 32;
/// Bytes that a finding takes, more or less.
const USUAL_LENGTH: usize = 1 << 11;
/// Columns of the word that begins a line beneath an excerpt, with the blanks around it.
const KIND_COLUMNS: usize = 10;

/// Writes all findings, under `verbose` what every rule did, and the totals.
pub fn render(outcome: &Outcome, style: &Style) -> String {
    let dataset = Some(&outcome.dataset).filter(|_| style.plot && style.width >= sparkline::LEAST_WIDTH);
    let mut text = findings(&outcome.sources, dataset, &outcome.findings, style);
    let width = style.width.max(NARROWEST);
    if style.verbose {
        if let Some(claims) = summary::claims(outcome, width) {
            text.push_str(&claims);
            text.push_str("\n\n");
        }
        text.push_str(&summary::table(outcome, width));
        text.push_str("\n\n");
    }
    for line in wrap(&summary::paragraph(outcome, !style.verbose), width, 0) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Writes findings, each with a blank line after it; with a dataset also the series that they are about.
pub fn findings(sources: &Sources, dataset: Option<&Dataset>, findings: &[Finding], style: &Style) -> String {
    let style = Style { width: style.width.max(NARROWEST), ..*style };
    let sparklines = dataset.map(|dataset| Sparklines::new(dataset, super::shown(findings, style.all)));
    let page = Page { sources, sparklines, painter: Painter::new(style.colour), style };
    let write = |finding: &Finding| {
        let mut text = String::with_capacity(USUAL_LENGTH);
        page.finding(finding, &mut text);
        text.push('\n');
        text
    };
    let shown: Vec<&Finding> = super::shown(findings, style.all).collect();
    let mut text = String::new();
    for some in shown.chunks(AT_A_TIME) {
        let texts: Vec<String> = some.par_iter().map(|finding| write(finding)).collect();
        text.extend(texts);
    }
    text
}

/// What every finding of a report is written with.
struct Page<'a> {
    sources: &'a Sources,
    sparklines: Option<Sparklines<'a>>,
    painter: Painter,
    style: Style,
}

impl Page<'_> {
    fn finding(&self, finding: &Finding, text: &mut String) {
        self.head(finding, text);
        self.excerpts(finding, text);
        if let Some(line) = self.sparklines.as_ref().and_then(|sparklines| sparklines.of(finding)) {
            self.note("plot", &line, text);
        }
        self.notes(finding, text);
        self.folded(finding, text);
    }

    fn head(&self, finding: &Finding, text: &mut String) {
        let Finding { level, rule, message, .. } = finding;
        let tag = format!("{}[{}]", level.as_str(), rule.name);
        let whole = format!("{tag} {}: {message}{}", rule.code, explained(finding));
        for (index, line) in wrap(&whole.replace('\n', " "), self.style.width, 4).iter().enumerate() {
            match line.strip_prefix(&tag) {
                Some(rest) if index == 0 => {
                    text.push_str(&format!("{}{rest}\n", self.painter.level(*level, &tag)))
                }
                _ if index == 0 => text.push_str(&format!("{line}\n")),
                _ => text.push_str(&format!("    {line}\n")),
            }
        }
    }

    /// The places of a finding: drawn where there is text, else as a path.
    fn excerpts(&self, finding: &Finding, text: &mut String) {
        let labels = std::iter::once(&finding.primary).chain(&finding.related).take(LABELS);
        let beyond = (1 + finding.related.len()).saturating_sub(LABELS);
        let (shown, bare): (Vec<_>, Vec<_>) = labels
            .enumerate()
            .map(|(index, label)| (index == 0, label, self.sources.get(label.location.source)))
            .partition(|(_, _, source)| !source.text.is_empty());
        let (bare, bare_left) = bare.split_at(bare.len().min(FURTHER_EXCERPTS));
        for (_, label, source) in bare {
            let words =
                if label.text.is_empty() { String::new() } else { format!(": {}", clean(&label.text)) };
            self.hanging(" --> ", 5, &format!("{}{words}", clean(&source.path)), text);
        }
        let spots = shown
            .into_iter()
            .map(|(is_primary, label, source)| Spot::new(source, label, is_primary))
            .collect();
        let excerpts = Excerpt::group(spots, self.style.width);
        let (near, far) = excerpts.split_at(excerpts.len().min(1 + FURTHER_EXCERPTS));
        for excerpt in near {
            self.drawing(&excerpt.draw(self.style.width), finding.level, text);
        }
        let left = far.iter().map(Excerpt::len).sum::<usize>() + bare_left.len() + beyond;
        if left > 0 {
            text.push_str(&format!("  and {}\n", quantity_of(left, "more place")));
        }
    }

    fn drawing(&self, drawing: &Drawing, level: Level, text: &mut String) {
        let primary: Vec<bool> = drawing.marks.iter().map(|mark| mark.is_primary).collect();
        let handler = GraphicalReportHandler::new_themed(self.painter.theme(level, &primary))
            .with_width(self.style.width)
            .with_links(false)
            .with_context_lines(1);
        let mut drawn = String::with_capacity(USUAL_LENGTH);
        // Writing to a String cannot fail, and a drawing answers every question for its text.
        let _ = handler.render_report(&mut drawn, &Picture(drawing));
        for (place, cell) in drawing.references() {
            drawn = drawn.replacen(&place, &cell, 1);
        }
        // miette begins with a line for the message, which stands above already.
        for line in drawn.lines().skip(1) {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }

    fn notes(&self, finding: &Finding, text: &mut String) {
        let (before, after): (Vec<_>, Vec<_>) = finding.notes.iter().partition(|note| note.kind != "help");
        for note in before {
            self.note(note.kind, &note.text, text);
        }
        if let State::Explained { by } = &finding.state {
            for one in by {
                let source =
                    one.source.as_ref().map(|source| format!(" (source: {source})")).unwrap_or_default();
                self.note("break", &format!("{}: {}{source}", one.by, one.text), text);
            }
        }
        if let State::Allowed { allowance } = &finding.state {
            self.note("allowed", &allowance_in_words(allowance), text);
        }
        for note in after {
            self.note(note.kind, &note.text, text);
        }
    }

    /// A line that begins with a word and continues beneath its own beginning.
    fn note(&self, kind: &str, words: &str, text: &mut String) {
        let columns = KIND_COLUMNS.max(width(kind) + 3);
        let start = format!("  {}", self.painter.kind(kind, &format!("{kind:<0$}", columns - 2)));
        self.hanging(&start, columns, words, text);
    }

    /// Words after a beginning of at most `columns` columns; further lines begin after as many blanks.
    fn hanging(&self, start: &str, columns: usize, words: &str, text: &mut String) {
        for (index, line) in wrap(words, self.style.width.saturating_sub(columns), 0).iter().enumerate() {
            match index {
                0 => text.push_str(start),
                _ => text.push_str(&" ".repeat(columns)),
            }
            text.push_str(line);
            text.push('\n');
        }
    }

    fn folded(&self, finding: &Finding, text: &mut String) {
        let all = folded_findings(finding);
        let (repeats, others): (Vec<&Finding>, Vec<&Finding>) =
            all.into_iter().partition(|one| one.rule == finding.rule);
        self.others(&others, text);
        self.repeats(finding.primary.location.source, &repeats, text);
    }

    /// Findings of other rules: all of them, or the first of each rule.
    fn others(&self, others: &[&Finding], text: &mut String) {
        let mut rules = BTreeSet::new();
        for one in others {
            if !rules.insert(one.rule) && !self.style.all {
                continue;
            }
            let same = others.iter().filter(|other| other.rule == one.rule).count();
            let more = match same {
                2.. if !self.style.all => format!(" (+ {} more)", grouped((same - 1).into())),
                _ => String::new(),
            };
            let at = position(one, self.sources);
            let words = format!(
                "{} {} at {at}: {}{}{more}",
                one.rule.code,
                one.rule.name,
                clean(&one.message),
                explained(one)
            );
            self.note("also", &words, text);
        }
    }

    fn repeats(&self, home: SourceId, repeats: &[&Finding], text: &mut String) {
        if repeats.is_empty() {
            return;
        }
        let files: BTreeSet<SourceId> = repeats.iter().map(|one| one.primary.location.source).collect();
        let mut hints = Vec::new();
        if files.len() > 1 || !files.contains(&home) {
            hints.push(format!("in {}", quantity_of(files.len(), "file")));
        }
        if !self.style.all {
            hints.push("--all lists them".to_owned());
        }
        let hints = if hints.is_empty() { String::new() } else { format!(" ({})", hints.join("; ")) };
        text.push_str(&format!("  + {} more{hints}\n", grouped(repeats.len().into())));
        for one in repeats.iter().filter(|_| self.style.all) {
            let words = format!("{}: {}{}", position(one, self.sources), clean(&one.message), explained(one));
            self.hanging("    ", 6, &words, text);
        }
    }
}

/// Why, by whom and until when a finding is accepted.
fn allowance_in_words(allowance: &Allowance) -> String {
    let by = allowance.by.as_ref().map(|by| format!(" (by {by})")).unwrap_or_default();
    let until = allowance.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
    let source = allowance.source.as_ref().map(|source| format!(" (source: {source})")).unwrap_or_default();
    format!("{}{by}{until}{source}", allowance.reason)
}

/// A drawing as a diagnostic of miette's: excerpt and labels, without words of its own.
#[derive(Debug)]
struct Picture<'a>(&'a Drawing);

impl fmt::Display for Picture<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Picture<'_> {}

impl Diagnostic for Picture<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.0)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.0.labels()))
    }
}
