use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;
use statrs::function::factorial::ln_binomial;

use super::survey::{Run, Survey, periods_of};
use crate::diag::{Confidence, Evidence, Finding, Location, Score, Subject, listing, quantity_of, to_digits};
use crate::model::{Dataset, Frequency, Name, Observation, Period, SeriesKey};
use crate::rule::{Need, Parameter, Task};
use crate::rules::members::figure;
use crate::stats::digits::last_place;
use crate::stats::robust::deviation_from;

crate::declare_rule! {
    /// The figures of one period are, nearly all of them, those of another period.
    ///
    /// A column of last quarter's table that was left in this quarter's repeats many figures at once, most of them too small
    /// to be conspicuous alone. Two periods are compared over all that a publisher states of a subject, of a metric, or
    /// of both. The chance that one figure `y`, printed to a step `g`, ties is `g / (y · s · √(2π))` with the spread `s` of
    /// the log-ratios that its series has over as many periods (that of its group where it is short); it is never taken
    /// to be less than the share of ties between the other periods of the group, so that what hardly moves, or is
    /// printed coarsely, is left alone. Zeros, figures below ten and figures that stand there twice carry nothing. The
    /// product of these chances, times the ways to choose the figures that differ, times all pairs of periods that were
    /// compared, is the number of blocks to be expected by chance in the whole dataset; it must stay below the
    /// parameter, which bounds the rate of false alarms as far as series err apart from each other.
    ///
    /// The repeats are told once: `repeated-value` and `imputed-value` say nothing more of these figures. Periods more
    /// than twelve apart are not compared.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Spam, values: {2021-Q1: 214, 2021-Q2: 268, 2021-Q3: 231, 2021-Q4: 231, 2022-Q1: 307}}
    ///   - {category: Nudity, values: {2021-Q1: 87, 2021-Q2: 66, 2021-Q3: 71, 2021-Q4: 71, 2022-Q1: 93}}
    ///   - {category: Violence, values: {2021-Q1: 402, 2021-Q2: 371, 2021-Q3: 418, 2021-Q4: 418, 2022-Q1: 377}}
    ///   - {category: Scams, values: {2021-Q1: 133, 2021-Q2: 158, 2021-Q3: 172, 2021-Q4: 172, 2022-Q1: 149}}
    ///   - {category: Weapons, values: {2021-Q1: 311, 2021-Q2: 289, 2021-Q3: 343, 2021-Q4: 343, 2022-Q1: 326}}
    ///   - {category: Drugs, values: {2021-Q1: 41, 2021-Q2: 53, 2021-Q3: 48, 2021-Q4: 48, 2022-Q1: 57}}
    /// ```
    "TR305" "repeated-block" Warning;
    needs [Need::Periods(2)];
    parameters &[
        Parameter {
            name: "figures",
            default: 4.0,
            range: (2.0, 1e6),
            unit: "figures",
            documentation: "A block has at least so many figures of ten or more that agree, each value counted once.",
        },
        Parameter {
            name: "share",
            default: 0.8,
            range: (0.5, 1.0),
            unit: "share",
            documentation: "At least this share of the figures that are not zero in both periods agrees, and half of it of all \
                            figures of ten or more in the period that has fewer.",
        },
        Parameter {
            name: EXPECTED,
            default: 0.001,
            range: (0.0, 1.0),
            unit: "blocks",
            documentation: "A block counts where fewer than this many were to be expected by chance among all pairs of periods.",
        },
    ];
    look super::SERIES
}

const EXPECTED: &str = "expected-blocks";
/// Periods further apart than this are not compared.
const MOST_APART: usize = 12;
/// Smaller figures tie all the time.
const TELLING: f64 = 10.0;
/// The smallest relative spread that is believed.
const SPREAD_FLOOR: f64 = 0.02;
/// A series with so many other differences speaks for itself.
const SPEAKS_FOR_ITSELF: usize = 5;
/// Figures and differences that are named.
const NAMED: usize = 6;

/// What the series of a group have in common: the publisher, and the subject, the metric, or both.
type Group<'d> = (&'d Name, Option<&'d Name>, Option<&'d Name>, Frequency);

/// Two periods, the earlier first.
type Pair = (Period, Period);

/// A figure that is equal in two periods of its run.
#[derive(Clone, Copy)]
struct Tie {
    run: usize,
    earlier: usize,
    later: usize,
}

