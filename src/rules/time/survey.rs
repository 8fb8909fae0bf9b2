//! All series of counts, with what their peers tell of how restless they are: made once for all rules that look at
//! changes over time.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::model::{
    Additivity, Dataset, Frequency, Name, Observation, ObservationId, ObservationIds, Period, Series, Unit,
};
use crate::rules::members::Members;
use crate::stats::ratio::{Counts, Prior, Ratios, Steps};
use crate::stats::season::Season;

/// In a group of more series than this, one series more or less does not change what peers say.
const SMALL_GROUP: usize = 12;

/// What the peers of a series do.
#[derive(Debug, Clone, Copy)]
pub struct Peers {
    pub prior: Prior,
    pub series: usize,
}

/// The figures of one series, or of several that differ in nothing but their unit, in periods of one frequency.
pub struct Run<'d> {
    /// The first of them.
    pub series: &'d Series,
    /// How long the periods are.
    pub frequency: Frequency,
    dataset: &'d Dataset,
    /// One figure a period, in order.
    ids: ObservationIds,
    /// Their periods: in a column of their own, as are the counts, since rules look at nearly all of them.
    pub periods: Arc<[Period]>,
    /// The points as counts, with the steps between neighbours that are both above zero.
    pub counts: Counts,
    /// Whether all points are in one unit.
    has_one_unit: bool,
    /// Log-ratios of the steps between neighbours.
    pub ratios: Ratios,
    /// Their season, where it has one.
    pub season: Option<Box<Season>>,
    /// Whether its members are in the data.
    pub is_aggregate: bool,
    /// What its peers say.
    pub peers: Option<Peers>,
}

/// Series are peers where they count the same in the same unit at the same frequency. Aggregates are steadier than
/// their members and only peers of each other.
type PeerGroup<'d> = (&'d Name, Unit, Frequency, bool);

/// The series of a dataset, ready to be looked at.
pub struct Survey<'d> {
    /// The dataset.
    pub dataset: &'d Dataset,
    /// The runs, in the order of their series.
    pub runs: Vec<Run<'d>>,
    /// How many aggregates there are; one where there is none.
    pub aggregates: usize,
}

impl<'d> Survey<'d> {
    /// Prepares a dataset.
    pub fn new(dataset: &'d Dataset, members: &Members<'d>) -> Self {
        let mut runs = runs(dataset, members);
        let mut groups: BTreeMap<PeerGroup<'_>, Vec<usize>> = BTreeMap::new();
        let is_widest = |run: &Run<'_>| run.is_aggregate && run.series.key.category.is_none();
        // A total of some members is nearly the total of all: it says nothing of its own.
        for (index, run) in runs.iter().enumerate().filter(|(_, run)| !run.is_aggregate || is_widest(run)) {
            groups.entry(group_of(run)).or_default().push(index);
        }
        let aggregates = runs.iter().filter(|run| is_widest(run)).count().max(1);
        let large = groups.par_iter().filter(|(_, peers)| peers.len() > SMALL_GROUP);
        let ratios = |peers: &[usize]| peers.iter().map(|peer| runs[*peer].rest()).collect::<Vec<_>>();
        let priors: BTreeMap<PeerGroup<'_>, Peers> =
            large.filter_map(|(group, peers)| Some((*group, learn(ratios(peers).into_iter())?))).collect();
        let of_run = |run: &Run<'d>| match groups.get(&group_of(run)) {
            // In a small group a series would be much of its own yardstick.
            Some(peers) if peers.len() <= SMALL_GROUP => {
                let others = peers.iter().map(|peer| runs[*peer].rest());
                learn(others.filter(|peer| !std::ptr::eq(*peer, run.rest())))
            }
            _ => priors.get(&group_of(run)).copied(),
        };
        let peers: Vec<Option<Peers>> = runs.par_iter().map(of_run).collect();
        for (run, peers) in runs.iter_mut().zip(peers) {
            run.peers = peers;
        }
        Self { dataset, runs, aggregates }
    }

    /// How many steps of a run have both figures in one unit.
    pub fn comparable_steps(&self, run: &Run<'d>) -> usize {
        let steps = run.counts.steps();
        if run.has_one_unit {
            steps
        } else {
            (0..steps).filter(|step| self.is_comparable(run, *step)).count()
        }
    }

    /// Whether both figures of a step are in one unit. Where they are not, another rule says so; the step is still one
    /// that peers learn from, so that one wrong unit does not move what is usual for all others.
    #[inline]
    pub fn is_comparable(&self, run: &Run<'d>, step: usize) -> bool {
        run.has_one_unit || {
            let [from, to] = run.pair(step);
            self.dataset.block_of(from).series == self.dataset.block_of(to).series
        }
    }
}

fn learn<'r>(peers: impl Iterator<Item = &'r Ratios> + Clone) -> Option<Peers> {
    let series = peers.clone().count();
    Some(Peers { prior: Prior::learn(peers)?, series })
}

