//! All series of counts, with what their peers tell of how restless they are: made once for all rules that look at
//! changes over time.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::model::{Additivity, Dataset, Frequency, Name, Observation, Period, Series, Unit};
use crate::rules::members::Members;
use crate::stats::ratio::{Prior, Ratios, Step, Steps};

/// In a group of more series than this, one series more or less does not change what peers say.
const SMALL_GROUP: usize = 12;

/// What the peers of a series do.
#[derive(Debug, Clone, Copy)]
pub struct Peers {
    pub prior: Prior,
    pub series: usize,
}

/// A step of a series.
#[derive(Debug, Clone, Copy)]
pub struct Link<'d> {
    /// The two figures.
    pub step: Step,
    /// The earlier one.
    pub from: &'d Observation,
    /// The later one.
    pub to: &'d Observation,
    /// Whether both figures are in one unit. Where they are not, another rule says so; the step is still one that
    /// peers learn from, so that one wrong unit does not move what is usual for all others.
    pub is_comparable: bool,
}

/// The figures of one series, or of several that differ in nothing but their unit, in periods of one frequency.
pub struct Run<'d> {
    /// The first of them.
    pub series: &'d Series,
    /// How long the periods are.
    pub frequency: Frequency,
    /// One a period, in order.
    pub points: Vec<&'d Observation>,
    /// Whether each point is known to follow the one before.
    is_regular: bool,
    /// Log-ratios of the steps between neighbours.
    pub ratios: Ratios,
    /// Whether its members are in the data.
    pub is_aggregate: bool,
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
    groups: BTreeMap<PeerGroup<'d>, Vec<usize>>,
    priors: BTreeMap<PeerGroup<'d>, Peers>,
    /// How many aggregates there are; one where there is none.
    pub aggregates: usize,
}

impl<'d> Survey<'d> {
    /// Prepares a dataset.
    pub fn new(dataset: &'d Dataset, members: &Members<'d>) -> Self {
        let runs = runs(dataset, members);
        let mut groups: BTreeMap<PeerGroup<'_>, Vec<usize>> = BTreeMap::new();
        let is_widest = |run: &Run<'_>| run.is_aggregate && run.series.key.category.is_none();
        // A total of some members is nearly the total of all: it says nothing of its own.
        for (index, run) in runs.iter().enumerate().filter(|(_, run)| !run.is_aggregate || is_widest(run)) {
            groups.entry(group_of(run)).or_default().push(index);
        }
        let large = groups.par_iter().filter(|(_, peers)| peers.len() > SMALL_GROUP);
        let ratios = |peers: &[usize]| peers.iter().map(|peer| &runs[*peer].ratios).collect::<Vec<_>>();
        let priors: BTreeMap<PeerGroup<'_>, Peers> =
            large.filter_map(|(group, peers)| Some((*group, learn(ratios(peers).into_iter())?))).collect();
        let aggregates = runs.iter().filter(|run| is_widest(run)).count().max(1);
        Self { dataset, runs, groups, priors, aggregates }
    }

    /// What the peers of a run say.
    pub fn peers(&self, run: &Run<'d>) -> Option<Peers> {
        match self.groups.get(&group_of(run)) {
            // In a small group a series would be much of its own yardstick.
            Some(peers) if peers.len() <= SMALL_GROUP => {
                let others = peers.iter().map(|peer| &self.runs[*peer].ratios);
                learn(others.filter(|peer| !std::ptr::eq(*peer, &run.ratios)))
            }
            _ => self.priors.get(&group_of(run)).copied(),
        }
    }

    /// The steps of a run.
    pub fn links(&self, run: &Run<'d>) -> Vec<Link<'d>> {
        run.steps().map(|one| link(self.dataset, one)).collect()
    }

    /// Calls `look` with the tests of a run, where it has any.
    pub fn with_steps<T>(&self, run: &Run<'d>, look: impl FnOnce(&[Link<'d>], &mut Steps<'_>) -> T) -> T {
        let links = self.links(run);
        let steps: Vec<Step> = links.iter().map(|link| link.step).collect();
        let prior = self.peers(run).map(|peers| peers.prior);
        look(&links, &mut Steps::new(&steps, &run.ratios, prior))
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
    for (frequency, mut points) in dataset.points_by_frequency(group) {
        if group.len() > 1 {
            // The figures of the first series win over those in other units.
            points.sort_by_key(|point| point.period);
            points.dedup_by_key(|point| point.period);
        }
        let ratios: Vec<f64> = steps(&points, is_regular).map(|(step, _)| step.log_ratio()).collect();
        if !ratios.is_empty() {
            let ratios = Ratios::new(ratios);
            runs.push(Run { series, frequency, points, is_regular, ratios, is_aggregate });
        }
    }
    runs
}

impl<'d> Run<'d> {
    /// The steps between neighbouring periods whose figures are both above zero.
    pub fn steps(&self) -> impl Iterator<Item = (Step, [&'d Observation; 2])> {
        steps(&self.points, self.is_regular)
    }
}

/// Whether one period follows the other. Periods of no usual length are compared where they are about equally long: 28
/// to 31 days, not 15 and 120.
fn is_even_step(from: Period, to: Period) -> bool {
    let ratio = || f64::from(to.days()) / f64::from(from.days());
    from.is_followed_by(to) && (from.frequency() != Frequency::Other || (0.85..=1.18).contains(&ratio()))
}

/// The steps between neighbouring periods whose figures are both above zero, each with its two figures.
fn steps<'p, 'd>(
    points: &'p [&'d Observation],
    is_regular: bool,
) -> impl Iterator<Item = (Step, [&'d Observation; 2])> + use<'p, 'd> {
    let pairs = points.windows(2).map(|pair| [pair[0], pair[1]]);
    let neighbours = pairs.filter(move |[from, to]| is_regular || is_even_step(from.period, to.period));
    neighbours.filter_map(|pair| Some((step(pair)?, pair)))
}

/// The step from one figure to the next; none where either is not above zero.
fn step([from, to]: [&Observation; 2]) -> Option<Step> {
    let count = |one: &Observation| one.quantity.approximate().filter(|value| *value > 0.0);
    let grains = (from.quantity.approximate_step(), to.quantity.approximate_step());
    Some(Step { from: count(from)?, to: count(to)?, grains })
}

fn link<'d>(dataset: &Dataset, (step, [from, to]): (Step, [&'d Observation; 2])) -> Link<'d> {
    let is_comparable =
        from.block == to.block || dataset.block_of(from).series == dataset.block_of(to).series;
    Link { step, from, to, is_comparable }
}