/// Two periods of a group with nearly the same figures.
struct Block<'d> {
    group: Group<'d>,
    periods: Pair,
    /// The figures that agree, zeros left out.
    equal: Vec<[&'d Observation; 2]>,
    /// The figures that differ.
    different: Vec<[&'d Observation; 2]>,
    /// Blocks like this to be expected by chance.
    expected: f64,
    /// How many pairs of periods were compared.
    compared: usize,
}

/// The groups that a series belongs to.
fn groups_of<'d>(run: &Run<'d>) -> [Group<'d>; 3] {
    let SeriesKey { publisher, subject, metric, .. } = &run.series.key;
    [(Some(subject), None), (None, Some(metric)), (Some(subject), Some(metric))]
        .map(|(subject, metric)| (publisher, subject, metric, run.frequency))
}

/// Looks for repeated blocks. Gives the cells that were spoken of.
pub fn check(task: &mut Task<'_>, survey: &Survey<'_>) -> HashSet<Location> {
    let mut groups: BTreeMap<Group<'_>, Vec<usize>> = BTreeMap::new();
    // A total repeats where its parts do: it says nothing of its own.
    let is_part = |run: &Run<'_>| !run.is_aggregate && !survey.dataset.is_total(run.series);
    for (number, run) in survey.runs.iter().enumerate().filter(|(_, run)| is_part(run)) {
        groups_of(run).into_iter().for_each(|group| groups.entry(group).or_default().push(number));
    }
    let compared = groups.values().map(|runs| pairs_of(survey, runs)).sum();
    task.sink.examined(compared);
    task.sink.nothing_to_check("no group of series in two periods");
    let parameters = &task.context.parameters;
    let (figures, share) = (parameters.lowest("figures") as usize, parameters.lowest("share"));
    let ties: Vec<Vec<(usize, usize)>> = survey.runs.par_iter().map(ties_of).collect();
    let in_group = groups.par_iter().flat_map_iter(|(group, runs)| {
        let pairs = pairs_with_ties(survey, runs, &ties, figures, share);
        pairs.into_iter().filter_map(move |pair| block(survey, *group, runs, pair, share, compared))
    });
    let mut blocks: Vec<Block<'_>> = in_group.collect();
    blocks.retain(|one| {
        let key = key_of(survey.dataset, one);
        let limit = |name| parameters.get(name, key, Some(one.periods.1));
        let values: BTreeSet<String> = one
            .equal
            .iter()
            .filter(|pair| is_telling(pair[0]))
            .map(|pair| pair[0].quantity.to_string())
            .collect();
        values.len() as f64 >= limit("figures")
            && one.equal.len() as f64 >= limit("share") * (one.equal.len() + one.different.len()) as f64
            && one.expected < limit(EXPECTED)
    });
    // The widest first; what is part of it is not told again.
    blocks.sort_by_key(|one| (std::cmp::Reverse(one.equal.len()), one.periods, one.group));
    let mut told = HashSet::new();
    let mut pairs_told: HashSet<(Location, Location)> = HashSet::new();
    for one in blocks {
        let places = |pair: &[&Observation; 2]| (pair[0].origin.location(), pair[1].origin.location());
        if one.equal.iter().all(|pair| pairs_told.contains(&places(pair))) {
            continue;
        }
        pairs_told.extend(one.equal.iter().map(places));
        told.extend(one.equal.iter().flatten().map(|figure| figure.origin.location()));
        let finding = describe(task, survey, &one);
        task.sink.push(finding);
    }
    told
}

fn is_telling(figure: &Observation) -> bool {
    figure.quantity.approximate().is_some_and(|value| value >= TELLING)
}

/// How many pairs of periods a group has, by its longest series.
fn pairs_of(survey: &Survey<'_>, runs: &[usize]) -> usize {
    let longest = runs.iter().map(|run| survey.runs[*run].periods.len()).max().unwrap_or_default();
    (1..=MOST_APART.min(longest.saturating_sub(1))).map(|apart| longest - apart).sum()
}

/// The telling figures of a run that are equal in two periods, as places of both.
fn ties_of(run: &Run<'_>) -> Vec<(usize, usize)> {
    let values = run.counts.values();
    let mut ties = Vec::new();
    for apart in 1..=MOST_APART.min(values.len().saturating_sub(1)) {
        let (earlier, later) = (&values[..values.len() - apart], &values[apart..]);
        // Nearly no series has a tie: without a branch for each figure this takes next to nothing.
        let any = earlier.iter().zip(later).fold(false, |any, (one, other)| any | (one == other));
        if any {
            let is_tie = |place: &usize| earlier[*place] == later[*place] && earlier[*place] >= TELLING;
            ties.extend((0..earlier.len()).filter(is_tie).map(|place| (place, place + apart)));
        }
    }
    ties
}

