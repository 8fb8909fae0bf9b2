//! Sums that nobody declares and that hold all the same.
//!
//! Where one series is the exact sum of others beside it in period after period, that is no chance: of two counts
//! from 100 on one in hundreds agrees. In a period in which it then does not hold, something slipped. Looked at are
//! series that differ in one field alone, and of those as parts of a whole: all others, all others but one, and any
//! that stand together before or after it in the file. That is a number of sets that grows with the square of theirs.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use rayon::prelude::*;

use crate::model::{Additivity, Basis, Dataset, Name, Observation, Period, Series, SeriesKey, Unit};
use crate::rules::sums::Sum;

/// Series beside each other that are looked at; longer lists are countries or companies that come and go.
const MOST: usize = 40;
/// A whole below this makes an agreement in one period no evidence.
const LEAST: i64 = 100;
/// Periods that are looked at first.
const SAMPLES: usize = 5;
/// Share of the periods in which a sum may fail to hold and yet be one.
const BROKEN: f64 = 0.1;

/// A sum that holds in most periods.
#[derive(Debug)]
pub struct Identity<'d> {
    /// The series that is the sum.
    pub whole: &'d Series,
    /// Periods in which it held.
    pub held: usize,
    /// Those in which it did not.
    pub breaks: Vec<Sum<'d>>,
}

/// Every sum that held in at least so many periods and did not in some others.
pub fn identities(dataset: &Dataset, least: usize) -> Vec<Identity<'_>> {
    let groups = groups(dataset, least);
    groups.par_iter().flat_map_iter(|group| identities_of(dataset, group, least)).collect()
}

/// What series that differ in one field have in common: number of the field, and all others by the numbers of their
/// words.
type Common<'d> = (usize, [u32; 8], Unit, &'d Basis);

/// Series that differ in one field alone, in the order of the file.
fn groups(dataset: &Dataset, least: usize) -> Vec<Vec<&Series>> {
    let mut numbers: HashMap<&Name, u32> = HashMap::new();
    let mut places: HashMap<Common<'_>, usize> = HashMap::new();
    let mut groups: Vec<Vec<&Series>> = Vec::new();
    let long = dataset
        .series
        .iter()
        .filter(|series| series.points.len() > least && series.key.unit.additivity() == Additivity::Additive);
    for series in long {
        let fields = fields(&series.key).map(|name| {
            let next = numbers.len() as u32 + 1;
            name.map_or(0, |name| *numbers.entry(name).or_insert(next))
        });
        // The publisher is the same in all.
        for field in 1..fields.len() {
            let mut common = fields;
            common[field] = 0;
            let place =
                places.entry((field, common, series.key.unit, &series.key.basis)).or_insert(groups.len());
            if *place == groups.len() {
                groups.push(Vec::new());
            }
            groups[*place].push(series);
        }
    }
    groups.retain(|group| (3..=MOST).contains(&group.len()));
    for group in &mut groups {
        group.sort_by_key(|series| series.blocks.first().copied());
    }
    groups
}

fn fields(key: &SeriesKey) -> [Option<&Name>; 8] {
    [
        Some(&key.publisher),
        Some(&key.subject),
        Some(&key.metric),
        key.category.as_ref(),
        key.channel.as_ref(),
        key.detection.as_ref(),
        key.surface.as_ref(),
        key.jurisdiction.as_ref(),
    ]
}

/// Sums among series beside each other. Nearly never is there any: a few periods tell.
fn identities_of<'d>(dataset: &'d Dataset, group: &[&'d Series], least: usize) -> Vec<Identity<'d>> {
    let Some(longest) = group.iter().max_by_key(|series| series.points.len()) else { return Vec::new() };
    let periods = &longest.periods;
    let samples = (1..=SAMPLES).filter_map(|place| periods.get(place * periods.len() / (SAMPLES + 1)));
    let samples = Table::of(dataset, group, samples.copied());
    let wholes = samples.sums();
    if wholes.is_empty() {
        return Vec::new();
    }
    let periods: BTreeSet<Period> = group.iter().flat_map(|series| series.periods.iter().copied()).collect();
    let table = Table::of(dataset, group, periods.into_iter());
    wholes.into_iter().filter_map(|whole| table.identity(whole, least)).collect()
}

/// Figures of some series, by period.
struct Table<'d, 'g> {
    dataset: &'d Dataset,
    series: &'g [&'d Series],
    /// For each period the exact whole number of each series.
    rows: Vec<(Period, Vec<Option<i64>>)>,
}

/// How often a sum held, and the rows in which it did not.
struct Record {
    held: usize,
    broken: Vec<usize>,
}

