use std::collections::{BTreeSet, HashSet};

use crate::diag::{Evidence, Location, Score, quantity_of, to_digits};
use crate::model::{Additivity, Dataset, Observation, Series};
use crate::rule::{Context, Need, Parameter, Sink, Task};
use crate::stats::robust::deviation;

crate::declare_rule! {
    /// An exact, non-round value that stands for two periods of one series.
    ///
    /// Two periods rarely have exactly the same large count; a value that was copied into the wrong period does. With
    /// a median absolute deviation `s` of the logarithms of the series, two counts near `y` tie with probability
    /// `1 / (y · s · √(2π))`; with all the pairs that the series has, the expected number of ties must stay below the
    /// parameter. Series that are printed rounded tie all the time and are left alone. Where a whole period repeats,
    /// `repeated-block` says so instead.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {values: {2020-H2: 1794, 2021-H1: 890, 2021-H2: 1794, 2022-H1: 13519, 2022-H2: 20791}}
    /// ```
    "TR304" "repeated-value" Warning;
    needs [Need::Periods(3)];
    parameters &[
        Parameter {
            name: "least",
            default: 500.0,
            range: (1.0, 1e12),
            unit: "count",
            documentation: "Values below this tie by chance.",
        },
        Parameter {
            name: "expected-ties",
            default: 0.01,
            range: (0.0, 1.0),
            unit: "ties",
            documentation: "A tie counts where fewer than this many were to be expected in the series.",
        },
    ];
    look super::SERIES
}

/// The smallest relative spread that is believed.
const SPREAD_FLOOR: f64 = 0.02;

/// Looks for such values; cells in `told` are spoken of already.
pub fn check(task: &mut Task<'_>, told: &HashSet<Location>) {
    let Task { context, sink, .. } = task;
    sink.each(&context.dataset.series, |series, sink| {
        if series.key.unit.additivity() == Additivity::None {
            return;
        }
        let counts = exact_counts(context.dataset, series);
        if counts.len() >= 3 {
            sink.examined(counts.len());
            check_series(context, sink, series, &counts, told);
        }
    });
    sink.nothing_to_check("no series of three exact counts or more");
}

/// The values of a series that is printed in full; empty where most of its larger values end in a zero.
fn exact_counts(dataset: &Dataset, series: &Series) -> Vec<i64> {
    let mut counts = Vec::with_capacity(series.points.len());
    counts.extend(dataset.points(series).filter_map(|one| one.quantity.exact_count()));
    let large = counts.iter().filter(|value| **value >= 100);
    let (round, all) =
        large.fold((0, 0), |(round, all), value| (round + usize::from(is_round(*value)), all + 1));
    // One in ten exact values ends in a zero.
    if round * 2 > all { Vec::new() } else { counts }
}

fn is_round(value: i64) -> bool {
    value % 10 == 0
}

fn check_series(
    context: &Context<'_>,
    sink: &mut Sink,
    series: &Series,
    counts: &[i64],
    told: &HashSet<Location>,
) {
    let least = context.parameters.get("least", &series.key, None);
    let is_telling = |value: i64| !is_round(value) && value as f64 >= least;
    let mut values: Vec<i64> = counts.iter().copied().filter(|value| is_telling(*value)).collect();
    if surely_differ(&values) {
        return;
    }
    values.sort_unstable();
    let tied: BTreeSet<i64> =
        values.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    if tied.is_empty() {
        return;
    }
    let logarithms: Vec<f64> =
        counts.iter().filter(|value| **value > 0).map(|value| (*value as f64).ln()).collect();
    let spread = deviation(&logarithms).max(SPREAD_FLOOR);
    let highest = context.parameters.highest("expected-ties");
    let pairs = (counts.len() * (counts.len() - 1) / 2) as f64;
    for value in tied {
        let expected = pairs / (value as f64 * spread * (2.0 * std::f64::consts::PI).sqrt());
        if expected >= highest {
            continue;
        }
        let same: Vec<&Observation> =
            context.dataset.points(series).filter(|one| one.quantity.exact_count() == Some(value)).collect();
        let limit = context.parameters.get("expected-ties", &series.key, Some(same[0].period));
        // Periods of different length hold different things.
        let comparable = same.iter().all(|one| one.period.frequency() == same[0].period.frequency());
        let is_told = same.iter().all(|one| told.contains(&one.origin.location()));
        if comparable && expected < limit && !is_told {
            report(sink, series, &same, counts.len(), (expected, limit));
        }
    }
}

/// Whether it is certain that no two of some values are the same, as in nearly every series: a filter with two bits for
/// each value (Bloom 1970, *Communications of the ACM* 13(7), 422–426) tells it faster than sorting them does, and fails
/// to in about one of a hundred series of a few hundred figures.
fn surely_differ(values: &[i64]) -> bool {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let words = (values.len() * 2).next_power_of_two();
    let mut seen = vec![0_u64; words];
    values.iter().all(|value| {
        let hash = value.cast_unsigned().wrapping_mul(SPREAD);
        let bits = [hash >> 44, (hash >> 20) & 0xff_ffff].map(|place| place as usize % (64 * words));
        let is_known = bits.iter().all(|bit| seen[bit / 64] >> (bit % 64) & 1 == 1);
        bits.iter().for_each(|bit| seen[bit / 64] |= 1 << (bit % 64));
        !is_known
    })
}

fn report(
    sink: &mut Sink,
    series: &Series,
    same: &[&Observation],
    count: usize,
    (expected, limit): (f64, f64),
) {
    let Some((last, earlier)) = same.split_last() else { return };
    let periods: Vec<String> = same.iter().map(|one| one.period.to_string()).collect();
    let message = format!("{} is the value of {}", last.quantity, crate::diag::listing(&periods, 6));
    let place = last.origin.location();
    let mut finding =
        sink.finding(series.key.finding_subject(Some(last.period)), message, place, last.period.to_string());
    for one in earlier {
        finding = finding.related(one.origin.location(), one.period.to_string());
    }
    let finding = finding
        .note(
            "usual",
            format!(
                "{} ties of so large a value were to be expected by chance among {}",
                short(expected),
                quantity_of(count, "value")
            ),
        )
        .help("check whether one period was copied from the other")
        .cause(place)
        .score(Score::of_probability(expected))
        .evidence(Evidence {
            method: "tie",
            observed: Some(last.quantity.to_string()),
            threshold: Some(("expected-ties", limit)),
            probability: Some(to_digits(expected, 2)),
            ..Evidence::default()
        });
    sink.push(finding);
}

fn short(expected: f64) -> String {
    format!("{expected:.4}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_passes_over_no_repetition() {
        for count in [1, 2, 3, 10, 500, 10_000] {
            let mut values: Vec<i64> =
                (0..count).map(|index| (index - count / 2) * 7919 % 1_000_003).collect();
            let alone = surely_differ(&values);
            // Small series are told; with many values some seem to repeat.
            assert!(alone || count > 100, "{count}");
            values.push(values[count as usize / 3]);
            assert!(!surely_differ(&values), "{count}");
        }
        assert!(surely_differ(&[]));
    }
}
