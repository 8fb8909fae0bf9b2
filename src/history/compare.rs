//! One release held against the next.

use std::collections::HashSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::align::{Rename, renamed};
use super::printed::{Relation, relation};
use super::side::is_number;
use super::{Side, Stated};
use crate::model::{Additivity, Observation, Period, SeriesKey};

/// A figure that only one side states.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'d> {
    /// Of which series.
    pub key: &'d SeriesKey,
    /// The figure.
    pub observation: &'d Observation,
}

/// A figure that both sides state.
#[derive(Debug, Clone, Copy)]
pub struct Change<'d> {
    /// The key under which the later side states it.
    pub key: &'d SeriesKey,
    /// The earlier statement.
    pub old: &'d Observation,
    /// The later one.
    pub new: &'d Observation,
}

impl Change<'_> {
    /// For which period.
    pub fn period(&self) -> Period {
        self.new.period
    }

    /// The later number less the earlier; for ranges between their middles.
    pub fn difference(&self) -> Option<Decimal> {
        self.new.quantity.point()?.checked_sub(self.old.quantity.point()?)
    }

    /// The difference as a share of the earlier number; `None` where that is zero or no number.
    pub fn relative(&self) -> Option<f64> {
        let old = self.old.quantity.point()?.to_f64()?;
        (old != 0.0).then(|| self.difference().and_then(|one| one.to_f64()).map(|one| one / old)).flatten()
    }

    /// How much a reader would want to know of it, to put the largest first: the part of the larger number that came or
    /// went, for counts times the order of that number, as in selective editing (Hedlin 2003) suspicion is weighed by
    /// influence.
    pub fn weight(&self) -> f64 {
        let size =
            |one: &Observation| one.quantity.point().and_then(|point| point.to_f64()).map_or(0.0, f64::abs);
        let larger = size(self.old).max(size(self.new));
        let part = self.difference().and_then(|one| one.to_f64()).map_or(0.0, f64::abs)
            / larger.max(f64::MIN_POSITIVE);
        match self.key.unit.additivity() {
            Additivity::None => part,
            _ => part * larger.ln_1p() / std::f64::consts::LN_10,
        }
    }
}

/// Puts the change first that a reader would want to see first.
pub(super) fn largest_first(changes: &mut [Change<'_>]) {
    changes.sort_by(|left, right| {
        let by_weight = right.weight().total_cmp(&left.weight());
        by_weight.then_with(|| (left.key, left.period()).cmp(&(right.key, right.period())))
    });
}

/// Whether two sides speak of the same figures at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparability {
    /// So many of the earlier numbers, of so many in periods that both sides report on, have a counterpart.
    Share {
        /// With a counterpart.
        found: usize,
        /// In all.
        of: usize,
    },
    /// They have no period in common.
    NoCommonPeriod,
}

impl Comparability {
    /// The share of earlier numbers that have a counterpart; `None` where no period is in common.
    pub fn share(self) -> Option<f64> {
        match self {
            Self::Share { found, of } => Some(found as f64 / of.max(1) as f64),
            Self::NoCommonPeriod => None,
        }
    }
}

/// What became of the figures of one release in the next.
#[derive(Debug)]
pub struct Comparison<'d> {
    /// Numbers that both sides state under the same key.
    pub in_common: usize,
    /// Those of them, and of the renamed ones, that are the same.
    pub unchanged: usize,
    /// Those under the same key that are other numbers, the largest change first.
    pub restated: Vec<Change<'d>>,
    /// Numbers in common under keys of which one took the place of the other.
    pub renamed_in_common: usize,
    /// Those of them that are other numbers.
    pub renamed_restated: Vec<Change<'d>>,
    /// Numbers that may be the same, printed to another step.
    pub reprinted: Vec<Change<'d>>,
    /// Numbers in place of none.
    pub filled: Vec<Change<'d>>,
    /// None in place of numbers.
    pub emptied: Vec<Change<'d>>,
    /// Numbers that the earlier side does not state.
    pub added: Vec<Statement<'d>>,
    /// Numbers that the later side does not state although it reports on their periods.
    pub withdrawn: Vec<Statement<'d>>,
    /// Numbers of periods that the later side does not report on.
    pub out_of_range: Vec<Statement<'d>>,
    /// Series that took the place of others.
    pub renames: Vec<Rename<'d>>,
    /// Whether the sides can be compared.
    pub comparability: Comparability,
}

impl Comparison<'_> {
    /// All numbers that are no longer published: withdrawn or emptied.
    pub fn no_longer_published(&self) -> usize {
        self.withdrawn.len() + self.emptied.len()
    }
}

