use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::report::series_name;
use crate::diag::{Confidence, Evidence, Finding, Score, grouped, quantity_of, to_digits};
use crate::model::{Dataset, Observation, Quantity, Series};
use crate::rule::{Context, Need, Parameter, Sink};
use crate::stats::digits::last_place;

crate::declare_rule! {
    /// A series that is printed to another step from some period on.
    ///
    /// Exact counts that are rounded to thousands from a year on cannot be compared to the last digit, and a change of less
    /// than a step is none; often the source behind the figures changed too. The step of a figure is read from its last
    /// digit that is not zero. By chance a figure ends in `k` more zeros than it must with probability `10^−k`; those of
    /// all figures on the coarse side are multiplied, times the periods at which the change could lie and all series
    /// that were looked at. That is the number of findings to be expected by chance in the whole dataset, which must stay
    /// below the parameter. Two thirds of the figures on the fine side must be finer than any on the coarse one.
    ///
    /// Exceptions: a publisher may print large figures more coarsely than small ones, so that only figures no larger than
    /// some that are printed finely count; a step that the data state (`rounded_to`, a profile) is no news.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - values: {2016: 41213, 2017: 38871, 2018: 44102, 2019: 39557, 2020: 41000, 2021: 43000, 2022: 38000, 2023: 40000}
    /// ```
    "TR310" "precision-change" Note;
    needs [Need::Periods(6)];
    parameters &[
        Parameter {
            name: "expected-changes",
            default: 0.001,
            range: (0.0, 1.0),
            unit: "changes",
            documentation: "A change counts where fewer than this many were to be expected by chance in all series.",
        },
    ];
    check check
}

/// Figures on either side that there must be.
const LEAST: usize = 3;
/// Figures on the fine side that must be as large as some on the coarse side.
const LEAST_ALIKE: usize = 2;

/// A figure with the place of its last digit.
#[derive(Clone, Copy)]
struct Printed<'d> {
    at: &'d Observation,
    value: f64,
    place: i32,
}

/// A change of the printed step.
struct Change {
    /// Number of the first figure on the later side.
    start: usize,
    /// The step that all figures on either side are printed to, as a power of ten.
    places: (i32, i32),
    /// The zeros that the coarse side ends in beyond those of two thirds of the fine side.
    zeros: u32,
    /// Decimal logarithm of the chance that it does so.
    chance: f64,
    /// Figures that the chance is made of.
    telling: usize,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let candidates = dataset.series.iter().filter(|series| series.points.len() >= 2 * LEAST);
    let candidates: Vec<&Series> = candidates.collect();
    sink.each(&candidates, |series, sink| {
        sink.examined(1);
        if !may_change(dataset, series) {
            return;
        }
        for points in dataset.points_by_frequency(series).into_values() {
            let printed: Vec<Printed<'_>> = points.into_iter().filter_map(printed).collect();
            let Some(change) = change(&printed) else { continue };
            let expected = 10f64.powf(change.chance) * (printed.len() * candidates.len()) as f64;
            let (before, at) = (printed[change.start - 1].at, printed[change.start].at);
            let limit = context.parameters.get("expected-changes", &series.key, Some(at.period));
            if expected < limit {
                sink.push(describe(dataset, sink, series, [before, at], &change, (expected, limit)));
            }
        }
    });
    sink.nothing_to_check("no series of six periods or more");
}

/// Whether the step may be another one at the end or in the middle than at the beginning: the cheap test, since nearly no
/// series changes.
fn may_change(dataset: &Dataset, series: &Series) -> bool {
    let place = |one: &Observation| last_place(one.quantity.point()?);
    let first = dataset.points(series).take(LEAST).filter_map(place).min();
    let last = dataset.points(series).rev().take(LEAST).filter_map(place).min();
    // Nothing is finer than whole numbers but fractions.
    let is_finest = first == Some(0) && !series.makeup.has_fractions;
    series.rhythm.is_none()
        || first != last
        || (!is_finest && dataset.points(series).filter_map(place).min() != first)
}

fn printed(at: &Observation) -> Option<Printed<'_>> {
    let point = match &at.quantity {
        Quantity::Exact(value) => value.decimal(),
        Quantity::Rounded(rounded) => rounded.value,
        _ => return None,
    };
    Some(Printed { at, value: point.abs().to_f64()?, place: last_place(point)? })
}