impl<'d, 'g> Table<'d, 'g> {
    fn of(dataset: &'d Dataset, series: &'g [&'d Series], periods: impl Iterator<Item = Period>) -> Self {
        let figure = |one: &&Series, period| dataset.point_at(one, period)?.quantity.exact_count();
        let row = |period| (period, series.iter().map(|one| figure(one, period)).collect());
        Self { dataset, series, rows: periods.map(row).collect() }
    }

    /// The series that may be the sum of others in some period, and no chance one: all for which one of their
    /// [`sets`] is, told from running sums alone.
    fn sums(&self) -> Vec<usize> {
        let running: Vec<Running<'_>> = self.rows.iter().map(|(_, figures)| Running::new(figures)).collect();
        (0..self.series.len()).filter(|whole| running.iter().any(|row| row.has_sum(*whole))).collect()
    }

    /// The sum that a series is, where it is one in most periods: of several that which held most often.
    fn identity(&self, whole: usize, least: usize) -> Option<Identity<'d>> {
        if self.dataset.is_total(self.series[whole]) {
            return None;
        }
        let mut best: Option<(Vec<usize>, Record)> = None;
        for parts in sets(whole, self.series.len()) {
            let parts = parts.places(whole, self.series.len());
            let Some(record) = self.record(whole, &parts).filter(|record| record.held >= least) else {
                continue;
            };
            if record.broken.is_empty() {
                return None;
            }
            if best.as_ref().is_none_or(|(_, known)| record.held > known.held) {
                best = Some((parts, record));
            }
        }
        let (parts, record) = best?;
        let breaks = record.broken.iter().filter(|row| !self.has_new_part(**row, whole, &parts));
        let breaks: Vec<Sum<'d>> = breaks.filter_map(|row| self.sum(*row, whole, &parts)).collect();
        Some(Identity { whole: self.series[whole], held: record.held, breaks })
    }

    /// How often a sum holds; `None` where it fails too often.
    fn record(&self, whole: usize, parts: &[usize]) -> Option<Record> {
        let most = (BROKEN * self.rows.len() as f64).max(1.0) as usize;
        let mut record = Record { held: 0, broken: Vec::new() };
        for (row, (_, figures)) in self.rows.iter().enumerate() {
            match holds(figures, whole, parts) {
                Some(Holding::Not) => record.broken.push(row),
                Some(Holding::Tellingly) => record.held += 1,
                Some(Holding::Perhaps) | None => {}
            }
            if record.broken.len() > most {
                return None;
            }
        }
        (record.broken.len() as f64 <= (BROKEN * (record.held + record.broken.len()) as f64).max(1.0))
            .then_some(record)
    }

    /// Whether another series is exactly what the parts lack: the whole has got a new part.
    fn has_new_part(&self, row: usize, whole: usize, parts: &[usize]) -> bool {
        let (period, figures) = &self.rows[row];
        let sum: i128 = parts.iter().filter_map(|part| figures[*part]).map(i128::from).sum();
        let lacking = figures[whole].map(|total| i128::from(total) - sum);
        let key = &self.series[whole].key;
        let figure =
            |other: &Series| Some(self.dataset.point_at(other, *period)?.quantity.exact_count()?.into());
        let all = &self.dataset.series;
        all.iter().any(|other| {
            other.key.publisher == key.publisher && other.key.unit == key.unit && figure(other) == lacking
        })
    }

    fn sum(&self, row: usize, whole: usize, parts: &[usize]) -> Option<Sum<'d>> {
        let figure = |column: usize| -> Option<&'d Observation> {
            self.dataset.point_at(self.series[column], self.rows[row].0)
        };
        Some(Sum {
            whole: figure(whole)?,
            parts: parts.iter().map(|part| figure(*part)).collect::<Option<_>>()?,
        })
    }
}

/// Series that could be the parts of one.
enum Parts {
    /// All others, but one where that is named.
    Others(Option<usize>),
    /// Some that stand together before or after it.
    Stretch(Range<usize>),
}

/// The sets of several series that could be the parts of one among so many.
fn sets(whole: usize, count: usize) -> impl Iterator<Item = Parts> {
    let left_out = (0..count).filter(move |one| *one != whole && count > 3);
    let before = (0..whole.saturating_sub(1)).map(move |first| first..whole);
    let after = (whole + 3..=count).map(move |end| whole + 1..end);
    let others = std::iter::once(None).chain(left_out.map(Some)).map(Parts::Others);
    others.chain(before.chain(after).map(Parts::Stretch))
}

impl Parts {
    /// Their places among so many series.
    fn places(&self, whole: usize, count: usize) -> Vec<usize> {
        match self {
            Self::Others(left_out) => {
                (0..count).filter(|one| *one != whole && Some(*one) != *left_out).collect()
            }
            Self::Stretch(range) => range.clone().collect(),
        }
    }
}

/// The figures of one period with their running sums, so that any stretch of them is added up at once.
struct Running<'t> {
    figures: &'t [Option<i64>],
    /// Sum of the figures before each place.
    sums: Vec<i128>,
    /// How many before each place are not stated.
    gaps: Vec<usize>,
}