/// The pairs of periods of a group in which enough telling figures tie to be looked at closely: `least` of them, and
/// half the share of what the period with fewer has.
fn pairs_with_ties(
    survey: &Survey<'_>,
    runs: &[usize],
    ties: &[Vec<(usize, usize)>],
    least: usize,
    share: f64,
) -> Vec<Pair> {
    if runs.iter().map(|run| ties[*run].len()).sum::<usize>() < least {
        return Vec::new();
    }
    let periods = periods_of(runs.iter().map(|run| &survey.runs[*run]));
    let mut telling = vec![0usize; periods.len()];
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for number in runs {
        let run = &survey.runs[*number];
        let first = periods.partition_point(|period| *period < run.periods[0]);
        let is_whole = periods[first..].starts_with(&run.periods);
        let place = |at: usize| {
            if is_whole { first + at } else { periods.partition_point(|one| *one < run.periods[at]) }
        };
        for (at, value) in run.counts.values().iter().enumerate() {
            telling[place(at)] += usize::from(*value >= TELLING);
        }
        pairs.extend(ties[*number].iter().map(|(earlier, later)| (place(*earlier), place(*later))));
    }
    pairs.sort_unstable();
    let is_much = |alike: &&[(usize, usize)]| {
        let fewer = telling[alike[0].0].min(telling[alike[0].1]);
        alike.len() >= least && alike.len() as f64 >= 0.5 * share * fewer as f64
    };
    let alike = pairs.chunk_by(|one, other| one == other).filter(is_much);
    alike.map(|alike| (periods[alike[0].0], periods[alike[0].1])).collect()
}

/// Two periods of a group taken as a block; none where too few of their figures agree.
fn block<'d>(
    survey: &Survey<'d>,
    group: Group<'d>,
    runs: &[usize],
    periods: Pair,
    share: f64,
    compared: usize,
) -> Option<Block<'d>> {
    let (mut ties, mut different) = (Vec::new(), Vec::new());
    for number in runs {
        let run = &survey.runs[*number];
        let place = |period| run.periods.binary_search(&period).ok();
        let (Some(earlier), Some(later)) = (place(periods.0), place(periods.1)) else { continue };
        let pair = [run.point(earlier), run.point(later)];
        let [Some(from), Some(to)] = pair.map(|one| one.quantity.approximate()) else { continue };
        if from == to && from > 0.0 {
            ties.push(Tie { run: *number, earlier, later });
        } else if from != to {
            different.push(pair);
        }
    }
    let count = ties.len() + different.len();
    if (ties.len() as f64) < share * count as f64 {
        return None;
    }
    let expected = compared as f64 * log_chance(survey, runs, periods, &ties, count).exp();
    let equal = ties.iter().map(|tie| {
        let run = &survey.runs[tie.run];
        [run.point(tie.earlier), run.point(tie.later)]
    });
    Some(Block { group, periods, equal: equal.collect(), different, expected, compared })
}

/// Logarithm of the chance that these of so many figures tie, any others differing.
fn log_chance(survey: &Survey<'_>, runs: &[usize], periods: Pair, ties: &[Tie], count: usize) -> f64 {
    let apart = |tie: &Tie| tie.later - tie.earlier;
    let most_apart = ties.iter().map(apart).max().unwrap_or(1);
    // What the group does over as many periods elsewhere.
    let mut elsewhere: Vec<f64> = Vec::new();
    for run in runs.iter().map(|run| &survey.runs[*run]) {
        elsewhere.extend(differences(run, most_apart, periods));
    }
    let of_group = tie_rate(&elsewhere);
    let spread_of_group = deviation_from(&elsewhere, 0.0);
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut sum = ln_binomial(count as u64, ties.len() as u64);
    for tie in ties {
        let run = &survey.runs[tie.run];
        let value = run.counts.values()[tie.earlier];
        let figure = run.point(tie.earlier);
        if value < TELLING || !known.insert(figure.quantity.to_string()) {
            continue;
        }
        let own: Vec<f64> = differences(run, apart(tie), periods).collect();
        let speaks = own.len() >= SPEAKS_FOR_ITSELF;
        let spread = if speaks { deviation_from(&own, 0.0) } else { spread_of_group };
        let rate = if speaks { of_group.max(tie_rate(&own)) } else { of_group };
        // A figure that ends in zeros may be rounded, whether or not that is stated.
        let zeros = figure.quantity.point().and_then(last_place).map_or(0.0, |place| 10f64.powi(place));
        let step = figure.quantity.approximate_step().max(zeros).max(1.0);
        let root = (2.0 * std::f64::consts::PI).sqrt();
        let chance = step / (value * spread.max(SPREAD_FLOOR) * root);
        sum += chance.max(rate).min(1.0).ln();
    }
    sum
}

