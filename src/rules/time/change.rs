//! Which changes of which series are unusual: shared by the rules on drops and rises.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::model::{Additivity, Dataset, Frequency, Name, Observation, Period, Series, Unit};
use crate::rule::{Parameter, Parameters};
use crate::rules::members::Members;
use crate::stats::counts::same_rate;
use crate::stats::ratio::{
    CHANCE_OF_FITTING_SCALE, Prior, Ratios, Step, Steps, Surprise, least_score, scale_slip,
};

use super::explanation::covering_breaks;

/// The parameter for changes that a documented break covers.
pub const DOCUMENTED: &str = "probability-documented";
/// Names of the parameters for aggregates.
const AGGREGATE: &str = "probability-aggregate";
const AGGREGATE_NOTE: &str = "probability-aggregate-note";
/// A step less probable than this is more than a wobble.
const CONSPICUOUS: f64 = 0.05;
/// Each period is read in two ways, as a step and as an excursion.
const READINGS: f64 = 2.0;
/// In a group of more series than this, one series more or less does not change what peers say.
const SMALL_GROUP: usize = 12;

/// Parameters that both rules have.
pub const PARAMETERS: [Parameter; 6] = [
    Parameter {
        name: "probability",
        default: 0.001,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "A change less probable than this is a warning.",
    },
    Parameter {
        name: "probability-note",
        default: 0.01,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "A change less probable than this is a note.",
    },
    Parameter {
        name: AGGREGATE,
        default: 0.05,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "A change less probable than this, divided by the number of aggregates, is a warning where the series \
                        is an aggregate whose members are in the data: there are few of these, and much hangs on each.",
    },
    Parameter {
        name: AGGREGATE_NOTE,
        default: 0.1,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "A change of an aggregate less probable than this, divided by the number of aggregates, is a note.",
    },
    Parameter {
        name: DOCUMENTED,
        default: 0.2,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "A change that a documented break covers is printed, as explained, where it is less probable than \
                        this: somebody has said that it is there.",
    },
    Parameter {
        name: "count-guard",
        default: 0.01,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "No finding where two Poisson counts of one rate would differ this much with at least this probability: \
                        12 to 7 is no evidence of anything.",
    },
];

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Down,
    Up,
}

/// Whether the series stays at its new level or comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The change from one period to the next.
    Step,
    /// One period out of line with both of its neighbours.
    Excursion,
}

/// An unusual change.
#[derive(Debug)]
pub struct Change<'d> {
    pub series: &'d Series,
    /// The period before the one that is out of line.
    pub before: &'d Observation,
    /// The one that is out of line.
    pub at: &'d Observation,
    /// The one after it, for an excursion.
    pub after: Option<&'d Observation>,
    pub shape: Shape,
    pub surprise: Surprise,
    /// Every other step of the series, as a ratio less one, in order of time with its later observation.
    pub steps: Vec<(f64, &'d Observation)>,
    /// Place of this change among them.
    pub index: usize,
    pub peers: Option<Peers>,
    pub is_aggregate: bool,
    /// Name and value of the parameter that it fell below, and whether that makes it a note.
    pub threshold: (&'static str, f64),
    /// The power of ten that would bring it back in line.
    pub scale: Option<i32>,
}

/// What the peers of a series do.
#[derive(Debug, Clone, Copy)]
pub struct Peers {
    pub prior: Prior,
    pub series: usize,
}

/// A step of a series.
#[derive(Debug, Clone, Copy)]
struct Link<'d> {
    step: Step,
    from: &'d Observation,
    to: &'d Observation,
    /// Whether both figures are in one unit. Where they are not, another rule says so; the step is still one that
    /// peers learn from, so that one wrong unit does not move what is usual for all others.
    is_comparable: bool,
}

