use std::collections::HashSet;

use rayon::prelude::*;

use super::report::series_name;
use super::survey::{Run, Survey};
use crate::diag::{Confidence, Evidence, Finding, Location, Score, to_digits};
use crate::model::{Observation, Quantity};
use crate::rule::{Need, Parameter, Task};
use crate::rules::members::figure;
use crate::stats::evidence::{chance_of_tie, of_interpolation, of_repetition};
use crate::stats::ratio::Step;

crate::declare_rule! {
    /// A rounded figure that equals the one before it, or any figure that is the mean of its neighbours.
    ///
    /// Where a figure is not known, the last one may be carried forward or the gap filled by a mean. The chance of that
    /// coming about by itself is that of falling into one printed step: the step as a share of the figure, times the
    /// density of the ratio that the series and its peers suggest, the figure's own steps left out. Coarse rounding and
    /// calm series make ties likely; then nothing is said. Exact counts that repeat are told by `repeated-value`.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {values: {2015: 51873, 2016: 30541, 2017: 44109, 2018: 28764, 2019: 47311, 2020: 40257, 2021: 33203, 2022: 58128}}
    /// ```
    "TR312" "imputed-value" Note;
    needs [Need::Periods(3)];
    parameters &[
        Parameter {
            name: "probability",
            default: 0.001,
            range: (0.0, 1.0),
            unit: "probability",
            documentation: "A tie counts where it is less probable than this.",
        },
    ];
    look super::SERIES
}

/// How a figure may have been made of others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Before,
    Neighbours,
}

/// Looks for such figures; cells in `told` are spoken of already.
pub fn check(task: &mut Task<'_>, survey: &Survey<'_>, told: &HashSet<Location>) {
    let parameters = &task.context.parameters;
    let highest = parameters.highest("probability");
    let found: Vec<Imputed<'_, '_>> =
        survey.runs.par_iter().flat_map_iter(|run| of_run(run, highest)).collect();
    task.sink.examined(survey.runs.iter().map(|run| run.ratios.values.len()).sum());
    task.sink.nothing_to_check("no count with a number above zero in two neighbouring periods");
    for one in found {
        let key = &one.run.series.key;
        let is_told = [one.before, one.at].iter().all(|figure| told.contains(&figure.origin.location()));
        if one.source == Source::Before && is_told {
            continue;
        }
        let limit = parameters.get("probability", key, Some(one.at.period));
        if one.chance < limit {
            let finding = describe(task, survey, &one, limit);
            task.sink.push(finding);
        }
    }
}

struct Imputed<'s, 'd> {
    run: &'s Run<'d>,
    source: Source,
    before: &'d Observation,
    at: &'d Observation,
    after: Option<&'d Observation>,
    chance: f64,
    evidence: f64,
}

fn of_run<'s, 'd>(run: &'s Run<'d>, highest: f64) -> Vec<Imputed<'s, 'd>> {
    let ratios = &run.ratios.values;
    // Whether the next step begins where a step ends.
    let has_next =
        |index: usize| index + 1 < ratios.len() && run.counts.start(index + 1) == run.counts.start(index) + 1;
    let is_middle = |index: usize| {
        let Some(next) = ratios.get(index + 1).filter(|_| has_next(index)) else { return false };
        // (a + c) / 2 = b where the two relative changes from b cancel.
        ratios[index] * next > 0.0 && ((-ratios[index]).exp() + next.exp() - 2.0).abs() < 0.11
    };
    // Whether the second figure is the first, or the mean of the first and the third, to what is printed. Nearly no
    // series has such a figure, so that what it is expected to be is worked out where one is found.
    let source = |index: usize| {
        if ratios[index] == 0.0 && matches!(run.pair(index)[1].quantity, Quantity::Rounded(_)) {
            return Some(Source::Before);
        }
        let Step { from, to: value, grains } = run.counts.step(index);
        let middle = 0.5 * (from + run.counts.step(has_next(index).then_some(index + 1)?).to);
        let is_mean = (value - middle).abs() <= 0.5 * grains.1.max(1.0) + 1e-12 * value;
        // A series that rises by the same number every time is a line, not a gap that was filled.
        let is_alone = || is_middle(index) && (index == 0 || !is_middle(index - 1)) && !is_middle(index + 1);
        (is_mean && is_alone()).then_some(Source::Neighbours)
    };
    let mut found = Vec::new();
    let mut tests = None;
    for index in 0..ratios.len() {
        let Some(source) = source(index) else { continue };
        let tests = tests.get_or_insert_with(|| run.tests());
        let Some(expected) = tests.expectation_without_next(index) else { continue };
        let [before, at] = run.pair(index);
        let after = has_next(index).then(|| run.point(run.counts.start(index) + 2));
        let Step { to: value, grains, .. } = run.counts.step(index);
        let step = grains.1.max(1.0) / value;
        let (chance, evidence) = match source {
            Source::Before => (chance_of_tie(step, &expected), of_repetition(step, &expected)),
            Source::Neighbours => {
                (2.0f64.sqrt() * chance_of_tie(step, &expected), of_interpolation(step, &expected))
            }
        };
        if chance < highest {
            found.push(Imputed { run, source, before, at, after, chance, evidence });
        }
    }
    found
}

fn describe(task: &Task<'_>, survey: &Survey<'_>, found: &Imputed<'_, '_>, limit: f64) -> Finding {
    let name = series_name(survey.dataset, found.run.series);
    let (method, message) = match (found.source, found.after) {
        (Source::Neighbours, Some(after)) => (
            "mean-of-neighbours",
            format!(
                "{} of {name} in {} is the mean of {} and {}",
                found.at.quantity, found.at.period, found.before.period, after.period
            ),
        ),
        _ => (
            "carried-forward",
            format!(
                "{} of {name} stands for {} and {}",
                found.at.quantity, found.before.period, found.at.period
            ),
        ),
    };
    let place = found.at.origin.location();
    let mut finding = task
        .sink
        .finding(
            found.run.series.key.finding_subject(Some(found.at.period)),
            message,
            place,
            figure(found.at),
        )
        .related(found.before.origin.location(), figure(found.before));
    if let Some(after) = found.after.filter(|_| found.source == Source::Neighbours) {
        finding = finding.related(after.origin.location(), figure(after));
    }
    let chance = to_digits(found.chance, 1);
    finding
        .note(
            "usual",
            format!(
                "of {} such figures one would do so by chance",
                crate::diag::grouped_float((1.0 / found.chance).round())
            ),
        )
        .help("check whether the figure was carried forward or interpolated; if so, mark it as an estimate")
        .confidence(Confidence::Medium)
        .cause(place)
        .score(Score::of_evidence(found.evidence))
        .evidence(Evidence {
            method,
            observed: Some(found.at.quantity.to_string()),
            threshold: Some(("probability", limit)),
            probability: Some(chance),
            ..Evidence::default()
        })
}