/// Log-ratios of the telling figures of a run that are so many periods apart, those of two periods left out.
fn differences(run: &Run<'_>, apart: usize, without: Pair) -> impl Iterator<Item = f64> {
    let values = run.counts.values();
    let is_other = move |place: &usize| (run.periods[*place], run.periods[*place + apart]) != without;
    (0..values.len().saturating_sub(apart))
        .filter(move |place| values[*place] >= TELLING && values[*place + apart] >= TELLING)
        .filter(is_other)
        .map(move |place| (values[place + apart] / values[place]).ln())
}

/// The share of ties among some log-ratios; a half of one more is taken to tie, since few tell little.
fn tie_rate(differences: &[f64]) -> f64 {
    let ties = differences.iter().filter(|one| **one == 0.0).count();
    (ties as f64 + 0.5) / (differences.len() as f64 + 1.0)
}

/// A small number as a bound.
fn chance_words(expected: f64) -> String {
    let bounds = ["0.000001", "0.00001", "0.0001", "0.001"];
    let bound = bounds.into_iter().find(|bound| bound.parse().is_ok_and(|bound: f64| expected < bound));
    bound.map_or_else(|| format!("{expected:.3}"), |bound| format!("fewer than {bound}"))
}

/// The series whose parameters hold for a block: that of its first figure.
fn key_of<'d>(dataset: &'d Dataset, block: &Block<'_>) -> &'d SeriesKey {
    &dataset.series(dataset.block_of(block.equal[0][0]).series).key
}

fn describe(task: &Task<'_>, survey: &Survey<'_>, block: &Block<'_>) -> Finding {
    let dataset = survey.dataset;
    let registry = &dataset.registry;
    let (publisher, subject, metric, _) = block.group;
    let of_what = match (subject, metric) {
        (Some(subject), Some(metric)) if subject != publisher => {
            format!("{} of {}", registry.metric_name(metric), registry.entity_name(subject))
        }
        (_, Some(metric)) => registry.metric_name(metric).to_owned(),
        (Some(subject), None) => registry.entity_name(subject).to_owned(),
        (None, None) => registry.entity_name(publisher).to_owned(),
    };
    let (earlier, later) = block.periods;
    let count = block.equal.len() + block.different.len();
    let message =
        format!("{} of {count} figures of {of_what} in {later} are those of {earlier}", block.equal.len());
    let first = block.equal.iter().min_by_key(|pair| (pair[1].origin.source, pair[1].origin.value.start));
    let [before, at] = first.unwrap_or(&block.equal[0]);
    let name = |one: &Observation| {
        let key = &dataset.series(dataset.block_of(one).series).key;
        let subject = (subject.is_none() && &key.subject != publisher)
            .then(|| registry.entity_name(&key.subject).to_owned());
        let metric = metric.is_none().then(|| registry.metric_name(&key.metric).to_owned());
        let parts: Vec<String> = [subject, metric, key.narrowing()].into_iter().flatten().collect();
        parts.join(", ")
    };
    let words = |[_, at]: &[&Observation; 2]| format!("{} {}", name(at), at.quantity).trim().to_owned();
    let equal: Vec<String> = block.equal.iter().map(words).collect();
    let place = at.origin.location();
    let about = Subject {
        publisher: Some(publisher.to_string()),
        entity: subject.map(ToString::to_string),
        metric: metric.map(ToString::to_string),
        period: Some(later.to_string()),
        ..Subject::default()
    };
    let mut finding = task
        .sink
        .finding(about, message, place, figure(at))
        .related(before.origin.location(), figure(before))
        .note("same", listing(&equal, NAMED));
    if !block.different.is_empty() {
        let words = |[before, at]: &[&Observation; 2]| {
            format!("{} {} → {}", name(at), before.quantity, at.quantity).trim().to_owned()
        };
        let different: Vec<String> = block.different.iter().map(words).collect();
        finding = finding.note("other", listing(&different, NAMED));
    }
    let expected = to_digits(block.expected, 1);
    let limit = task.context.parameters.get(EXPECTED, key_of(dataset, block), Some(later));
    finding
        .note(
            "usual",
            format!(
                "{} such blocks were to be expected by chance in the {} of periods that were compared",
                chance_words(block.expected),
                quantity_of(block.compared, "pair"),
            ),
        )
        .help("check whether one period was copied into the other")
        .confidence(Confidence::High)
        .cause(place)
        .score(Score::of_probability(block.expected))
        .evidence(Evidence {
            method: "block",
            observed: Some(format!("{} of {count}", block.equal.len())),
            threshold: Some((EXPECTED, limit)),
            probability: Some(expected),
            ..Evidence::default()
        })
}
