//! Which changes of which series are unusual: shared by the rules on drops and rises.

use rayon::prelude::*;

use super::explanation::covering_breaks;
use super::survey::{Run, Survey};
use crate::diag::ExpectedRange;
use crate::model::{Observation, Series};
use crate::rule::{Parameter, Parameters};
use crate::rules::members::Members;
use crate::stats::counts::{same_rate, same_rate_range};
use crate::stats::ratio::{CHANCE_OF_FITTING_SCALE, Step, Steps, Surprise, least_score, scale_slip};

/// The parameter for changes that a documented break covers.
pub const DOCUMENTED: &str = "probability-documented";
/// The parameter for the share of findings that may be chance.
pub const FALSE_DISCOVERIES: &str = "false-discoveries";
/// The parameter for the budget of alarms.
pub const ALARMS: &str = "alarms";
/// Names of the parameters for aggregates.
const AGGREGATE: &str = "probability-aggregate";
const AGGREGATE_NOTE: &str = "probability-aggregate-note";
/// A step less probable than this is more than a wobble.
const CONSPICUOUS: f64 = 0.05;
/// Each period is read in two ways, as a step and as an excursion.
const READINGS: f64 = 2.0;

/// Parameters that both rules have.
pub const PARAMETERS: [Parameter; 8] = [
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
    Parameter {
        name: FALSE_DISCOVERIES,
        default: 0.1,
        range: (0.0, 1.0),
        unit: "share",
        documentation: "Among so many changes some are improbable by chance: at most this share of the warnings is to \
                        be expected to be (Benjamini & Hochberg 1995); others are notes. Aggregates have thresholds of their own.",
    },
    Parameter {
        name: ALARMS,
        default: 5.0,
        range: (0.0, 1000.0),
        unit: "per 1,000 changes",
        documentation: "Beyond so many findings, the least suspicious are notes and are told as one.",
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
pub struct Change<'s, 'd> {
    /// The figures in which it was found.
    pub run: &'s Run<'d>,
    /// The period before the one that is out of line.
    pub before: &'d Observation,
    /// The one that is out of line.
    pub at: &'d Observation,
    /// The one after it, for an excursion.
    pub after: Option<&'d Observation>,
    pub shape: Shape,
    pub surprise: Surprise,
    /// How many times better a fault explains it than ordinary variation does.
    pub evidence: f64,
    /// The step of the run that leads to it.
    pub index: usize,
    /// Name and value of the parameter that it fell below.
    pub threshold: (&'static str, f64),
    /// The figures that would have been no finding.
    pub expected_range: Option<ExpectedRange>,
    /// The power of ten that would bring it back in line.
    pub scale: Option<i32>,
}

/// The parameters of the rules on falls and on rises.
#[derive(Debug)]
pub struct ParametersByWay<'p> {
    /// Those of the rule on falls.
    pub down: &'p Parameters<'p>,
    /// Those of the rule on rises.
    pub up: &'p Parameters<'p>,
    /// Those of the rule on slips of scale.
    pub scale: &'p Parameters<'p>,
}

impl<'p> ParametersByWay<'p> {
    /// Those for changes that go the way of this log-ratio, and the others.
    fn of(&self, ratio: f64) -> [&'p Parameters<'p>; 2] {
        if ratio < 0.0 { [self.down, self.up] } else { [self.up, self.down] }
    }
}

/// Finds unusual changes either way, and counts those that were looked at.
pub fn unusual_changes<'s, 'd>(
    survey: &'s Survey<'d>,
    members: &Members<'d>,
    parameters: &ParametersByWay<'_>,
) -> (Vec<Change<'s, 'd>>, usize) {
    let least = [false, true].map(|is_aggregate| LeastScores::new(survey, parameters, is_aggregate));
    let changes_of = |run: &'s Run<'d>| {
        let examined = survey.comparable_steps(run);
        let least = &least[usize::from(run.is_aggregate)];
        (Search { survey, parameters, members, run, least }.changes(), examined)
    };
    let found: Vec<(Vec<Change<'_, '_>>, usize)> = survey.runs.par_iter().map(changes_of).collect();
    let examined = found.iter().map(|one| one.1).sum();
    (found.into_iter().flat_map(|one| one.0).collect(), examined)
}

impl<'d> Change<'_, 'd> {
    /// The series.
    pub fn series(&self) -> &'d Series {
        self.run.series
    }

    /// Every step of the run, as a ratio less one, in order of time.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = f64> + Clone {
        (0..self.run.counts.steps()).map(|step| {
            let Step { from, to, .. } = self.run.counts.step(step);
            to / from - 1.0
        })
    }

    /// How many periods after it comes the same part of the next year, where the series has a season.
    pub fn season(&self) -> Option<usize> {
        self.run.season.as_ref().map(|season| season.length)
    }

    /// Whether it is off by a power of ten that a slip of one digit does not make, and its neighbours are alike.
    pub fn is_scale_slip(&self) -> bool {
        let value = |one: &Observation| one.quantity.approximate().unwrap_or_default();
        let is_back = |after| (1.0 / 3.0..=3.0).contains(&(value(after) / value(self.before)));
        self.scale.is_some_and(|power| power.abs() > 1) && self.after.is_some_and(is_back)
    }

    /// Which way the period goes that is out of line.
    pub fn way(&self) -> Way {
        if self.run.ratios.values[self.index] < 0.0 { Way::Down } else { Way::Up }
    }
}