/// The figures of one series, or of several that differ in nothing but their unit, in periods of one frequency.
struct Run<'d> {
    series: &'d Series,
    frequency: Frequency,
    /// One a period, in order.
    points: Vec<&'d Observation>,
    /// Whether each point is known to follow the one before.
    is_regular: bool,
    /// Log-ratios of the steps between neighbours.
    ratios: Ratios,
    is_aggregate: bool,
}

/// Series are peers where they count the same in the same unit at the same frequency. Aggregates are steadier than
/// their members and only peers of each other.
type PeerGroup<'d> = (&'d Name, Unit, Frequency, bool);

/// The parameters of the rules on falls and on rises.
#[derive(Debug)]
pub struct ParametersByWay<'p> {
    /// Those of the rule on falls.
    pub down: &'p Parameters<'p>,
    /// Those of the rule on rises.
    pub up: &'p Parameters<'p>,
}

impl<'p> ParametersByWay<'p> {
    /// Those for changes that go the way of this log-ratio, and the others.
    fn of(&self, ratio: f64) -> [&'p Parameters<'p>; 2] {
        if ratio < 0.0 { [self.down, self.up] } else { [self.up, self.down] }
    }
}

/// Finds unusual changes either way, and counts those that were looked at.
pub fn unusual_changes<'d>(
    dataset: &'d Dataset,
    members: &Members<'d>,
    parameters: &ParametersByWay<'_>,
) -> (Vec<Change<'d>>, usize) {
    let runs = runs(dataset, members);
    let mut groups: BTreeMap<PeerGroup<'_>, Vec<&Ratios>> = BTreeMap::new();
    let is_widest = |run: &&Run<'_>| run.is_aggregate && run.series.key.category.is_none();
    // A total of some members is nearly the total of all: it says nothing of its own.
    for run in runs.iter().filter(|run| !run.is_aggregate || is_widest(run)) {
        groups.entry(group_of(run)).or_default().push(&run.ratios);
    }
    let large = groups.par_iter().filter(|(_, peers)| peers.len() > SMALL_GROUP);
    let priors: BTreeMap<PeerGroup<'_>, Peers> =
        large.filter_map(|(group, peers)| Some((*group, learn(peers.iter().copied())?))).collect();
    let aggregates = runs.iter().filter(is_widest).count().max(1);
    let changes_of = |run: &Run<'d>| {
        let peers = match groups.get(&group_of(run)) {
            // In a small group a series would be much of its own yardstick.
            Some(peers) if peers.len() <= SMALL_GROUP => {
                learn(peers.iter().copied().filter(|peer| !std::ptr::eq(*peer, &run.ratios)))
            }
            _ => priors.get(&group_of(run)).copied(),
        };
        let links: Vec<Link<'_>> = steps(&run.points, run.is_regular).map(|one| link(dataset, one)).collect();
        let examined = links.iter().filter(|link| link.is_comparable).count();
        (Search { dataset, parameters, members, run, links, peers, aggregates }.changes(), examined)
    };
    let found: Vec<(Vec<Change<'_>>, usize)> = runs.par_iter().map(changes_of).collect();
    let examined = found.iter().map(|one| one.1).sum();
    (found.into_iter().flat_map(|one| one.0).collect(), examined)
}

fn learn<'r>(peers: impl Iterator<Item = &'r Ratios> + Clone) -> Option<Peers> {
    let series = peers.clone().count();
    Some(Peers { prior: Prior::learn(peers)?, series })
}

impl Change<'_> {
    /// Which way the period goes that is out of line.
    pub fn way(&self) -> Way {
        if self.steps[self.index].0 < 0.0 { Way::Down } else { Way::Up }
    }
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