/// The change that is least likely to be chance; none where there is none.
fn change(printed: &[Printed<'_>]) -> Option<Change> {
    let starts = LEAST..=printed.len().checked_sub(LEAST)?;
    let changes = starts.filter_map(|start| {
        let (earlier, later) = printed.split_at(start);
        let places = (finest(earlier), finest(later));
        let coarser = to_coarse(earlier, later).filter(|_| earlier[start - 1].place < places.1);
        let finer = || to_coarse(later, earlier).filter(|_| later[0].place < places.0);
        let (zeros, chance, telling) = coarser.or_else(finer)?;
        Some(Change { start, places, zeros, chance, telling })
    });
    changes.min_by(|left, right| left.chance.total_cmp(&right.chance))
}

fn finest(printed: &[Printed<'_>]) -> i32 {
    printed.iter().map(|one| one.place).min().unwrap_or_default()
}

/// The zeros that a coarse side ends in beyond those of a fine one, the chance that it is not coarse at all as a decimal
/// logarithm, and the figures that the chance is made of; none where the sides do not differ so.
fn to_coarse(fine: &[Printed<'_>], coarse: &[Printed<'_>]) -> Option<(u32, f64, usize)> {
    let step = finest(coarse);
    if coarse.iter().all(|one| is_stated(one.at, step)) {
        return None;
    }
    let mut places: Vec<i32> = fine.iter().map(|one| one.place).collect();
    places.sort_unstable();
    // The step that two thirds of the fine side have or are finer than.
    let usual = places[(2 * places.len()).div_ceil(3) - 1];
    if usual >= step {
        return None;
    }
    let largest = fine.iter().filter(|one| one.place < step).map(|one| one.value).fold(0.0, f64::max);
    let alike: Vec<f64> = coarse.iter().map(|one| one.value).filter(|value| *value <= largest).collect();
    let smallest = alike.iter().copied().fold(f64::INFINITY, f64::min);
    let as_large = fine.iter().filter(|one| one.place < step && one.value >= smallest).count();
    let zeros = step.abs_diff(usual);
    (alike.len() >= LEAST && as_large >= LEAST_ALIKE)
        .then(|| (zeros, -f64::from(zeros) * alike.len() as f64, alike.len()))
}

/// Whether the data say that a figure is rounded to this power of ten, or more coarsely.
fn is_stated(at: &Observation, place: i32) -> bool {
    at.quantity.approximate_step() >= 0.99 * 10f64.powi(place)
}

/// A power of ten as the step of printed figures; `other` is what they are printed to elsewhere.
fn step_words(place: i32, other: i32) -> String {
    let ten = |power: u32| Decimal::from(10i64.pow(power.min(18)));
    match place {
        0 if other > 0 => "to the last digit".to_owned(),
        0.. => format!("in steps of {}", grouped(ten(place.unsigned_abs()))),
        _ => format!("in steps of {}", (Decimal::ONE / ten(place.unsigned_abs())).normalize()),
    }
}

fn describe(
    dataset: &Dataset,
    sink: &Sink,
    series: &Series,
    [before, at]: [&Observation; 2],
    change: &Change,
    (expected, limit): (f64, f64),
) -> Finding {
    let name = series_name(dataset, series);
    let (before_it, from_it_on) = change.places;
    let (from, to) = (step_words(before_it, from_it_on), step_words(from_it_on, before_it));
    let message = format!("{name}: printed {to} from {} on, and {from} before", at.period);
    let place = at.origin.location();
    let chance = to_digits(expected, 1);
    sink.finding(series.key.finding_subject(Some(at.period)), message, place, at.quantity.to_string())
        .related(before.origin.location(), before.quantity.to_string())
        .note(
            "usual",
            format!(
                "one figure in {} ends in {} than two thirds of the finer side by chance; here {} do that are no larger than those",
                grouped(Decimal::from(10i64.pow(change.zeros.min(18)))),
                quantity_of(change.zeros as usize, "more zero"),
                change.telling
            ),
        )
        .help("state the precision (`rounded_to`) where it is coarser, or say why it changes")
        .confidence(Confidence::High)
        .fold(format!("{} {} {from} {to}", series.key.publisher, at.period))
        .score(Score::of_probability(expected))
        .evidence(Evidence {
            method: "trailing-zeros",
            observed: Some(to),
            expected: Some(from),
            threshold: Some(("expected-changes", limit)),
            probability: Some(chance),
            ..Evidence::default()
        })
}
