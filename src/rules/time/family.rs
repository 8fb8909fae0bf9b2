//! Series that break one thing down: the categories of a service, the countries of a report, the providers of a
//! clearinghouse. What happens to all of them at once, or moves from one to another, shows in a family only.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::survey::{Run, Survey, periods_of};
use crate::diag::Location;
use crate::model::{Frequency, Observation, Period, Series, SeriesKey};
use crate::stats::evidence::{Expectation, Pace};
use crate::stats::ratio::{FREEDOM_CAP, Steps};
use crate::stats::robust::{deviation_from, median};

/// Fewer series are no family.
const LEAST: usize = 4;
/// Smallest common move that is believed to be more than rounding.
const COMMON_SPREAD_FLOOR: f64 = 0.03;
/// Degrees of freedom that other moves of the same metric are worth.
const FREEDOM: f64 = 6.0;

/// Runs that share everything but what they break down.
pub struct Family {
    /// What they share.
    pub key: SeriesKey,
    /// What they break down, in the plural: `categories`.
    pub noun: &'static str,
    /// Their numbers in the survey.
    pub runs: Vec<usize>,
}

/// All families with at least four series.
pub fn families(survey: &Survey<'_>) -> Vec<Family> {
    let mut found: BTreeMap<(SeriesKey, Frequency, &'static str), Vec<usize>> = BTreeMap::new();
    for (index, run) in survey.runs.iter().enumerate() {
        if run.is_aggregate || survey.dataset.is_total(run.series) {
            continue;
        }
        if let Some((key, noun)) = common(&run.series.key) {
            found.entry((key, run.frequency, noun)).or_default().push(index);
        }
    }
    let large = found.into_iter().filter(|(_, runs)| runs.len() >= LEAST);
    large.map(|((key, _, noun), runs)| Family { key, noun, runs }).collect()
}

/// What a series shares with its family, and what the family breaks down.
pub fn common(key: &SeriesKey) -> Option<(SeriesKey, &'static str)> {
    let mut common = key.clone();
    let noun = if common.category.take().is_some() {
        "categories"
    } else if common.jurisdiction.take().is_some() {
        "jurisdictions"
    } else if common.surface.take().is_some() {
        "surfaces"
    } else if common.channel.take().is_some() {
        "channels"
    } else if key.subject != key.publisher {
        common.subject = key.publisher.clone();
        "subjects"
    } else {
        return None;
    };
    Some((common, noun))
}

/// What the series of a family that break it down are called.
pub fn part_name(survey: &Survey<'_>, series: &Series) -> String {
    let key = &series.key;
    let part = key.category.as_ref().or(key.jurisdiction.as_ref()).or(key.surface.as_ref());
    match part.or(key.channel.as_ref()) {
        Some(part) => part.to_string(),
        None => survey.dataset.registry.entity_name(&key.subject).to_owned(),
    }
}

/// One step of one series of a family.
#[derive(Clone, Copy)]
pub struct Move<'d> {
    /// Number of the run in the survey.
    pub run: usize,
    /// Number of the step in the run.
    pub step: usize,
    /// The figure before.
    pub from: &'d Observation,
    /// The figure.
    pub to: &'d Observation,
    /// Logarithm of their ratio.
    pub ratio: f64,
}

impl Move<'_> {
    /// The place of the later figure.
    pub fn place(&self) -> Location {
        self.to.origin.location()
    }
}

/// A move before its figures are looked up.
#[derive(Clone, Copy, Default)]
pub struct Entry {
    run: u32,
    step: u32,
    /// Logarithm of the ratio.
    pub ratio: f64,
}

impl Entry {
    fn new(survey: &Survey<'_>, run: usize, step: usize) -> Self {
        Self { run: run as u32, step: step as u32, ratio: survey.runs[run].ratios.values[step] }
    }

    /// Number of the run in the survey.
    pub const fn run(self) -> usize {
        self.run as usize
    }

    /// The move itself.
    pub fn of<'d>(self, survey: &Survey<'d>) -> Move<'d> {
        let [from, to] = survey.runs[self.run()].pair(self.step as usize);
        Move { run: self.run(), step: self.step as usize, from, to, ratio: self.ratio }
    }
}

/// All steps of a family, by the period that they lead to.
pub struct Moves<'s, 'd> {
    survey: &'s Survey<'d>,
    /// Numbers of the runs in the survey.
    runs: Vec<usize>,
    /// The periods, in order.
    periods: Arc<[Period]>,
    /// The steps in order of their periods; none where every run has a step to every period but the first, as in most
    /// families, so that they need not be put in order.
    uneven: Option<Uneven>,
}

/// Steps of which those to one period stand together, in the order of the runs.
struct Uneven {
    /// Where the steps to each period end, and those to the next begin.
    ends: Vec<usize>,
    entries: Vec<Entry>,
}

