//! How figures and their changes are called, wherever they are printed.

use std::collections::BTreeMap;

use super::Change;
use crate::diag::{grouped, listing, percent};
use crate::model::{Observation, Period, Quantity, Registry, SeriesKey};

/// Periods that are named.
const PERIODS: usize = 6;

/// Which series: `Content actioned of Facebook (Hate Speech)`.
pub fn series_name(registry: &Registry, key: &SeriesKey) -> String {
    let metric = registry.metric_name(&key.metric);
    let subject = match key.subject == key.publisher {
        true => String::new(),
        false => format!(" of {}", registry.entity_name(&key.subject)),
    };
    let narrowing = key.narrowing().map(|words| format!(" ({words})")).unwrap_or_default();
    format!("{metric}{subject}{narrowing}")
}

/// Which figure: the series and the period.
pub fn figure_name(registry: &Registry, key: &SeriesKey, period: Period) -> String {
    format!("{}, {period}", series_name(registry, key))
}

/// A number as it is printed, without the step that it is rounded to.
pub fn printed(observation: &Observation) -> String {
    match &observation.quantity {
        Quantity::Rounded(rounded) => grouped(rounded.value),
        other => other.to_string(),
    }
}

/// `9,400,000 → 2,800,000 (−70.2 %)`.
pub fn change_in_words(change: &Change<'_>) -> String {
    let relative = change.relative().map(|share| format!(" ({})", percent(share))).unwrap_or_default();
    format!("{} → {}{relative}", printed(change.old), printed(change.new))
}

/// How many there are in each period, the newest first: `10 in 2021-Q4 and 86 in 2020-Q2`.
pub fn by_period(periods: impl Iterator<Item = Period>) -> String {
    let mut counts: BTreeMap<Period, usize> = BTreeMap::new();
    periods.for_each(|period| *counts.entry(period).or_default() += 1);
    let parts: Vec<String> = counts
        .iter()
        .rev()
        .map(|(period, count)| format!("{} in {period}", grouped((*count).into())))
        .collect();
    listing(&parts, PERIODS)
}

/// Names of some periods, each once, in order.
pub fn period_names(periods: impl Iterator<Item = Period>) -> String {
    let mut all: Vec<Period> = periods.collect();
    all.sort_unstable();
    all.dedup();
    listing(&all.iter().map(Period::to_string).collect::<Vec<_>>(), PERIODS)
}

/// How many there are of each metric, the most frequent first: `8 Prevalence and 1 Appeals`.
pub fn by_metric<'k>(registry: &Registry, keys: impl Iterator<Item = &'k SeriesKey>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    keys.for_each(|key| *counts.entry(registry.metric_name(&key.metric)).or_default() += 1);
    let mut ranked: Vec<(&str, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let parts: Vec<String> =
        ranked.iter().map(|(name, count)| format!("{} {name}", grouped((*count).into()))).collect();
    listing(&parts, 4)
}