/// What a change fell below.
#[derive(Clone, Copy)]
struct Threshold {
    /// Name and value of the parameter.
    parameter: (&'static str, f64),
    /// The highest of the parameters that it could have fallen below.
    highest: f64,
    /// The parameter that guards small counts.
    guard: f64,
}

/// A change that could be reported.
struct Candidate {
    index: usize,
    shape: Shape,
    surprise: Surprise,
    /// What it falls below; none where only the rule on the other way would report it.
    threshold: Option<Threshold>,
    scale: Option<i32>,
    /// Which of several readings of a step wins: the lowest.
    rank: f64,
}

/// The scores that changes must have at least, whatever the parameters for one of them are.
struct LeastScores {
    step: f64,
    excursion: f64,
    step_of_excursion: f64,
}

impl LeastScores {
    fn new(survey: &Survey<'_>, parameters: &ParametersByWay<'_>, is_aggregate: bool) -> Self {
        let ParametersByWay { down, up, scale } = parameters;
        let highest = |name| down.highest(name).max(up.highest(name)).max(scale.highest(name));
        let documented = (!survey.dataset.registry.breaks().is_empty()).then_some(DOCUMENTED);
        let names = parameter_names(is_aggregate).iter().copied().chain(documented);
        let highest = names.map(highest).fold(0.0, f64::max);
        // A value that fits another scale is less probable than its distance alone says.
        let farthest = if highest < CHANCE_OF_FITTING_SCALE {
            highest / (READINGS * CHANCE_OF_FITTING_SCALE)
        } else {
            1.0
        };
        Self {
            step: least_score(highest),
            excursion: least_score(farthest),
            step_of_excursion: least_score(highest.max(CONSPICUOUS)),
        }
    }
}

/// Names of the parameters below which a change is reported whether or not a break is documented.
fn parameter_names(is_aggregate: bool) -> &'static [&'static str] {
    if is_aggregate {
        &["probability", AGGREGATE, AGGREGATE_NOTE]
    } else {
        &["probability", "probability-note"]
    }
}

/// Looks for unusual changes in one run.
struct Search<'l, 's, 'd> {
    survey: &'l Survey<'d>,
    parameters: &'l ParametersByWay<'l>,
    members: &'l Members<'d>,
    run: &'s Run<'d>,
    least: &'l LeastScores,
}

