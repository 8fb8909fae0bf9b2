use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;
use rust_decimal::Decimal;

use crate::diag::{Change, Confidence, Evidence, Finding, Location, Score, grouped, signed};
use crate::model::{Observation, Period};
use crate::rule::{Need, Parameter, Sink, Task};
use crate::rules::counting::series_replaced::Replacement;
use crate::rules::members::figure;
use crate::rules::time::family::{Entry, Family, Move, Moves, Paces, part_name};
use crate::rules::time::survey::Survey;
use crate::stats::evidence::{Pace, most_of_transfer, of_merger, of_transfer};
use crate::stats::ratio::FREEDOM_CAP;

crate::declare_rule! {
    /// One series falls, or ends, and another of the same group rises by what it lost.
    ///
    /// Content that is counted under another category from now on leaves the total as it is. For every fall that is
    /// out of the ordinary, each series of the group that rises in the same period is compared: how likely are both
    /// changes if 30 to 70 per cent moved over, against how likely they are each on its own. The mean over all series
    /// that could have been the taker must reach the parameter. A series that ends before its group does is compared
    /// likewise, with all of it moved over, and with how rarely series of the group end; one that a similarly named series
    /// takes the place of (`series-replaced`) has gone there, and is not looked for elsewhere. Where hundreds of a group fall,
    /// rise or end in one period, those with the largest figures are compared.
    ///
    /// The total cannot tell a shift in the world from one in the counting: it is steady in both.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Bullying, values: {2016: 10400, 2017: 10510, 2018: 10450, 2019: 10480, 2020: 10390, 2021: 10400, 2022: 5130, 2023: 5160}}
    ///   - {category: Nudity, values: {2016: 30120, 2017: 29990, 2018: 30170, 2019: 30220, 2020: 30230, 2021: 30160, 2022: 30050, 2023: 30110}}
    ///   - {category: Hate, values: {2016: 8100, 2017: 8120, 2018: 8010, 2019: 8090, 2020: 8020, 2021: 8060, 2022: 13320, 2023: 13290}}
    ///   - {category: Violence, values: {2016: 41200, 2017: 41010, 2018: 41250, 2019: 41180, 2020: 41090, 2021: 41300, 2022: 41060, 2023: 41120}}
    /// ```
    "TR408" "transfer-suspected" Warning;
    needs [Need::Periods(2)];
    parameters &[
        Parameter {
            name: "evidence",
            default: 100.0,
            range: (0.0, 1e12),
            unit: "times",
            documentation: "How many times better a move between the two series must explain them than ordinary changes do.",
        },
        Parameter {
            name: "fit",
            default: 3.0,
            range: (0.0, 1e6),
            unit: "times",
            documentation: "Where a series ends: how many times better what it was must explain the rise of the other.",
        },
    ];
    look crate::rules::time::SERIES
}

/// A fall or a rise this many standard deviations out is looked at.
const OUT_OF_THE_ORDINARY: f64 = 1.0;
/// And it falls at least this far: a tenth.
const LEAST_FALL: f64 = 0.1;
/// So many falls, rises and endings of a group are compared with each other in one period: were it all of them, the time
/// would grow with the square of the group.
const MOST: usize = 250;

/// A move from one series to another.
pub struct Transfer<'d> {
    family: usize,
    giver: usize,
    /// The last figure of the giver, and the one after, where it does not end.
    from: &'d Observation,
    to: Option<&'d Observation>,
    taker: Move<'d>,
    /// See [`of_transfer`] and [`of_merger`].
    pub evidence: f64,
    fit: f64,
}

impl Transfer<'_> {
    /// The cells that it speaks of.
    pub fn places(&self) -> impl Iterator<Item = Location> {
        let giver = self.to.map(|to| to.origin.location());
        std::iter::once(self.taker.place()).chain(giver)
    }
}

