//! What one release, or one side of a comparison, states.

use std::sync::OnceLock;

use super::printed::{Grid, are_same};
use super::{Publication, Statement};
use crate::model::{Dataset, DocumentId, Observation, Period, SeriesKey};

/// The figures of one series on one side.
#[derive(Debug)]
pub struct Stated<'d> {
    /// What it is a series of.
    pub key: &'d SeriesKey,
    /// One statement a period, in order. A period that a document states twice, with different values, is left out:
    /// another rule speaks of it.
    pub points: Vec<&'d Observation>,
}

impl<'d> Stated<'d> {
    /// The statement for a period.
    pub fn at(&self, period: Period) -> Option<&'d Observation> {
        let place = self.points.binary_search_by_key(&period, |point| point.period).ok()?;
        Some(self.points[place])
    }
}

/// Everything that one release states.
#[derive(Debug)]
pub struct Side<'d> {
    /// What it is called: the vintage, or the path.
    pub name: String,
    /// Its series, sorted by key.
    pub series: Vec<Stated<'d>>,
    grid: OnceLock<Grid<'d>>,
}

impl<'d> Side<'d> {
    /// All that a dataset states, by the latest statement of each figure.
    pub fn whole(dataset: &'d Dataset, name: &str) -> Self {
        let everything = vec![Some(0); dataset.documents.len()];
        let mut sides = distribute(dataset, &everything, 1);
        Self { name: name.to_owned(), ..sides.pop().unwrap_or_else(Self::empty) }
    }

    /// All that one document states.
    pub fn of(dataset: &'d Dataset, document: DocumentId) -> Self {
        let mut only = vec![None; dataset.documents.len()];
        only[document.0 as usize] = Some(0);
        distribute(dataset, &only, 1).pop().unwrap_or_else(Self::empty)
    }

    /// Every number that it states.
    pub fn numbers(&self) -> impl Iterator<Item = Statement<'d>> {
        let points =
            self.series.iter().flat_map(|series| series.points.iter().map(|point| (series.key, *point)));
        points.filter(|(_, point)| is_number(point)).map(|(key, observation)| Statement { key, observation })
    }

    /// The number that it states for a period of a series.
    pub fn number(&self, key: &SeriesKey, period: Period) -> Option<&'d Observation> {
        self.series(key)?.at(period).filter(|point| is_number(point))
    }

    fn empty() -> Self {
        Self { name: String::new(), series: Vec::new(), grid: OnceLock::new() }
    }

    /// The series with this key.
    pub fn series(&self, key: &SeriesKey) -> Option<&Stated<'d>> {
        let place = self.series.binary_search_by(|one| one.key.cmp(key)).ok()?;
        Some(&self.series[place])
    }

    /// The last period that has a number.
    pub fn newest(&self) -> Option<Period> {
        let points =
            self.series.iter().flat_map(|series| series.points.iter().rev().find(|one| is_number(one)));
        points.map(|point| point.period).max_by_key(|period| (period.end, period.start))
    }

    /// To which steps its numbers are printed.
    pub(super) fn grid(&self) -> &Grid<'d> {
        self.grid.get_or_init(|| Grid::new(&self.series))
    }
}

/// Whether a statement gives a number, a range or a bound.
pub(super) fn is_number(observation: &Observation) -> bool {
    observation.quantity.interval().is_some()
}

/// What each release of a publication states, in their order.
pub fn sides<'d>(dataset: &'d Dataset, publication: &Publication) -> Vec<Side<'d>> {
    let mut side_of = vec![None; dataset.documents.len()];
    for (index, release) in publication.releases.iter().enumerate() {
        release.documents.iter().for_each(|document| side_of[document.0 as usize] = Some(index));
    }
    let mut sides = distribute(dataset, &side_of, publication.releases.len());
    for (side, release) in sides.iter_mut().zip(&publication.releases) {
        side.name.clone_from(&release.vintage);
    }
    sides
}

/// Hands every statement to the side of its document.
fn distribute<'d>(dataset: &'d Dataset, side_of: &[Option<usize>], count: usize) -> Vec<Side<'d>> {
    let mut sides: Vec<Side<'d>> = (0..count).map(|_| Side::empty()).collect();
    for series in &dataset.series {
        let mut points: Vec<Vec<&'d Observation>> = vec![Vec::new(); count];
        let mut unclear: Vec<Option<Period>> = vec![None; count];
        for statement in dataset.statements(series) {
            let document = dataset.block_of(statement).document;
            let Some(side) = side_of[document.0 as usize] else { continue };
            let of_side = &mut points[side];
            match of_side.last() {
                Some(last) if last.period == statement.period => {
                    let of_one_document = dataset.block_of(last).document == document;
                    if of_one_document && !are_same(&last.quantity, &statement.quantity) {
                        unclear[side] = Some(statement.period);
                    }
                    of_side.pop();
                }
                Some(last) if unclear[side] == Some(last.period) => {
                    of_side.pop();
                }
                _ => {}
            }
            of_side.push(statement);
        }
        for ((side, mut points), unclear) in sides.iter_mut().zip(points).zip(unclear) {
            if points.last().is_some_and(|last| unclear == Some(last.period)) {
                points.pop();
            }
            if !points.is_empty() {
                side.series.push(Stated { key: &series.key, points });
            }
        }
    }
    sides
}