impl<'s, 'd> Moves<'s, 'd> {
    /// Those of the series of a family.
    pub fn new(survey: &'s Survey<'d>, family: &Family) -> Self {
        let runs = || family.runs.iter().map(|run| &survey.runs[*run]);
        let first =
            family.runs.first().map_or_else(Arc::default, |run| Arc::clone(&survey.runs[*run].periods));
        let is_even = |run: &Run<'_>| run.has_every_step() && run.periods == first;
        let (periods, uneven) = if runs().all(is_even) {
            (first, None)
        } else {
            let periods = periods_of(runs());
            let uneven = Uneven::new(survey, family, &periods);
            (periods.into(), Some(uneven))
        };
        Self { survey, runs: family.runs.clone(), periods, uneven }
    }

    /// Goes through the moves by the period that they lead to.
    pub fn each_period(&self, mut visit: impl FnMut(Period, &[Entry])) {
        let mut room = Vec::new();
        for (place, period) in self.periods.iter().enumerate() {
            visit(*period, self.at(place, &mut room));
        }
    }

    /// The moves that lead to a period.
    pub fn to(&self, period: Period) -> Vec<Move<'d>> {
        let mut room = Vec::new();
        let place = self.periods.binary_search(&period);
        let entries = place.map_or(&[][..], |place| self.at(place, &mut room));
        entries.iter().map(|one| one.of(self.survey)).collect()
    }

    fn at<'m>(&'m self, place: usize, room: &'m mut Vec<Entry>) -> &'m [Entry] {
        match &self.uneven {
            Some(Uneven { ends, entries }) => {
                let first = place.checked_sub(1).map_or(0, |before| ends[before]);
                &entries[first..ends[place]]
            }
            None => {
                room.clear();
                if let Some(step) = place.checked_sub(1) {
                    room.extend(self.runs.iter().map(|run| Entry::new(self.survey, *run, step)));
                }
                room
            }
        }
    }
}

impl Uneven {
    fn new(survey: &Survey<'_>, family: &Family, periods: &[Period]) -> Self {
        let each_step = |visit: &mut dyn FnMut(usize, usize, usize)| {
            for (number, run) in family.runs.iter().map(|run| (*run, &survey.runs[*run])) {
                let mut place = periods.partition_point(|one| *one < run.periods[0]);
                for step in (0..run.counts.steps()).filter(|step| survey.is_comparable(run, *step)) {
                    let period = run.period_after(step);
                    place += match periods[place..].iter().take(2).position(|one| *one == period) {
                        Some(near) => near,
                        None => periods[place..].partition_point(|one| *one < period),
                    };
                    visit(place, number, step);
                }
            }
        };
        let mut ends = vec![0; periods.len() + 1];
        each_step(&mut |place, _, _| ends[place + 1] += 1);
        for place in 1..ends.len() {
            ends[place] += ends[place - 1];
        }
        // What is where the steps of a period begin comes to be where they end.
        let mut entries = vec![Entry::default(); ends[periods.len()]];
        each_step(&mut |place, run, step| {
            entries[ends[place]] = Entry::new(survey, run, step);
            ends[place] += 1;
        });
        ends.pop();
        Self { ends, entries }
    }
}

/// What was expected of the steps of some runs, worked out for those that are asked for.
pub struct Paces<'s, 'd> {
    /// The series.
    pub survey: &'s Survey<'d>,
    tests: BTreeMap<usize, Steps<'s>>,
}

impl<'s, 'd> Paces<'s, 'd> {
    /// Nothing is worked out yet.
    pub fn new(survey: &'s Survey<'d>) -> Self {
        Self { survey, tests: BTreeMap::new() }
    }

    /// A step with what was expected of it, the step itself left out; none where nothing is known.
    pub fn of(&mut self, one: &Move<'_>) -> Option<Pace> {
        let tests = self.tests.entry(one.run).or_insert_with(|| self.survey.runs[one.run].tests());
        let expected = tests.expectation(one.step)?;
        Some(Pace { before: one.from.quantity.approximate()?, ratio: one.ratio, expected })
    }

    /// A bound above how far a step is from what was expected of it; much faster than working it out.
    pub fn highest_score(&mut self, one: &Entry) -> f64 {
        let survey = self.survey;
        let tests = self.tests.entry(one.run()).or_insert_with(|| survey.runs[one.run()].tests());
        tests.highest_score(one.step as usize)
    }
}

/// How a family moves as one.
pub struct CommonMoves {
    /// For each period the median of the log-ratios, steady series counting for more.
    pub ratios: Vec<f64>,
    /// Those that are striking: the place among the ratios, and the period.
    pub striking: Vec<(usize, Period)>,
}

/// The common moves of each family; `is_striking` is told the ratio, and the share of the series that go the same way.
pub fn common_moves(
    survey: &Survey<'_>,
    moves: &[Moves<'_, '_>],
    is_striking: impl Fn(f64, f64) -> bool + Sync,
) -> Vec<CommonMoves> {
    let weights: Vec<f64> =
        survey.runs.iter().map(|run| 1.0 / run.typical_spread().max(COMMON_SPREAD_FLOOR)).collect();
    let of_family = |moves: &Moves<'_, '_>| {
        let mut found = CommonMoves { ratios: Vec::new(), striking: Vec::new() };
        let mut weighted: Vec<(f64, f64)> = Vec::new();
        moves.each_period(|period, moves| {
            if moves.len() < LEAST {
                return;
            }
            weighted.clear();
            weighted.extend(moves.iter().map(|one| (one.ratio, weights[one.run()])));
            let ratio = weighted_median(&mut weighted);
            let along = weighted.iter().filter(|one| one.0 * ratio > 0.0).count() as f64;
            if is_striking(ratio, along / weighted.len() as f64) {
                found.striking.push((found.ratios.len(), period));
            }
            found.ratios.push(ratio);
        });
        found
    };
    moves.par_iter().map(of_family).collect()
}