/// Looks for moves between the series of each family.
pub fn find<'d>(
    survey: &Survey<'d>,
    families: &[Family],
    moves: &[Moves<'_, 'd>],
    replaced: &[Replacement<'_>],
    least: f64,
    fit: f64,
) -> Vec<Transfer<'d>> {
    let replaced: HashSet<usize> = replaced.iter().map(|one| one.old).collect();
    let of_family = |(index, family): (usize, &Family)| {
        let paces = &mut Paces::new(survey);
        let mut found = endings(survey, index, family, &moves[index], paces);
        found.retain(|one| !replaced.contains(&one.giver));
        moves[index].each_period(|_, moves| found.extend(transfers(paces, index, family, moves, least)));
        found.retain(|one| one.evidence >= least && (one.to.is_some() || one.fit >= fit));
        found
    };
    families.par_iter().enumerate().flat_map_iter(of_family).collect()
}

fn transfers<'d>(
    expected: &mut Paces<'_, 'd>,
    family: usize,
    of: &Family,
    entries: &[Entry],
    least: f64,
) -> Vec<Transfer<'d>> {
    let survey = expected.survey;
    let spread = |one: &Entry| survey.runs[one.run()].typical_spread().max(0.02);
    let is_out = |one: &&Entry| {
        one.ratio.abs() >= LEAST_FALL && one.ratio.abs() >= 0.7 * OUT_OF_THE_ORDINARY * spread(one)
    };
    let (falls, rises): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().filter(is_out).partition(|one| one.ratio < 0.0);
    let size = |one: &&Entry| one.of(survey).from.quantity.approximate().unwrap_or_default();
    let (mut falls, rises) = (largest(falls, size), largest(rises, size));
    // Nearly all falls and rises are too usual to be one move, whatever their sizes.
    let rise = rises.iter().map(|one| expected.highest_score(one)).fold(0.0, f64::max);
    falls.retain(|one| most_of_transfer(expected.highest_score(one), rise, FREEDOM_CAP) >= least);
    if falls.is_empty() || rises.is_empty() {
        return Vec::new();
    }
    let mut paces = |entries: Vec<&Entry>| -> Vec<(Move<'d>, Pace)> {
        let is_far = |pace: &Pace| pace.expected.score(pace.ratio).abs() >= OUT_OF_THE_ORDINARY;
        let moves = entries.into_iter().map(|one| one.of(survey));
        moves.filter_map(|one| Some((one, expected.of(&one).filter(is_far)?))).collect()
    };
    let (falls, rises) = (paces(falls), paces(rises));
    let others = (of.runs.len() - 1) as f64;
    let best = |(giver, fall): &(Move<'d>, Pace)| {
        let fits: Vec<f64> = rises.iter().map(|(_, rise)| of_transfer(fall, rise)).collect();
        let best = (0..fits.len()).max_by(|left, right| fits[*left].total_cmp(&fits[*right]))?;
        Some(Transfer {
            family,
            giver: giver.run,
            from: giver.from,
            to: Some(giver.to),
            taker: rises[best].0,
            evidence: fits.iter().sum::<f64>() / others,
            fit: fits[best],
        })
    };
    falls.iter().filter_map(best).collect()
}

