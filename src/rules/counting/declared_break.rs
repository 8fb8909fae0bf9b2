//! Declared breaks that leave no trace in the figures: the second half of `undeclared-break`.

use std::collections::HashSet;

use crate::diag::{Change, Confidence, Evidence, Finding, Level, Score, Subject, percent, percent_change};
use crate::model::{Additivity, Break, Observation, Series};
use crate::rule::Task;
use crate::rules::members::figure;
use crate::rules::time::report::series_name;
use crate::rules::time::survey::{Run, Survey};
use crate::stats::evidence::Expectation;

/// The parameter for what is visible.
pub const VISIBLE: &str = "probability";
/// The parameter for what must be visible.
pub const EFFECT: &str = "effect";

/// A series of fewer changes does not show what is usual.
const LEAST: usize = 5;
/// Series whose figures are named.
const NAMED: usize = 3;

/// What one series does over a break.
struct Effect<'s, 'd> {
    run: &'s Run<'d>,
    /// The last period before the break, and the first behind it.
    before: &'d Observation,
    after: &'d Observation,
    /// Logarithm of their ratio.
    ratio: f64,
    /// What was expected of it.
    expected: Expectation,
}

/// Looks for declared breaks without effect and reports them.
pub fn check(task: &mut Task<'_>, survey: &Survey<'_>) {
    let registry = &survey.dataset.registry;
    for one in registry.breaks().iter().filter(|one| one.location.is_some()) {
        let Some(effects) = effects(survey, one) else { continue };
        task.sink.examined(1);
        let parameters = &task.context.parameters;
        let visible = parameters.global(VISIBLE) / effects.len() as f64;
        let least = parameters.global(EFFECT).ln();
        let is_usual = |effect: &Effect<'_, '_>| {
            effect.expected.range(visible).is_some_and(|(low, high)| {
                (low..=high).contains(&effect.ratio) && 0.5 * (high - low) <= least
            })
        };
        // Many small moves the same way are one that shows (Stouffer 1949).
        let scores = effects.iter().map(|effect| effect.expected.score(effect.ratio));
        let together = scores.sum::<f64>() / (effects.len() as f64).sqrt();
        let standard = Expectation { centre: 0.0, spread: 1.0, freedom: f64::from(u16::MAX) };
        let limit = standard.range(parameters.global(VISIBLE)).map_or(0.0, |(_, high)| high);
        if effects.iter().all(is_usual) && together.abs() <= limit {
            let finding = describe(task, survey, one, &effects, visible);
            task.sink.push(finding);
        }
    }
}

/// What every series does that a break touches; none where there is no such series, or where one cannot tell: it begins or
/// ends with the break, changes its unit, or is too short.
fn effects<'s, 'd>(survey: &'s Survey<'d>, one: &Break) -> Option<Vec<Effect<'s, 'd>>> {
    let dataset = survey.dataset;
    let touched: HashSet<*const Series> =
        dataset.series.iter().filter(|series| touches(survey, one, series)).map(std::ptr::from_ref).collect();
    let is_touched = |run: &&Run<'_>| touched.contains(&std::ptr::from_ref(run.series));
    let runs: Vec<&Run<'_>> = survey.runs.iter().filter(is_touched).collect();
    // A series that is in no run has no two neighbouring figures, or another unit than the first of its group.
    let in_runs: HashSet<*const Series> = runs.iter().map(|run| std::ptr::from_ref(run.series)).collect();
    if runs.is_empty() || in_runs.len() < touched.len() {
        return None;
    }
    runs.into_iter().map(|run| effect(survey, run, one)).collect()
}

/// Whether a break is said to touch a series.
fn touches(survey: &Survey<'_>, one: &Break, series: &Series) -> bool {
    let key = &series.key;
    let registry = &survey.dataset.registry;
    let belongs = |entity: &String| {
        let mut periods = survey.dataset.points(series).map(|point| point.period);
        periods.any(|period| registry.belongs_to(&key.subject, entity, period))
    };
    key.unit.additivity() != Additivity::None
        && one.concerns(key)
        && (one.entities.is_empty() || one.entities.iter().any(belongs))
}

