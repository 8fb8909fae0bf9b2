use std::collections::HashSet;

use rayon::prelude::*;

use super::report::series_name;
use super::survey::Survey;
use crate::diag::{Confidence, Evidence, ExpectedRange, Finding, Location, Score, grouped_float, percent};
use crate::model::{Observation, Period};
use crate::rule::{Need, Parameter, Task};
use crate::rules::counting::series_replaced::Replacement;
use crate::rules::members::figure;
use crate::stats::season::Season;

crate::declare_rule! {
    /// A series that is steady at one level, and from a period on at another.
    ///
    /// Told once, at the first period of the new level. The means of the logarithms of up to four periods before and
    /// after differ by at least the parameter, there are three or more on either side, and on neither does any figure stray from
    /// its mean by a quarter of the difference or by 1.4 times. Of a series with a season this is taken off first, and the levels
    /// are told as those of the part of the year in which the new one begins. What `sharp-drop` or `sharp-rise` tells is not told again. A
    /// series that takes the place of a similarly named one (`series-replaced`) is put behind it and looked at as one.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Spam, values: {2017: 8100, 2018: 7900, 2019: 8150, 2020: 8050, 2021: 3300, 2022: 3390, 2023: 3350, 2024: 3320}}
    ///   - {category: Nudity, values: {2017: 3010, 2018: 7700, 2019: 4100, 2020: 9050, 2021: 8900, 2022: 3390, 2023: 8350, 2024: 2320}}
    ///   - {category: Gore, values: {2017: 9010, 2018: 3700, 2019: 4600, 2020: 1950, 2021: 5900, 2022: 6390, 2023: 2350, 2024: 8820}}
    /// ```
    "TR303" "level-shift" Warning;
    needs [Need::Periods(6)];
    parameters &[
        Parameter {
            name: "size",
            default: 2.0,
            range: (1.0, 1000.0),
            unit: "ratio",
            documentation: "The new level is at least this many times the old, or the other way round.",
        },
    ];
    look super::SERIES
}

/// Periods on either side that are looked at, and that there must be.
const WINDOW: usize = 4;
const LEAST: usize = 3;
/// Part of the difference that a figure may stray from its level, and how far at most, as a logarithm: 1.4 times.
const STRAY: (f64, f64) = (0.25, 0.34);