impl<'t> Running<'t> {
    fn new(figures: &'t [Option<i64>]) -> Self {
        let (mut sums, mut gaps) = (vec![0], vec![0]);
        for (place, figure) in figures.iter().enumerate() {
            sums.push(sums[place] + i128::from(figure.unwrap_or(0)));
            gaps.push(gaps[place] + usize::from(figure.is_none()));
        }
        Self { figures, sums, gaps }
    }

    /// Whether a figure is the sum of one of its sets, and large enough to tell.
    fn has_sum(&self, whole: usize) -> bool {
        let total = self.figures[whole].filter(|total| *total >= LEAST).map(i128::from);
        total.is_some() && sets(whole, self.figures.len()).any(|parts| self.sum_of(whole, &parts) == total)
    }

    /// What the parts add up to; `None` where one of them is not stated.
    fn sum_of(&self, whole: usize, parts: &Parts) -> Option<i128> {
        let stretch = |range: Range<usize>| {
            let is_stated = self.gaps[range.end] == self.gaps[range.start];
            is_stated.then(|| self.sums[range.end] - self.sums[range.start])
        };
        match parts {
            Parts::Stretch(range) => stretch(range.clone()),
            Parts::Others(None) => Some(stretch(0..whole)? + stretch(whole + 1..self.figures.len())?),
            Parts::Others(Some(left_out)) => {
                let (first, second) = (whole.min(*left_out), whole.max(*left_out));
                let ends = stretch(0..first)? + stretch(second + 1..self.figures.len())?;
                Some(ends + stretch(first + 1..second)?)
            }
        }
    }
}

/// What one period says of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holding {
    /// It holds, and hardly by chance.
    Tellingly,
    /// It holds, of small numbers or of a single one.
    Perhaps,
    /// It does not hold.
    Not,
}

/// Whether a figure is the sum of others; `None` where one of them is not stated.
fn holds(figures: &[Option<i64>], whole: usize, parts: &[usize]) -> Option<Holding> {
    let total = figures[whole]?;
    let sum = parts.iter().try_fold(0i64, |sum, part| sum.checked_add(figures[*part]?))?;
    let several = || parts.iter().filter(|part| figures[**part] != Some(0)).count() > 1;
    Some(match sum == total {
        true if total >= LEAST && several() => Holding::Tellingly,
        true => Holding::Perhaps,
        false => Holding::Not,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_all_others_all_but_one_or_some_that_stand_together() {
        let of = |whole: usize, count| -> BTreeSet<Vec<usize>> {
            sets(whole, count).map(|parts| parts.places(whole, count)).collect()
        };
        let expected = |sets: &[&[usize]]| sets.iter().map(|set| set.to_vec()).collect::<BTreeSet<_>>();
        // One alone is no sum.
        for (whole, others) in [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])] {
            assert_eq!(of(whole, 3), expected(&[&others]), "{whole}");
        }
        let first: [&[usize]; 6] = [&[1, 2, 3, 4], &[2, 3, 4], &[1, 3, 4], &[1, 2, 4], &[1, 2, 3], &[1, 2]];
        assert_eq!(of(0, 5), expected(&first));
        let third: [&[usize]; 7] =
            [&[0, 1, 3, 4], &[1, 3, 4], &[0, 3, 4], &[0, 1, 4], &[0, 1, 3], &[0, 1], &[3, 4]];
        assert_eq!(of(2, 5), expected(&third));
        let last: [&[usize]; 6] = [&[0, 1, 2, 3], &[1, 2, 3], &[0, 2, 3], &[0, 1, 3], &[0, 1, 2], &[2, 3]];
        assert_eq!(of(4, 5), expected(&last));
    }

    /// Every row of three to five figures out of these: a sum told from running sums is one that is added up figure by
    /// figure.
    #[test]
    fn running_sums_tell_what_adding_up_tells() {
        let choices = [None, Some(0), Some(50), Some(100), Some(150)];
        for count in 3..=5usize {
            for number in 0..choices.len().pow(count as u32) {
                let digit = |place: usize| number / choices.len().pow(place as u32) % choices.len();
                let figures: Vec<Option<i64>> = (0..count).map(|place| choices[digit(place)]).collect();
                let running = Running::new(&figures);
                for whole in 0..count {
                    let mut expected = false;
                    for parts in sets(whole, count) {
                        let places = parts.places(whole, count);
                        let sum: Option<i64> = places.iter().map(|place| figures[*place]).sum();
                        assert_eq!(
                            running.sum_of(whole, &parts),
                            sum.map(i128::from),
                            "{figures:?} {places:?}"
                        );
                        // A hundred is the least that tells.
                        expected |= sum.is_some_and(|sum| sum >= 100 && figures[whole] == Some(sum));
                    }
                    assert_eq!(running.has_sum(whole), expected, "{figures:?} {whole}");
                }
            }
        }
    }
}