fn effect<'s, 'd>(survey: &Survey<'d>, run: &'s Run<'d>, one: &Break) -> Option<Effect<'s, 'd>> {
    let until = one.until.unwrap_or(one.from);
    let before = run.periods.iter().rposition(|period| period.end < one.from)?;
    let after = run.periods.iter().position(|period| period.start >= one.from && period.end > until)?;
    let steps: Vec<usize> =
        (0..run.counts.steps()).filter(|step| (before..after).contains(&run.counts.start(*step))).collect();
    let is_whole = steps.len() == after - before && steps.iter().all(|step| survey.is_comparable(run, *step));
    if !is_whole || run.ratios.values.len() <= LEAST {
        return None;
    }
    let mut tests = run.tests();
    let (mut ratio, mut centre, mut variance, mut freedom) = (0.0, 0.0, 0.0, f64::INFINITY);
    for step in steps {
        let expected = tests.expectation(step)?;
        ratio += run.ratios.values[step];
        centre += expected.centre;
        variance += expected.spread * expected.spread;
        freedom = freedom.min(expected.freedom);
    }
    let expected = Expectation { centre, spread: variance.sqrt(), freedom };
    Some(Effect { run, before: run.point(before), after: run.point(after), ratio, expected })
}

fn describe(
    task: &Task<'_>,
    survey: &Survey<'_>,
    one: &Break,
    effects: &[Effect<'_, '_>],
    visible: f64,
) -> Finding {
    let size = |effect: &&Effect<'_, '_>| effect.after.quantity.approximate().unwrap_or_default();
    let mut by_size: Vec<&Effect<'_, '_>> = effects.iter().collect();
    by_size.sort_by(|left, right| size(right).total_cmp(&size(left)));
    let series = match effects.len() {
        1 => "the series that it touches changes".to_owned(),
        count => format!("the {count} series that it touches change"),
    };
    let message = format!("the break `{}` is declared for {}, and {series} as usual then", one.id, one.from);
    let words = |effect: &&Effect<'_, '_>| {
        let values = [effect.before, effect.after].map(|one| one.quantity.point().unwrap_or_default());
        let (low, high) = effect.expected.range(visible).unwrap_or_default();
        format!(
            "{}: {} and {}, {} (usual {} to {})",
            series_name(survey.dataset, effect.run.series),
            figure(effect.before),
            figure(effect.after),
            percent_change(values[0], values[1]).unwrap_or_default(),
            percent(low.exp() - 1.0),
            percent(high.exp() - 1.0),
        )
    };
    let named: Vec<String> = by_size.iter().take(NAMED).map(words).collect();
    let largest = by_size[0];
    let place = one.location.unwrap_or_else(|| largest.after.origin.location());
    let about = Subject { path: Some(format!("#/breaks/{}", one.id)), ..Subject::default() };
    let mut finding = task.sink.finding(about, message, place, one.title.clone());
    finding.level = Level::Note;
    for point in [largest.before, largest.after] {
        finding = finding.related(point.origin.location(), figure(point));
    }
    for text in named {
        finding = finding.note("figures", text);
    }
    let changes = by_size.iter().map(|effect| Change {
        name: series_name(survey.dataset, effect.run.series),
        from: effect.before.quantity.point(),
        to: effect.after.quantity.point(),
    });
    finding
        .help("check its date and what it touches: a break that is declared explains other changes there")
        .confidence(Confidence::Medium)
        .score(Score { suspicion: 1.0, influence: None })
        .evidence(Evidence {
            method: "no-change",
            threshold: Some((VISIBLE, task.context.parameters.global(VISIBLE))),
            changes: changes.collect(),
            ..Evidence::default()
        })
}