impl<'s, 'd> Search<'_, 's, 'd> {
    /// Unusual changes, none of which shares a step with another: the least probable reading of a step wins.
    fn changes(&self) -> Vec<Change<'s, 'd>> {
        let mut tests = self.run.tests();
        let mut candidates = self.candidates(&mut tests);
        candidates.sort_by(|left, right| {
            let is_step = |one: &Candidate| one.shape == Shape::Step;
            let shape = is_step(left).cmp(&is_step(right));
            left.rank.total_cmp(&right.rank).then(shape).then(left.index.cmp(&right.index))
        });
        let mut taken = vec![false; self.run.counts.steps()];
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
        accepted.into_iter().filter_map(|candidate| self.change(candidate, &mut tests)).collect()
    }

    /// Whether the two steps of an excursion are no events of their own: the way back is between half and twice the way
    /// out, or it is longer in a series that grows, and the way out is conspicuous itself.
    fn returns(&self, index: usize, probability_of_way_out: f64) -> bool {
        let ratios = &self.run.rest().values;
        let back = (ratios[index + 1] / ratios[index]).abs();
        (0.5..=2.0).contains(&back) || (back > 2.0 && probability_of_way_out < CONSPICUOUS)
    }

    fn candidates(&self, tests: &mut Steps<'_>) -> Vec<Candidate> {
        let steps = self.run.counts.steps();
        let mut found = Vec::new();
        for index in (0..steps).filter(|index| self.is_comparable(*index)) {
            let surprise = tests.surprise(index, self.least.step);
            found.extend(surprise.and_then(|surprise| self.candidate(index, Shape::Step, surprise, None)));
        }
        let spread = self.run.typical_spread();
        for index in (0..steps.saturating_sub(1)).filter(|index| self.could_be_excursion(*index, spread)) {
            let surprise = tests.surprise_of_excursion(index, self.least.excursion);
            let Some(mut excursion) = surprise.and_then(|surprise| self.excursion(index, surprise)) else {
                continue;
            };
            let own = [index, index + 1].map(|step| {
                tests
                    .surprise(step, self.least.step_of_excursion)
                    .map_or(1.0, |surprise| surprise.probability)
            });
            if self.returns(index, own[0]) {
                excursion.rank = excursion.rank.min(own[0]).min(own[1]);
            }
            found.push(excursion);
        }
        found
    }

    fn is_comparable(&self, step: usize) -> bool {
        self.survey.is_comparable(self.run, step)
    }

    /// Whether the series goes out and comes back: the way back is between a quarter and four times the way out, on the scale of
    /// logarithms, and both together are more than an ordinary wobble.
    fn could_be_excursion(&self, index: usize, spread: f64) -> bool {
        let (run, ratios) = (self.run, &self.run.rest().values);
        let (out, back) = (ratios[index], ratios[index + 1]);
        out * back < 0.0
            && (out - back).abs() > 2.0 * spread
            && back.abs() >= 0.25 * out.abs()
            && out.abs() >= 0.25 * back.abs()
            && run.counts.start(index) + 1 == run.counts.start(index + 1)
            && self.is_comparable(index)
            && self.is_comparable(index + 1)
    }

    fn excursion(&self, index: usize, mut surprise: Surprise) -> Option<Candidate> {
        let [out, back] = [index, index + 1].map(|step| self.run.counts.step(step));
        let scale = scale_slip(out.from, out.to, back.to);
        surprise.probability = (READINGS * surprise.probability).min(1.0);
        if scale.is_some() {
            surprise.probability *= CHANCE_OF_FITTING_SCALE;
        }
        self.candidate(index, Shape::Excursion, surprise, scale)
    }

    /// A change with the parameter that it falls below; none where it is usual, or its counts are too small to tell.
    fn candidate(
        &self,
        index: usize,
        shape: Shape,
        surprise: Surprise,
        scale: Option<i32>,
    ) -> Option<Candidate> {
        // The cheap test first: nearly all changes are usual.
        if surprise.probability >= 0.5 {
            return None;
        }
        // Where the season asks for a fall, a smaller one is out of line, but no rise.
        if self.run.season.is_some() && self.run.ratios.values[index] * self.run.rest().values[index] <= 0.0 {
            return None;
        }
        let [from, to] = self.run.pair(index);
        let key = &self.run.series.key;
        let [own, other] = match scale {
            Some(power) if power.abs() > 1 => [self.parameters.scale, self.parameters.down],
            _ => self.parameters.of(self.run.ratios.values[index]),
        };
        let threshold = |parameters: &Parameters<'_>| {
            let value = |name| {
                let value = parameters.get(name, key, Some(to.period));
                if [AGGREGATE, AGGREGATE_NOTE].contains(&name) {
                    value / self.survey.aggregates as f64
                } else {
                    value
                }
            };
            let is_below = |name: &&'static str| surprise.probability < value(*name);
            if !is_below(&DOCUMENTED) && !parameter_names(self.run.is_aggregate).iter().any(is_below) {
                return None;
            }
            let Search { survey, members, run, .. } = self;
            let is_documented =
                !covering_breaks(survey.dataset, members, run.series, from, to, shape).is_empty();
            let names = parameter_names(self.run.is_aggregate)
                .iter()
                .copied()
                .chain(is_documented.then_some(DOCUMENTED));
            let name = names.clone().find(is_below)?;
            let guard = value("count-guard");
            let Step { from, to, .. } = self.run.counts.step(index);
            let highest = names.map(value).fold(0.0, f64::max);
            (same_rate(from, to) <= guard).then_some(Threshold {
                parameter: (name, value(name)),
                highest,
                guard,
            })
        };
        // What one rule is told to pass over is no event of the other: a fall back from a peak belongs to the peak.
        let threshold = threshold(own).map(Some).or_else(|| threshold(other).map(|_| None))?;
        Some(Candidate { index, shape, surprise, threshold, scale, rank: surprise.probability })
    }

    fn change(&self, candidate: Candidate, tests: &mut Steps<'_>) -> Option<Change<'s, 'd>> {
        let Candidate { index, shape, surprise, threshold, scale, .. } = candidate;
        let threshold = threshold?;
        let run = self.run;
        let [before, at] = run.pair(index);
        let evidence = match shape {
            Shape::Step => tests.evidence(index),
            Shape::Excursion => tests.evidence_of_excursion(index),
        };
        Some(Change {
            run,
            before,
            at,
            after: (shape == Shape::Excursion).then(|| run.pair(index + 1)[1]),
            shape,
            surprise,
            evidence: evidence?,
            index,
            threshold: threshold.parameter,
            expected_range: expected_range(
                &surprise,
                shape,
                &threshold,
                run.counts.step(index).from,
                run.season.is_some(),
            ),
            scale,
        })
    }
}

/// The figures that are no less probable than this by what the series and its peers tell of their spread as they stand,
/// or differ from the one before no more than small counts do, or by less than the season asks for.
fn expected_range(
    surprise: &Surprise,
    shape: Shape,
    threshold: &Threshold,
    before: f64,
    has_season: bool,
) -> Option<ExpectedRange> {
    let readings = if shape == Shape::Excursion { READINGS } else { 1.0 };
    let (low, high) = surprise.figure.range(threshold.highest / readings)?;
    let (low, high) = (low.exp(), high.exp());
    let (low, high) = if has_season { (low.min(before), high.max(before)) } else { (low, high) };
    let (least, most) = same_rate_range(before, threshold.guard);
    // Where they do not meet, the second holds for no figure that the first makes likely.
    let meet = least <= high && most >= low;
    if meet {
        ExpectedRange::estimated(low.min(least), high.max(most))
    } else {
        ExpectedRange::estimated(low, high)
    }
}
