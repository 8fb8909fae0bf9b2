//! What the formats say alike.

use crate::diag::{Label, Level, Location, grouped, quantity_of};
use crate::engine::Step;
use crate::history::words::figure_name;
use crate::history::{Change, Comparability, Statement};
use crate::model::{Period, Registry, SeriesKey};
use crate::render::excerpt::Spot;
use crate::render::words::clean;
use crate::source::Sources;

/// Which figure, safe to print.
pub fn figure(registry: &Registry, key: &SeriesKey, period: Period) -> String {
    clean(&figure_name(registry, key, period))
}

/// Where something stands: `path:line:column`, or `path!C5` in a sheet.
pub fn place(location: Location, sources: &Sources) -> String {
    let source = sources.get(location.source);
    format!("{}{}", clean(&source.path), Spot::new(source, &Label::new(location, ""), true).reference())
}

/// The line that something stands on, shortened around it to so many characters.
pub fn record(location: Location, sources: &Sources, most: usize) -> String {
    let source = sources.get(location.source);
    let lines = source.lines();
    let line = lines.line_range(&source.text, lines.line_of(&source.text, location.span.start));
    let before = clean(source.text.get(line.start..location.span.start as usize).unwrap_or_default());
    let value = clean(source.slice(location.span));
    let after = clean(source.text.get(location.span.end as usize..line.end).unwrap_or_default());
    let room = most.saturating_sub(value.chars().count() + after.chars().count().min(20));
    let length = before.chars().count();
    let before = match length > room {
        true => format!(
            "…{}",
            before.chars().skip(length - room.saturating_sub(1).min(length)).collect::<String>()
        ),
        false => before,
    };
    let end: String = after.trim_end().chars().take(20).collect();
    format!("{}{value}{end}", before.trim_start())
}

/// The counts of a step, as in a legend: sign, count, word.
pub fn counts(step: &Step<'_>) -> Vec<(&'static str, usize, &'static str)> {
    let comparison = &step.comparison;
    let all = [
        ("=", comparison.unchanged, "unchanged"),
        ("~", comparison.restated.len() + comparison.renamed_restated.len(), "restated"),
        ("+", comparison.added.len() + comparison.filled.len(), "added"),
        ("-", comparison.no_longer_published(), "removed"),
        ("-", comparison.out_of_range.len(), "of periods no longer covered"),
        ("≈", comparison.reprinted.len(), "printed to another step"),
    ];
    all.into_iter().enumerate().filter(|(place, one)| *place < 4 || one.1 > 0).map(|(_, one)| one).collect()
}

/// Everything that was restated, under its own key or a new one, the largest first.
pub fn restated<'d>(step: &Step<'d>) -> Vec<Change<'d>> {
    let comparison = &step.comparison;
    let mut all: Vec<Change<'d>> =
        comparison.restated.iter().chain(&comparison.renamed_restated).copied().collect();
    all.sort_by(|left, right| right.weight().total_cmp(&left.weight()));
    all
}

/// Numbers that are gone, also where a cell without a number stands in their place.
pub fn removed<'d>(step: &Step<'d>) -> Vec<Statement<'d>> {
    let emptied = step.comparison.emptied.iter().map(|one| Statement { key: one.key, observation: one.old });
    step.comparison.withdrawn.iter().copied().chain(emptied).collect()
}

/// Numbers that are new, also where a cell without a number stood in their place.
pub fn added<'d>(step: &Step<'d>) -> Vec<Statement<'d>> {
    let filled = step.comparison.filled.iter().map(|one| Statement { key: one.key, observation: one.new });
    step.comparison.added.iter().copied().chain(filled).collect()
}

/// The share of the earlier numbers that must have a counterpart for a comparison to say something.
const COMPARABLE: f64 = 0.2;

/// Why a comparison says little; `None` where it does not.
pub fn obstacle(step: &Step<'_>) -> Option<String> {
    let (old, new) = (clean(&step.old.name), clean(&step.new.name));
    match step.comparison.comparability {
        Comparability::NoCommonPeriod => {
            Some(format!("not comparable: {old} and {new} have no period in common"))
        }
        Comparability::Share { found, of } if (found as f64) < COMPARABLE * of as f64 => Some(format!(
            "hardly comparable: {} of {} of {old}, in periods that both report on, have a counterpart in {new}; other \
             metrics, categories or columns, and no equal numbers that say which took the place of which",
            grouped(found.into()),
            quantity_of(of, "number"),
        )),
        Comparability::Share { .. } => None,
    }
}

/// The findings of a step in one sentence.
pub fn findings(step: &Step<'_>) -> String {
    let of = |level: Level, noun: &str| {
        let count = step.findings.new.iter().filter(|one| one.is_active() && one.level == level).count();
        (count > 0).then(|| quantity_of(count, noun))
    };
    let levels: Vec<String> =
        [of(Level::Error, "error"), of(Level::Warning, "warning"), of(Level::Note, "note")]
            .into_iter()
            .flatten()
            .collect();
    let levels = if levels.is_empty() { String::new() } else { format!(" ({})", levels.join(", ")) };
    let count = |list: usize| grouped(list.into());
    format!(
        "{} new{levels}, {} still there, {} resolved",
        count(step.findings.new.len()),
        count(step.findings.still.len()),
        count(step.findings.resolved.len())
    )
}
