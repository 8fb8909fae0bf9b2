//! Which changes of which series are unusual: shared by the rules on drops and rises.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;

use crate::model::{Additivity, Dataset, Frequency, Name, Observation, Series, Unit};
use crate::rule::{Context, Parameter};
use crate::rules::members::Members;
use crate::stats::counts::same_rate;
use crate::stats::ratio::{Prior, Step, Surprise, surprises};

/// Parameters that both rules have.
pub const PARAMETERS: [Parameter; 4] = [
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
        name: "probability-aggregate",
        default: 0.05,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "A change less probable than this is a warning where the series is an aggregate whose members are \
                        in the data: there are few of these, and much hangs on each.",
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
}

/// What the peers of a series do.
#[derive(Debug, Clone, Copy)]
pub struct Peers {
    pub prior: Prior,
    pub series: usize,
}

/// A run of neighbouring periods of one frequency, all with a number above zero.
struct Run<'d> {
    series: &'d Series,
    frequency: Frequency,
    steps: Vec<(Step, &'d Observation, &'d Observation)>,
    ratios: Vec<f64>,
    is_aggregate: bool,
}

/// Series are peers where they count the same in the same unit at the same frequency. Aggregates are steadier than
/// their members and only peers of each other.
type PeerGroup<'d> = (&'d Name, Unit, Frequency, bool);

/// Finds unusual changes one way. `examined` is told how many changes were looked at.
pub fn unusual_changes<'d>(
    context: &Context<'d>,
    members: &Members<'d>,
    way: Way,
    examined: &mut usize,
) -> Vec<Change<'d>> {
    let runs = runs(context.dataset, members);
    let mut groups: BTreeMap<PeerGroup<'_>, Vec<&[f64]>> = BTreeMap::new();
    for run in &runs {
        groups.entry(group_of(run)).or_default().push(&run.ratios);
    }
    let priors: BTreeMap<PeerGroup<'_>, Peers> = groups
        .into_iter()
        // A series is no peer of itself.
        .filter(|(_, ratios)| ratios.len() > 1)
        .filter_map(|(group, ratios)| {
            let prior = Prior::learn(ratios.iter().copied())?;
            Some((group, Peers { prior, series: ratios.len() }))
        })
        .collect();
    let mut found = Vec::new();
    for run in &runs {
        *examined += run.steps.len();
        let peers = priors.get(&group_of(run)).copied();
        find_in_run(context, run, peers, way, &mut found);
    }
    found
}

fn group_of<'d>(run: &Run<'d>) -> PeerGroup<'d> {
    (&run.series.key.metric, run.series.key.unit, run.frequency, run.is_aggregate)
}

fn runs<'d>(dataset: &'d Dataset, members: &Members<'d>) -> Vec<Run<'d>> {
    let mut runs = Vec::new();
    for series in dataset.series.iter().filter(|series| series.key.unit.additivity() != Additivity::None) {
        let mut by_frequency: BTreeMap<Frequency, Vec<&Observation>> = BTreeMap::new();
        for point in dataset.points(series) {
            by_frequency.entry(point.period.frequency()).or_default().push(point);
        }
        let is_aggregate = dataset.is_total(series) || !members.of(series).is_empty();
        for (frequency, points) in by_frequency {
            let steps: Vec<_> = points.windows(2).filter_map(|pair| step(pair[0], pair[1])).collect();
            if !steps.is_empty() {
                let ratios = steps.iter().map(|(step, ..)| step.log_ratio()).collect();
                runs.push(Run { series, frequency, steps, ratios, is_aggregate });
            }
        }
    }
    runs
}

fn step<'d>(from: &'d Observation, to: &'d Observation) -> Option<(Step, &'d Observation, &'d Observation)> {
    if !from.period.is_followed_by(to.period) {
        return None;
    }
    let count = |one: &Observation| one.quantity.approximate().filter(|value| *value > 0.0);
    let grain = |one: &Observation| one.quantity.step().to_f64().unwrap_or(0.0);
    Some((Step { from: count(from)?, to: count(to)?, grains: (grain(from), grain(to)) }, from, to))
}

fn find_in_run<'d>(
    context: &Context<'d>,
    run: &Run<'d>,
    peers: Option<Peers>,
    way: Way,
    found: &mut Vec<Change<'d>>,
) {
    let steps: Vec<Step> = run.steps.iter().map(|one| one.0).collect();
    let surprises = surprises(&steps, peers.map(|peers| peers.prior));
    // Where the way back has been reported with the way out, it is no change of its own.
    let mut returned = false;
    for index in 0..steps.len() {
        if std::mem::take(&mut returned) {
            continue;
        }
        let back =
            excursion(run, index) && [index, index + 1].iter().all(|step| is_conspicuous(surprises[*step]));
        let own = threshold(context, run, index, surprises[index]);
        let other = back.then(|| threshold(context, run, index + 1, surprises[index + 1])).flatten();
        let Some((threshold, surprise)) = least_probable(own, other) else { continue };
        returned = back;
        let goes = if run.ratios[index] < 0.0 { Way::Down } else { Way::Up };
        if goes != way {
            continue;
        }
        found.push(Change {
            series: run.series,
            before: run.steps[index].1,
            at: run.steps[index].2,
            after: back.then(|| run.steps[index + 1].2),
            shape: if back { Shape::Excursion } else { Shape::Step },
            surprise,
            steps: run.steps.iter().map(|(step, _, later)| (step.to / step.from - 1.0, *later)).collect(),
            index,
            peers,
            is_aggregate: run.is_aggregate,
            threshold,
        });
    }
}

/// Whether the series comes back in the next period: the way back is at least half of the way out, on the scale of
/// logarithms, and not more than twice it.
fn excursion(run: &Run<'_>, index: usize) -> bool {
    let (Some(next), out) = (run.ratios.get(index + 1), run.ratios[index]) else { return false };
    let adjacent = std::ptr::eq(run.steps[index].2, run.steps[index + 1].1);
    adjacent && out * next < 0.0 && next.abs() >= 0.5 * out.abs() && out.abs() >= 0.5 * next.abs()
}

/// Whether a step could be part of an excursion at all: a peak is more than an ordinary rise before a sharp fall.
fn is_conspicuous(surprise: Option<Surprise>) -> bool {
    surprise.is_some_and(|surprise| surprise.probability < 0.2)
}

/// The parameter that a change falls below; none where it is usual, or its counts are too small to tell.
fn threshold(
    context: &Context<'_>,
    run: &Run<'_>,
    index: usize,
    surprise: Option<Surprise>,
) -> Option<((&'static str, f64), Surprise)> {
    let surprise = surprise?;
    let (step, _, at) = run.steps[index];
    let key = &run.series.key;
    let value = |name| context.parameters.get(name, key, Some(at.period));
    // The cheap test first: nearly all changes are usual.
    if surprise.probability >= 0.5 {
        return None;
    }
    let names: &[&'static str] = if run.is_aggregate {
        &["probability", "probability-aggregate"]
    } else {
        &["probability", "probability-note"]
    };
    let threshold = names.iter().map(|name| (*name, value(name))).find(|one| surprise.probability < one.1)?;
    (same_rate(step.from, step.to) <= value("count-guard")).then_some((threshold, surprise))
}

type Found = Option<((&'static str, f64), Surprise)>;

fn least_probable(own: Found, other: Found) -> Found {
    match (own, other) {
        (Some(own), Some(other)) => Some(if other.1.probability < own.1.probability { other } else { own }),
        (own, other) => own.or(other),
    }
}