/// Holds a later side against an earlier one.
pub fn compare<'d>(old: &Side<'d>, new: &Side<'d>) -> Comparison<'d> {
    let mut comparison = Comparison {
        in_common: 0,
        unchanged: 0,
        restated: Vec::new(),
        renamed_in_common: 0,
        renamed_restated: Vec::new(),
        reprinted: Vec::new(),
        filled: Vec::new(),
        emptied: Vec::new(),
        added: Vec::new(),
        withdrawn: Vec::new(),
        out_of_range: Vec::new(),
        renames: Vec::new(),
        comparability: Comparability::NoCommonPeriod,
    };
    let (mut gone, mut fresh): (Vec<&Stated<'d>>, Vec<&Stated<'d>>) = (Vec::new(), Vec::new());
    let range = Periods { old: periods(old), new: periods(new) };
    let (mut left, mut right) = (old.series.iter().peekable(), new.series.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(one), Some(other)) => one.key.cmp(other.key),
        };
        match order {
            std::cmp::Ordering::Less => gone.extend(left.next()),
            std::cmp::Ordering::Greater => fresh.extend(right.next()),
            std::cmp::Ordering::Equal => {
                if let (Some(one), Some(other)) = (left.next(), right.next()) {
                    comparison.take_in((old, one), (new, other), &range, false);
                }
            }
        }
    }
    comparison.renames = renamed((old, &gone), (new, &fresh));
    let renamed_keys: Vec<(&SeriesKey, &SeriesKey)> =
        comparison.renames.iter().map(|one| (one.old, one.new)).collect();
    let (left, taken): (HashSet<&SeriesKey>, HashSet<&SeriesKey>) = renamed_keys.iter().copied().unzip();
    gone.retain(|one| !left.contains(one.key));
    fresh.retain(|one| !taken.contains(one.key));
    for (old_key, new_key) in renamed_keys {
        if let (Some(one), Some(other)) = (old.series(old_key), new.series(new_key)) {
            comparison.take_in((old, one), (new, other), &range, true);
        }
    }
    for series in gone {
        series.points.iter().for_each(|point| comparison.take_away(series.key, point, &range));
    }
    for series in fresh {
        comparison.added.extend(numbers(series));
    }
    largest_first(&mut comparison.restated);
    largest_first(&mut comparison.renamed_restated);
    if range.old.intersection(&range.new).next().is_some() {
        let found = comparison.in_common + comparison.renamed_in_common;
        comparison.comparability = Comparability::Share { found, of: found + comparison.withdrawn.len() };
    }
    comparison
}

/// The periods that each side has a number for.
struct Periods {
    old: HashSet<Period>,
    new: HashSet<Period>,
}

fn periods(side: &Side<'_>) -> HashSet<Period> {
    let points = side.series.iter().flat_map(|series| &series.points);
    points.filter(|point| is_number(point)).map(|point| point.period).collect()
}

fn numbers<'s, 'd>(series: &'s Stated<'d>) -> impl Iterator<Item = Statement<'d>> + 's {
    let numbers = series.points.iter().filter(|point| is_number(point));
    numbers.map(|observation| Statement { key: series.key, observation })
}

impl<'d> Comparison<'d> {
    /// Compares the figures of two series, one of which is or took the place of the other.
    fn take_in(
        &mut self,
        (old_side, old): (&Side<'d>, &Stated<'d>),
        (new_side, new): (&Side<'d>, &Stated<'d>),
        range: &Periods,
        is_renamed: bool,
    ) {
        let (mut left, mut right) = (old.points.iter().peekable(), new.points.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(one), Some(other)) if one.period == other.period => {
                    let change = Change { key: new.key, old: one, new: other };
                    let quantities = (&one.quantity, &other.quantity);
                    let relation =
                        relation((old_side, old.key, quantities.0), (new_side, new.key, quantities.1));
                    self.sort_in(change, relation, is_renamed);
                    left.next();
                    right.next();
                }
                (Some(one), other) if other.is_none_or(|other| one.period < other.period) => {
                    self.take_away(old.key, one, range);
                    left.next();
                }
                (_, Some(other)) => {
                    if is_number(other) {
                        self.added.push(Statement { key: new.key, observation: other });
                    }
                    right.next();
                }
                (Some(_), None) => break,
            }
        }
    }

    fn sort_in(&mut self, change: Change<'d>, relation: Relation, is_renamed: bool) {
        let both = is_number(change.old) && is_number(change.new);
        match is_renamed {
            true => self.renamed_in_common += usize::from(both),
            false => self.in_common += usize::from(both),
        }
        match relation {
            Relation::Same => self.unchanged += usize::from(both),
            Relation::Reprinted => self.reprinted.push(change),
            Relation::Restated if is_renamed => self.renamed_restated.push(change),
            Relation::Restated => self.restated.push(change),
            Relation::Filled => self.filled.push(change),
            Relation::Emptied => self.emptied.push(change),
        }
    }

    /// Notes that a figure has no counterpart.
    fn take_away(&mut self, key: &'d SeriesKey, point: &&'d Observation, range: &Periods) {
        if is_number(point) {
            let statement = Statement { key, observation: point };
            match range.new.contains(&point.period) {
                true => self.withdrawn.push(statement),
                false => self.out_of_range.push(statement),
            }
        }
    }
}
