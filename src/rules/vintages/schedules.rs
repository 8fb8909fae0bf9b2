//! Indicators of revisions, as the OECD and Eurostat guidelines on revision analysis define them, for every pair of
//! releases: also where nothing changed.

use std::collections::BTreeMap;

use super::evidence::percentage;
use super::restated_materially::lag;
use super::{Lineage, Pair};
use crate::diag::{Entry, Schedule, ScheduleRow};
use crate::history::Change;
use crate::model::{Dataset, Period};

/// The columns of both schedules; the fourth says by what they are broken down, the last which file the release is.
const fn columns(by: &'static str) -> [&'static str; 10] {
    [
        "publisher",
        "vintage",
        "against",
        by,
        "values_in_common",
        "restated",
        "restated_percent",
        "mean_revision_percent",
        "mean_absolute_revision_percent",
        "file",
    ]
}

/// Share restated, mean revision and mean absolute revision of the relative changes, by release and lag: how many
/// periods before the newest figures of the release a figure lies.
pub fn revisions(dataset: &Dataset, lineages: &[Lineage<'_>]) -> Schedule {
    const COLUMNS: [&str; 10] = columns("lag");
    Schedule {
        name: "revisions",
        title: "Revisions between releases, by lag in periods",
        columns: &COLUMNS,
        rows: rows(dataset, lineages, lag, |lag| Entry::Number(lag.into())),
    }
}

/// The revision triangle: releases by periods.
pub fn triangle(dataset: &Dataset, lineages: &[Lineage<'_>]) -> Schedule {
    const COLUMNS: [&str; 10] = columns("period");
    Schedule {
        name: "revision-triangle",
        title: "What each release makes of each period, against the release before",
        columns: &COLUMNS,
        rows: rows(dataset, lineages, |period, _| Some(period), |period| period.to_string().into()),
    }
}

/// A row for every pair of releases and every group of periods, which depends on the newest period of the release.
fn rows<K: Ord>(
    dataset: &Dataset,
    lineages: &[Lineage<'_>],
    group: impl Fn(Period, Period) -> Option<K>,
    entry: impl Fn(K) -> Entry,
) -> Vec<ScheduleRow> {
    let mut rows = Vec::new();
    for lineage in lineages {
        for pair in lineage.pairs() {
            let Some(newest) = pair.new.newest() else { continue };
            let mut groups: BTreeMap<K, Revisions> = BTreeMap::new();
            each_period(&pair, |period, revisions| {
                if let Some(group) = group(period, newest) {
                    groups.entry(group).or_default().add(&revisions);
                }
            });
            // A publisher's publications may well name their releases alike.
            let path = pair.releases[1].documents.first().map(|id| dataset.document(*id).path.as_str());
            let file = path.and_then(|path| path.rsplit('/').next()).unwrap_or_default();
            for (group, revisions) in groups {
                let mut entries = names(lineage, &pair);
                entries.push(entry(group));
                entries.extend(revisions.entries());
                entries.push(file.into());
                rows.push(ScheduleRow { entries, places: Vec::new() });
            }
        }
    }
    rows
}

fn names(lineage: &Lineage<'_>, pair: &Pair<'_, '_>) -> Vec<Entry> {
    vec![
        (&*lineage.publication.publisher).into(),
        pair.new.name.as_str().into(),
        pair.old.name.as_str().into(),
    ]
}

/// Numbers in common, and what became of them.
#[derive(Debug, Default, Clone)]
struct Revisions {
    in_common: usize,
    restated: usize,
    sum: f64,
    absolute: f64,
}

impl Revisions {
    fn of(change: &Change<'_>) -> Self {
        let share = change.relative();
        Self {
            in_common: 0,
            restated: 1,
            sum: share.unwrap_or_default(),
            absolute: share.unwrap_or_default().abs(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.in_common += other.in_common;
        self.restated += other.restated;
        self.sum += other.sum;
        self.absolute += other.absolute;
    }

    /// Means over all numbers in common: those that did not change count as changes of nothing.
    fn entries(&self) -> [Entry; 5] {
        let over_all = |sum: f64| percentage(sum / self.in_common.max(1) as f64).into();
        [
            self.in_common.into(),
            self.restated.into(),
            over_all(self.restated as f64),
            over_all(self.sum),
            over_all(self.absolute),
        ]
    }
}

/// Numbers in common and restated ones of each period, one after the other.
fn each_period(pair: &Pair<'_, '_>, mut take: impl FnMut(Period, Revisions)) {
    for series in &pair.new.series {
        let Some(old) = pair.old.series(series.key) else { continue };
        for point in series.points.iter().filter(|point| point.quantity.interval().is_some()) {
            if old.at(point.period).is_some_and(|before| before.quantity.interval().is_some()) {
                take(point.period, Revisions { in_common: 1, ..Revisions::default() });
            }
        }
    }
    pair.comparison.restated.iter().for_each(|change| take(change.period(), Revisions::of(change)));
}