/// The median of values with weights: where half of the weight stands on either side, the mean of the two in the middle.
fn weighted_median(values: &mut [(f64, f64)]) -> f64 {
    values.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    // Rounding may miss half by a little; from both ends it errs alike, so that a rise counts as a fall does.
    f64::midpoint(halfway(values.iter()), halfway(values.iter().rev()))
}

/// The value at which half of all weight is reached.
fn halfway<'v>(mut values: impl Iterator<Item = &'v (f64, f64)> + Clone) -> f64 {
    let half = 0.5 * values.clone().map(|one| one.1).sum::<f64>();
    let mut reached = 0.0;
    let middle = values.find(|one| {
        reached += one.1;
        reached >= half
    });
    middle.map_or(0.0, |one| one.0)
}

/// What a family's common move usually is: that of its other periods, shrunk to `all`, the spread of what families of the
/// same metric do. None where there are too few of either.
pub fn usual_move(own: &[f64], all: Option<f64>) -> Option<Expectation> {
    let (own_freedom, own_spread) = match own.len() {
        0..3 => (0.0, 0.0),
        count => (0.5 * (count as f64 - 1.0), deviation_from(own, 0.0)),
    };
    let (freedom, spread) = all.map_or((0.0, 0.0), |spread| (FREEDOM, spread));
    let total = own_freedom + freedom;
    if total <= 0.0 {
        return None;
    }
    let variance = (freedom * spread * spread + own_freedom * own_spread * own_spread) / total;
    let spread = variance.sqrt().max(COMMON_SPREAD_FLOOR);
    Some(Expectation { centre: 0.0, spread, freedom: total.min(FREEDOM_CAP) })
}

/// The spread of common moves; none where there are too few.
pub fn spread_of(ratios: &[f64]) -> Option<f64> {
    (ratios.len() >= 3).then(|| deviation_from(ratios, 0.0))
}

/// The median of the ratios of some steps, as a factor.
pub fn factor(moves: &[Move<'_>]) -> f64 {
    median(&moves.iter().map(|one| one.ratio).collect::<Vec<_>>()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Input, ingest, shipped_registry};
    use crate::rules::members::Members;
    use crate::source::{Source, Sources};

    /// A table of six categories over twelve months, without the rows of which this is so.
    fn table(is_left_out: impl Fn(usize, usize) -> bool) -> String {
        let row = |category: usize, month: usize| {
            let value = 1000 + (category * 371 + month * month * 57) % 613;
            format!("meta,meta,actioned,item,Category {category},2024-{:02},{value}\n", month + 1)
        };
        let rows = (0..6).flat_map(|category| (0..12).map(move |month| (category, month)));
        let kept = rows.filter(|(category, month)| !is_left_out(*category, *month));
        let rows: String = kept.map(|(category, month)| row(category, month)).collect();
        format!("publisher,subject,metric,unit,category,period,value\n{rows}")
    }

    #[test]
    fn moves_are_those_of_every_step_by_its_period() {
        for (text, is_even) in [
            (table(|_, _| false), true),
            (table(|category, month| category == 2 && month == 5), false),
            (table(|category, month| category == 0 && month < 4), false),
            (table(|_, month| month == 7), false),
        ] {
            let mut sources = Sources::default();
            let source = sources.add(Source::new("table.csv", text));
            let input = Input { source, named: true, ..Input::default() };
            let dataset = ingest(&sources, &[input], shipped_registry(), &[]);
            let survey = Survey::new(&dataset, &Members::new(&dataset));
            let families = families(&survey);
            assert_eq!(families.len(), 1);
            let moves = Moves::new(&survey, &families[0]);
            assert_eq!(moves.uneven.is_none(), is_even);
            let mut expected: BTreeMap<Period, Vec<(usize, usize, f64)>> = BTreeMap::new();
            for number in &families[0].runs {
                let run = &survey.runs[*number];
                for step in 0..run.counts.steps() {
                    let one = (*number, step, run.ratios.values[step]);
                    expected.entry(run.period_after(step)).or_default().push(one);
                }
            }
            let mut found = BTreeMap::new();
            moves.each_period(|period, entries| {
                let entries = entries.iter().map(|one| (one.run(), one.step as usize, one.ratio));
                let entries: Vec<(usize, usize, f64)> = entries.collect();
                assert!(
                    moves.to(period).iter().map(|one| (one.run, one.step, one.ratio)).eq(entries.clone())
                );
                if !entries.is_empty() {
                    found.insert(period, entries);
                }
            });
            assert_eq!(found, expected);
        }
    }
}