/// The largest of some, in the order in which they were.
fn largest<T>(all: Vec<T>, size: impl Fn(&T) -> f64) -> Vec<T> {
    if all.len() <= MOST {
        return all;
    }
    let mut by_size: Vec<(usize, f64)> = all.iter().map(&size).enumerate().collect();
    by_size.select_nth_unstable_by(MOST, |left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    let kept: HashSet<usize> = by_size[..MOST].iter().map(|one| one.0).collect();
    all.into_iter().enumerate().filter(|(place, _)| kept.contains(place)).map(|(_, one)| one).collect()
}

/// Series that end before the others of their family do.
fn endings<'d>(
    survey: &Survey<'d>,
    family: usize,
    of: &Family,
    moves: &Moves<'_, 'd>,
    paces: &mut Paces<'_, 'd>,
) -> Vec<Transfer<'d>> {
    let dataset = survey.dataset;
    if !dataset.is_completely_read() {
        return Vec::new();
    }
    let is_stated = |one: &&Observation| one.quantity.approximate().is_some();
    let last = |run: usize| survey.runs[run].points().rev().find(is_stated);
    let Some(newest) = of.runs.iter().filter_map(|run| last(*run)).map(|one| one.period).max() else {
        return Vec::new();
    };
    let ended: Vec<(usize, &Observation)> = of
        .runs
        .iter()
        .filter_map(|run| Some((*run, last(*run)?)))
        .filter(|(_, one)| one.period < newest && one.quantity.approximate().is_some_and(|value| value > 0.0))
        .collect();
    let steps: usize = of.runs.iter().map(|run| survey.runs[*run].periods.len()).sum();
    let mut found = Vec::new();
    let mut by_period: BTreeMap<Period, Vec<(usize, &Observation)>> = BTreeMap::new();
    for (run, from) in &ended {
        by_period.entry(from.period).or_default().push((*run, *from));
    }
    let size = |one: &&Observation| one.quantity.approximate().unwrap_or_default();
    for (period, ended_now) in by_period {
        let Some(all) = period.next().map(|next| moves.to(next)) else { continue };
        // What a selection leaves out has not ended.
        if all.iter().any(|one| dataset.document_of(one.to).lists_selection) {
            continue;
        }
        let count = all.len();
        let moves = largest(all, |one| size(&one.from));
        for (run, from) in largest(ended_now, |(_, from)| size(from)) {
            let rate = (ended.len() as f64 - 0.5) / (steps + 1) as f64;
            let Some(before) = from.quantity.approximate() else { continue };
            let fits: Vec<(Move<'_>, f64)> = moves
                .iter()
                .filter(|one| one.run != run)
                .filter_map(|one| Some((*one, of_merger(before, &paces.of(one)?, 1.0))))
                .collect();
            let Some((taker, fit)) = fits.iter().copied().max_by(|left, right| left.1.total_cmp(&right.1))
            else {
                continue;
            };
            let others = count - moves.len() + fits.len();
            let mean = fits.iter().map(|one| one.1).sum::<f64>() / others as f64;
            found.push(Transfer { family, giver: run, from, to: None, taker, evidence: mean / rate, fit });
        }
    }
    found
}

/// Reports what was found.
pub fn report(task: &mut Task<'_>, survey: &Survey<'_>, families: &[Family], found: &[Transfer<'_>]) {
    for one in found {
        let finding = describe(&task.sink, survey, &families[one.family], one);
        task.sink.push(finding);
    }
}

fn describe(sink: &Sink, survey: &Survey<'_>, family: &Family, found: &Transfer<'_>) -> Finding {
    let value = |one: &Observation| one.quantity.point().unwrap_or_default();
    let (giver, taker) = (
        part_name(survey, survey.runs[found.giver].series),
        part_name(survey, survey.runs[found.taker.run].series),
    );
    let lost = found.to.map_or(-value(found.from), |to| value(to) - value(found.from));
    let gained = value(found.taker.to) - value(found.taker.from);
    let period = found.taker.to.period;
    let fall = if found.to.is_some() {
        format!("{giver} falls by {}", grouped(-lost))
    } else {
        format!("{giver} ends after {} ({})", found.from.period, grouped(-lost))
    };
    let message = format!("{fall} and {taker} rises by {} in {period}", grouped(gained));
    let place = found.taker.place();
    let mut finding = sink
        .finding(family.key.finding_subject(Some(period)), message, place, signed(gained))
        .related(found.taker.from.origin.location(), figure(found.taker.from))
        .related(found.from.origin.location(), figure(found.from));
    if let Some(to) = found.to {
        finding = finding.related(to.origin.location(), signed(lost));
    }
    let net = gained.checked_add(lost).unwrap_or(Decimal::ZERO);
    let change = |name: &str, from, to| Change { name: name.to_owned(), from: Some(from), to };
    finding
        .note("together", format!("both change by {}", signed(net)))
        .note("counting", "what one loses another gains, as when things are counted under another heading")
        .note("world", "a shift from one to the other would look the same: the total tells neither apart")
        .help("if the categories changed, declare the break with its date and source")
        .confidence(if found.evidence >= 1e4 { Confidence::High } else { Confidence::Medium })
        // A series that ends is also lost; that is one cause.
        .cause(if found.to.is_some() { place } else { found.from.origin.location() })
        .score(Score::of_evidence(found.evidence))
        .evidence(Evidence {
            method: if found.to.is_some() { "transfer" } else { "merger" },
            observed: Some(signed(gained)),
            expected: Some(signed(-lost)),
            threshold: None,
            expected_range: None,
            probability: None,
            changes: vec![
                change(&giver, value(found.from), found.to.map(value)),
                change(&taker, value(found.taker.from), Some(value(found.taker.to))),
            ],
        })
}