fn group_of<'d>(run: &Run<'d>) -> PeerGroup<'d> {
    (&run.series.key.metric, run.series.key.unit, run.frequency, run.is_aggregate)
}

fn runs<'d>(dataset: &'d Dataset, members: &Members<'d>) -> Vec<Run<'d>> {
    dataset.same_but_unit().par_iter().flat_map_iter(|group| runs_of(dataset, members, group)).collect()
}

/// The runs of some series that differ in nothing but their unit.
fn runs_of<'d>(dataset: &'d Dataset, members: &Members<'d>, group: &[&'d Series]) -> Vec<Run<'d>> {
    let series = group[0];
    if series.key.unit.additivity() == Additivity::None {
        return Vec::new();
    }
    let is_aggregate = !members.of(series).is_empty();
    let is_regular = group.len() == 1 && series.rhythm.is_some_and(|one| one != Frequency::Other);
    let mut runs = Vec::new();
    for (frequency, mut ids) in dataset.point_ids_by_frequency(group) {
        if group.len() > 1 {
            // The figures of the first series win over those in other units.
            let mut list: Vec<ObservationId> = ids.iter().collect();
            list.sort_by_key(|id| dataset.observation(*id).period);
            list.dedup_by_key(|id| dataset.observation(*id).period);
            ids = list.into();
        }
        let periods = if group.len() == 1 && ids.len() == series.points.len() {
            Arc::clone(&series.periods)
        } else {
            dataset.observations.of(&ids).map(|point| point.period).collect()
        };
        let is_step = |start: usize| is_regular || is_even_step(periods[start], periods[start + 1]);
        let counts = Counts::new(dataset.observations.of(&ids).map(count), is_step);
        if counts.steps() > 0 {
            let ratios = Ratios::new(counts.log_ratios());
            let is_whole = group.len() == 1 && counts.steps() + 1 == ids.len();
            let year = periods_in_year(frequency).filter(|_| is_whole);
            runs.push(Run {
                series,
                frequency,
                dataset,
                ids,
                season: year.and_then(|length| Season::find(&ratios, length)).map(Box::new),
                ratios,
                periods,
                counts,
                has_one_unit: group.len() == 1,
                is_aggregate,
                peers: None,
            });
        }
    }
    runs
}

/// All periods of some runs, in order.
pub fn periods_of<'r, 'd: 'r>(runs: impl Iterator<Item = &'r Run<'d>>) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    let mut last: &[Period] = &[];
    // Most series beside each other have the same periods.
    for run in runs {
        if std::mem::replace(&mut last, &run.periods) != &*run.periods {
            periods.extend_from_slice(&run.periods);
        }
    }
    periods.sort_unstable();
    periods.dedup();
    periods
}

impl<'d> Run<'d> {
    /// Its log-ratios without their season, where it has one.
    pub fn rest(&self) -> &Ratios {
        self.season.as_ref().map_or(&self.ratios, |season| &season.rest)
    }

    /// Whether every two neighbours are a step with both figures in one unit.
    pub fn has_every_step(&self) -> bool {
        self.has_one_unit && self.counts.steps() + 1 == self.periods.len()
    }

    /// The tests of its steps.
    pub fn tests(&self) -> Steps<'_> {
        Steps::new(&self.counts, &self.ratios, self.season.as_deref(), self.peers.map(|peers| peers.prior))
    }

    /// Its spread where it is long enough, else that of its peers.
    pub fn typical_spread(&self) -> f64 {
        self.rest().typical_spread(self.peers.map(|peers| peers.prior))
    }

    /// Its figures.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = &'d Observation> + '_ {
        self.dataset.observations.of(&self.ids)
    }

    /// One of its figures.
    pub fn point(&self, place: usize) -> &'d Observation {
        self.dataset.observation(self.ids.at(place))
    }

    /// The two figures of a step.
    pub fn pair(&self, step: usize) -> [&'d Observation; 2] {
        let start = self.counts.start(step);
        [self.point(start), self.point(start + 1)]
    }

    /// The period that a step leads to.
    pub fn period_after(&self, step: usize) -> Period {
        self.periods[self.counts.start(step) + 1]
    }
}

/// How many periods a year has, where it has a season.
fn periods_in_year(frequency: Frequency) -> Option<usize> {
    match frequency {
        Frequency::Quarter => Some(4),
        Frequency::Month => Some(12),
        Frequency::Year | Frequency::Half | Frequency::Other => None,
    }
}

/// Whether one period follows the other. Periods of no usual length are compared where they are about equally long: 28
/// to 31 days, not 15 and 120.
fn is_even_step(from: Period, to: Period) -> bool {
    let ratio = || f64::from(to.days()) / f64::from(from.days());
    from.is_followed_by(to) && (from.frequency() != Frequency::Other || (0.85..=1.18).contains(&ratio()))
}

/// A figure as a count, 0 where it is none above zero, and its printed step.
fn count(one: &Observation) -> (f64, f64) {
    let value = one.quantity.approximate().filter(|value| *value > 0.0);
    (value.unwrap_or(0.0), one.quantity.approximate_step())
}