/// A change that could be reported.
struct Candidate {
    index: usize,
    shape: Shape,
    surprise: Surprise,
    /// Name and value of the parameter that it falls below; none where only the rule on the other way would report it.
    threshold: Option<(&'static str, f64)>,
    scale: Option<i32>,
    /// Which of several readings of a step wins: the lowest.
    rank: f64,
}

/// Looks for unusual changes in one run.
struct Search<'s, 'd> {
    dataset: &'d Dataset,
    parameters: &'s ParametersByWay<'s>,
    members: &'s Members<'d>,
    run: &'s Run<'d>,
    links: Vec<Link<'d>>,
    peers: Option<Peers>,
    /// How many aggregates are looked at.
    aggregates: usize,
}

impl<'d> Search<'_, 'd> {
    /// Unusual changes, none of which shares a step with another: the least probable reading of a step wins.
    fn changes(&self) -> Vec<Change<'d>> {
        let mut candidates = self.candidates();
        candidates.sort_by(|left, right| {
            let is_step = |one: &Candidate| one.shape == Shape::Step;
            let shape = is_step(left).cmp(&is_step(right));
            left.rank.total_cmp(&right.rank).then(shape).then(left.index.cmp(&right.index))
        });
        let mut taken = vec![false; self.links.len()];
        let mut accepted = Vec::new();
        for candidate in candidates {
            let steps = candidate.index..=candidate.index + usize::from(candidate.shape == Shape::Excursion);
            if steps.clone().any(|step| taken[step]) {
                continue;
            }
            steps.for_each(|step| taken[step] = true);
            accepted.push(candidate);
        }
        accepted.sort_by_key(|candidate| candidate.index);
        accepted.into_iter().filter_map(|candidate| self.change(candidate)).collect()
    }

    /// Whether the two steps of an excursion are no events of their own: the way back is between half and twice the way
    /// out, or it is longer in a series that grows, and the way out is conspicuous itself.
    fn returns(&self, index: usize, probability_of_way_out: f64) -> bool {
        let ratios = &self.run.ratios.values;
        let back = (ratios[index + 1] / ratios[index]).abs();
        (0.5..=2.0).contains(&back) || (back > 2.0 && probability_of_way_out < CONSPICUOUS)
    }

    fn candidates(&self) -> Vec<Candidate> {
        let (links, ratios) = (&self.links, &self.run.ratios);
        let steps: Vec<Step> = links.iter().map(|link| link.step).collect();
        let prior = self.peers.map(|peers| peers.prior);
        let mut tests = Steps::new(&steps, ratios, prior);
        let mut found = Vec::new();
        let highest = self.highest_threshold();
        let least = least_score(highest);
        for index in (0..links.len()).filter(|index| links[*index].is_comparable) {
            let surprise = tests.surprise(index, least);
            found.extend(surprise.and_then(|surprise| self.candidate(index, Shape::Step, surprise)));
        }
        let spread = ratios.typical_spread(prior);
        // A value that fits another scale is less probable than its distance alone says.
        let farthest = if highest < CHANCE_OF_FITTING_SCALE {
            highest / (READINGS * CHANCE_OF_FITTING_SCALE)
        } else {
            1.0
        };
        let least = least_score(farthest);
        let least_of_step = least_score(highest.max(CONSPICUOUS));
        for index in
            (0..links.len().saturating_sub(1)).filter(|index| self.could_be_excursion(*index, spread))
        {
            let surprise = tests.surprise_of_excursion(index, least);
            let Some(mut excursion) = surprise.and_then(|surprise| self.excursion(&steps, index, surprise))
            else {
                continue;
            };
            let own = [index, index + 1]
                .map(|step| tests.surprise(step, least_of_step).map_or(1.0, |surprise| surprise.probability));
            if self.returns(index, own[0]) {
                excursion.rank = excursion.rank.min(own[0]).min(own[1]);
            }
            found.push(excursion);
        }
        found
    }

    /// Names of the parameters below which a change is reported whether or not a break is documented.
    fn parameter_names(&self) -> &'static [&'static str] {
        if self.run.is_aggregate {
            &["probability", AGGREGATE, AGGREGATE_NOTE]
        } else {
            &["probability", "probability-note"]
        }
    }

    /// A probability that no change of the series needs to be below.
    fn highest_threshold(&self) -> f64 {
        let ParametersByWay { down, up } = self.parameters;
        let highest = |name| f64::max(down.highest(name), up.highest(name));
        let highest_of_all = self.parameter_names().iter().copied().map(highest).fold(0.0, f64::max);
        if self.dataset.registry.breaks().is_empty() {
            highest_of_all
        } else {
            highest_of_all.max(highest(DOCUMENTED))
        }
    }

    /// Whether the series goes out and comes back: the way back is between a quarter and four times the way out, on the scale of
    /// logarithms, and both together are more than an ordinary wobble.
    fn could_be_excursion(&self, index: usize, spread: f64) -> bool {
        let (links, ratios) = (&self.links, &self.run.ratios.values);
        let (out, back) = (ratios[index], ratios[index + 1]);
        let is_adjacent = std::ptr::eq(links[index].to, links[index + 1].from);
        out * back < 0.0
            && is_adjacent
            && links[index].is_comparable
            && links[index + 1].is_comparable
            && back.abs() >= 0.25 * out.abs()
            && out.abs() >= 0.25 * back.abs()
            && (out - back).abs() > 2.0 * spread
    }

    fn excursion(&self, steps: &[Step], index: usize, mut surprise: Surprise) -> Option<Candidate> {
        let scale = scale_slip(steps[index].from, steps[index].to, steps[index + 1].to);
        surprise.probability = (READINGS * surprise.probability).min(1.0);
        if scale.is_some() {
            surprise.probability *= CHANCE_OF_FITTING_SCALE;
        }
        let candidate = self.candidate(index, Shape::Excursion, surprise)?;
        Some(Candidate { scale, ..candidate })
    }

    /// A change with the parameter that it falls below; none where it is usual, or its counts are too small to tell.
    fn candidate(&self, index: usize, shape: Shape, surprise: Surprise) -> Option<Candidate> {
        // The cheap test first: nearly all changes are usual.
        if surprise.probability >= 0.5 {
            return None;
        }
        let link = &self.links[index];
        let key = &self.run.series.key;
        let [own, other] = self.parameters.of(self.run.ratios.values[index]);
        let threshold = |parameters: &Parameters<'_>| {
            let value = |name| {
                let value = parameters.get(name, key, Some(link.to.period));
                if [AGGREGATE, AGGREGATE_NOTE].contains(&name) {
                    value / self.aggregates as f64
                } else {
                    value
                }
            };
            let is_below = |name: &&'static str| surprise.probability < value(*name);
            let is_documented = || {
                let Search { dataset, members, run, .. } = self;
                is_below(&DOCUMENTED)
                    && !covering_breaks(dataset, members, run.series, link.from, link.to, shape).is_empty()
            };
            let mut names = self.parameter_names().iter().copied();
            let name = names.find(is_below).or_else(|| is_documented().then_some(DOCUMENTED))?;
            let is_evidence = same_rate(link.step.from, link.step.to) <= value("count-guard");
            is_evidence.then(|| (name, value(name)))
        };
        // What one rule is told to pass over is no event of the other: a fall back from a peak belongs to the peak.
        let threshold = threshold(own).map(Some).or_else(|| threshold(other).map(|_| None))?;
        Some(Candidate { index, shape, surprise, threshold, scale: None, rank: surprise.probability })
    }

    fn change(&self, candidate: Candidate) -> Option<Change<'d>> {
        let Candidate { index, shape, surprise, threshold, scale, .. } = candidate;
        let links = self.links.as_slice();
        Some(Change {
            series: self.run.series,
            before: links[index].from,
            at: links[index].to,
            after: (shape == Shape::Excursion).then(|| links[index + 1].to),
            shape,
            surprise,
            steps: links.iter().map(|link| (link.step.to / link.step.from - 1.0, link.to)).collect(),
            index,
            peers: self.peers,
            is_aggregate: self.run.is_aggregate,
            threshold: threshold?,
            scale,
        })
    }
}
