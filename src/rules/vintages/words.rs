//! Wording that findings about releases share.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::diag::{Change as Figure, Finding, grouped, listing, percent, quantity_of};
use crate::history::{Change, Statement};
use crate::model::{Observation, Period, Quantity, Registry, SeriesKey};

/// Changes that a finding names.
const NAMED: usize = 3;
/// Periods that a finding names.
const PERIODS: usize = 6;

/// Which figure: `Content actioned of Facebook (Hate Speech), 2020-Q2`.
pub fn figure_name(registry: &Registry, key: &SeriesKey, period: Period) -> String {
    format!("{}, {period}", series_name(registry, key))
}

/// Which series.
pub fn series_name(registry: &Registry, key: &SeriesKey) -> String {
    let metric = registry.metric_name(&key.metric);
    let subject = if key.subject == key.publisher {
        String::new()
    } else {
        format!(" of {}", registry.entity_name(&key.subject))
    };
    let narrowing = key.narrowing().map(|words| format!(" ({words})")).unwrap_or_default();
    format!("{metric}{subject}{narrowing}")
}

/// A number as it is printed, without the step that it is rounded to.
pub fn printed(observation: &Observation) -> String {
    match &observation.quantity {
        Quantity::Exact(value) => grouped(*value),
        Quantity::Rounded(rounded) => grouped(rounded.value),
        other => other.to_string(),
    }
}

/// `9,400,000 → 2,800,000 (−70.2 %)`.
pub fn change_in_words(change: &Change<'_>) -> String {
    let relative = change.relative().map(|share| format!(" ({})", percent(share))).unwrap_or_default();
    format!("{} → {}{relative}", printed(change.old), printed(change.new))
}

/// Adds the largest changes, a line each; they come the largest first.
pub fn name_largest(mut finding: Finding, registry: &Registry, changes: &[Change<'_>]) -> Finding {
    for change in changes.iter().take(NAMED) {
        let name = figure_name(registry, change.key, change.period());
        finding = finding.note("largest", format!("{name}: {}", change_in_words(change)));
    }
    if changes.len() > NAMED {
        finding = finding
            .note("others", format!("{} in the evidence", quantity_of(changes.len() - NAMED, "more change")));
    }
    finding
}

/// How many there are in each period: `86 in 2020-Q2, 10 in 2021-Q4`.
pub fn by_period(periods: impl Iterator<Item = Period>) -> String {
    let mut counts: BTreeMap<Period, usize> = BTreeMap::new();
    periods.for_each(|period| *counts.entry(period).or_default() += 1);
    let parts: Vec<String> =
        counts.iter().map(|(period, count)| format!("{} in {period}", grouped((*count).into()))).collect();
    listing(&parts, PERIODS)
}

/// Names of some periods, each once, in order.
pub fn period_names(periods: impl Iterator<Item = Period>) -> String {
    let mut all: Vec<Period> = periods.collect();
    all.sort_unstable();
    all.dedup();
    listing(&all.iter().map(Period::to_string).collect::<Vec<_>>(), PERIODS)
}

/// All changes as evidence.
pub fn evidence(registry: &Registry, changes: &[Change<'_>]) -> Vec<Figure> {
    let figure = |change: &Change<'_>| Figure {
        name: figure_name(registry, change.key, change.period()),
        from: change.old.quantity.point(),
        to: change.new.quantity.point(),
    };
    changes.iter().map(figure).collect()
}

/// All figures of one side as evidence.
pub fn evidence_of(registry: &Registry, statements: &[Statement<'_>]) -> Vec<Figure> {
    let figure = |one: &Statement<'_>| Figure {
        name: figure_name(registry, one.key, one.observation.period),
        from: one.observation.quantity.point(),
        to: None,
    };
    statements.iter().map(figure).collect()
}

/// A share as a percentage with one decimal, for a table.
pub fn percentage(share: f64) -> Option<Decimal> {
    Decimal::from_f64((share * 1000.0).round() / 10.0).map(|one| one.normalize())
}