/// Looks for shifts in all series and in those that replace one another; `told` are cells that other rules speak of.
pub fn check(
    task: &mut Task<'_>,
    survey: &Survey<'_>,
    replacements: &[Replacement<'_>],
    told: &HashSet<Location>,
) {
    task.sink.examined(survey.runs.iter().map(|run| run.periods.len()).sum());
    task.sink.nothing_to_check("no count with a number above zero in six neighbouring periods");
    let parameters = &task.context.parameters;
    let least = parameters.lowest("size");
    let findings_of = |index: usize, shifts: Vec<Shift>, points: &[&Observation]| {
        let key = &survey.runs[index].series.key;
        shifts
            .into_iter()
            .filter(|one| {
                let limit = parameters.get("size", key, Some(points[one.index].period)).ln();
                let is_told = |index: usize| told.contains(&points[index].origin.location());
                one.size.abs() >= limit - LOST && !is_told(one.index) && !is_told(one.index - 1)
            })
            .map(|one| describe(task, survey, index, points, &one))
            .collect::<Vec<Finding>>()
    };
    let of_whole_run = |index: usize| {
        let run = &survey.runs[index];
        match shifts(&run.periods, run.counts.values(), run.season.as_deref(), least) {
            shifts if shifts.is_empty() => Vec::new(),
            shifts => findings_of(index, shifts, &run.points().collect::<Vec<_>>()),
        }
    };
    let runs = 0..survey.runs.len();
    let mut findings: Vec<Finding> = runs.into_par_iter().flat_map_iter(of_whole_run).collect();
    for one in replacements {
        let (old, Some(new)) = (one.old, one.new_run) else { continue };
        let is_early = |point: &Observation| point.period <= one.from.period;
        let of = |run: usize| survey.runs[run].points().zip(survey.runs[run].counts.values());
        let early = of(old).filter(|(point, _)| is_early(point));
        let late = of(new).filter(|(point, _)| !is_early(point));
        let (points, counts): (Vec<&Observation>, Vec<f64>) = early.chain(late).unzip();
        let periods: Vec<Period> = points.iter().map(|point| point.period).collect();
        let found = findings_of(new, shifts(&periods, &counts, None, least), &points);
        let place = one.to.origin.location();
        findings.extend(found.into_iter().filter(|found| found.primary.location == place));
    }
    findings.into_iter().for_each(|finding| task.sink.push(finding));
}

/// What is lost in computing a difference of logarithms, and more: a doubling is twice as much.
const LOST: f64 = 1e-9;

/// A shift of level.
struct Shift {
    /// The first figure at the new level.
    index: usize,
    /// Difference of the logarithms.
    size: f64,
    levels: (f64, f64),
}

/// Shifts between steady levels: all whose ratio is `least` or more, and some smaller ones.
/// `counts` are those of the periods, 0 where there is none above zero; where they have a season, all are above zero.
fn shifts(periods: &[Period], counts: &[f64], season: Option<&Season>, least: f64) -> Vec<Shift> {
    let follows = |index: usize| periods[index - 1].is_followed_by(periods[index]);
    let least_step = least.powf(1.0 - 2.0 * STRAY.0);
    let without_season: Option<Vec<f64>> = season.map(|season| {
        let steps = std::iter::once(&0.0).chain(&season.rest.values);
        steps
            .scan(1.0f64, |level, step| {
                *level *= step.exp();
                Some(*level)
            })
            .collect()
    });
    let stated = counts;
    let counts = without_season.as_deref().unwrap_or(counts);
    let mut found = Vec::new();
    for index in LEAST..periods.len().saturating_sub(LEAST - 1) {
        let (before, at) = (counts[index - 1], counts[index]);
        // Nearly no step is a shift: the cheap test first. A figure strays from its level by a part of the difference.
        let is_small = at < least_step * before && before < least_step * at;
        if is_small {
            continue;
        }
        let from = index.saturating_sub(WINDOW);
        let to = (index + WINDOW).min(periods.len());
        let known = |range: std::ops::Range<usize>| -> Option<Vec<f64>> {
            counts[range].iter().map(|count| (*count > 0.0).then(|| count.ln())).collect()
        };
        let (Some(earlier), Some(later)) = (known(from..index), known(index..to)) else { continue };
        if !(from + 1..to).all(follows) {
            continue;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let levels = (mean(&earlier), mean(&later));
        let size = levels.1 - levels.0;
        let is_steady = |values: &[f64], level: f64| {
            values.iter().all(|one| (one - level).abs() <= (STRAY.0 * size.abs()).min(STRAY.1))
        };
        if size.abs() > LOST && is_steady(&earlier, levels.0) && is_steady(&later, levels.1) {
            // As it would read in this part of the year.
            let part_of_year = stated[index] / counts[index];
            let [before, after] = [levels.0, levels.1].map(|level| level.exp() * part_of_year);
            found.push(Shift { index, size, levels: (before, after) });
        }
    }
    found
}

fn describe(
    task: &Task<'_>,
    survey: &Survey<'_>,
    run: usize,
    points: &[&Observation],
    shift: &Shift,
) -> Finding {
    let series = survey.runs[run].series;
    let (before, at) = (points[shift.index - 1], points[shift.index]);
    let round = |level: f64| {
        let step = 10f64.powf(level.log10().floor() - 1.0);
        grouped_float((level / step).round() * step)
    };
    let message = format!(
        "{} change level in {}, from about {} to about {}, and stay there",
        series_name(survey.dataset, series),
        at.period,
        round(shift.levels.0),
        round(shift.levels.1)
    );
    let place = at.origin.location();
    let size = task.context.parameters.get("size", &series.key, Some(at.period));
    task.sink
        .finding(series.key.finding_subject(Some(at.period)), message, place, figure(at))
        .related(before.origin.location(), figure(before))
        .note(
            "counting",
            "a lasting change without a change from period to period is typical of a new definition or unit",
        )
        .note("world", "an event whose effects last would look the same in this series alone")
        .help("if the counting changed, declare the break with its date and source")
        .confidence(Confidence::Medium)
        .cause(place)
        .score(Score { suspicion: 2.0, influence: None }.with_influence(1.0 - (-shift.size.abs()).exp()))
        .evidence(Evidence {
            method: "steady-levels",
            observed: Some(percent(shift.size.exp() - 1.0)),
            expected_range: ExpectedRange::estimated(shift.levels.0 / size, shift.levels.0 * size),
            threshold: Some(("size", size)),
            ..Evidence::default()
        })
}
