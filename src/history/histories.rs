//! Every figure through all releases.

use std::collections::{BTreeMap, HashMap};

use super::printed::are_same;
use super::side::is_number;
use super::{Comparison, Side};
use crate::model::{Observation, Period, SeriesKey};

/// What all releases state of one figure: as statisticians put it, a column of the revision triangle.
#[derive(Debug)]
pub struct History<'d> {
    /// The newest key.
    pub key: &'d SeriesKey,
    /// The period.
    pub period: Period,
    /// The numbers with the places of their releases, in order. A release that gives none is left out.
    pub statements: Vec<(usize, &'d Observation)>,
}

/// A number that was changed and came back.
#[derive(Debug, Clone, Copy)]
pub struct Return<'h, 'd> {
    /// Of which figure.
    pub history: &'h History<'d>,
    /// Place in its statements of the number before the change.
    pub before: usize,
    /// Place in its statements of the same number, after one or more others.
    pub after: usize,
}

impl<'d> Return<'_, 'd> {
    /// The first release that had another number.
    pub fn away(&self) -> usize {
        self.history.statements[self.before + 1].0
    }

    /// The release that has the number again.
    pub fn back(&self) -> usize {
        self.history.statements[self.after].0
    }

    /// The number before, the first other one, and the number again.
    pub fn observations(&self) -> [&'d Observation; 3] {
        [self.before, self.before + 1, self.after].map(|place| self.history.statements[place].1)
    }
}

/// The histories of all figures of a publication, by key and period.
#[derive(Debug)]
pub struct Histories<'d> {
    /// The histories.
    pub list: Vec<History<'d>>,
}

impl<'d> Histories<'d> {
    /// Follows every figure; a comparison belongs to each release but the first, and says which series took the place of
    /// which.
    pub fn follow(sides: &[Side<'d>], comparisons: &[Comparison<'d>]) -> Self {
        let mut threads: HashMap<&'d SeriesKey, usize> = HashMap::new();
        let mut keys: Vec<&'d SeriesKey> = Vec::new();
        let mut cells: Vec<BTreeMap<Period, Vec<(usize, &'d Observation)>>> = Vec::new();
        for (place, side) in sides.iter().enumerate() {
            for rename in
                place.checked_sub(1).map(|before| &comparisons[before].renames).into_iter().flatten()
            {
                if let Some(thread) = threads.get(rename.old).copied() {
                    threads.insert(rename.new, thread);
                }
            }
            for series in &side.series {
                let thread = *threads.entry(series.key).or_insert(keys.len());
                if thread == keys.len() {
                    keys.push(series.key);
                    cells.push(BTreeMap::new());
                }
                keys[thread] = series.key;
                for point in series.points.iter().filter(|point| is_number(point)) {
                    cells[thread].entry(point.period).or_default().push((place, point));
                }
            }
        }
        let history = |(key, (period, statements))| History { key, period, statements };
        let mut list: Vec<History<'d>> = keys
            .into_iter()
            .zip(cells)
            .flat_map(|(key, cells)| cells.into_iter().map(move |cell| (key, cell)))
            .map(history)
            .collect();
        list.sort_by(|left, right| (left.key, left.period).cmp(&(right.key, right.period)));
        Self { list }
    }

    /// Numbers that were changed and came back, each time that one did.
    pub fn returns(&self) -> Vec<Return<'_, 'd>> {
        let mut returns = Vec::new();
        for history in &self.list {
            let same = |one: usize, other: usize| {
                are_same(&history.statements[one].1.quantity, &history.statements[other].1.quantity)
            };
            for after in 2..history.statements.len() {
                if !same(after - 1, after)
                    && let Some(before) = (0..after - 1).rev().find(|before| same(*before, after))
                {
                    returns.push(Return { history, before, after });
                }
            }
        }
        returns
    }
}
