use std::collections::HashMap;

use rust_decimal::Decimal;

use super::report::series_name;
use crate::diag::{Confidence, Evidence, Finding, Score, grouped, quantity_of, to_digits};
use crate::model::{Additivity, Makeup, Name, Observation, Series};
use crate::rule::{Context, Need, Parameter, Sink};
use crate::stats::digits::last_place;

crate::declare_rule! {
    /// One conspicuously round figure in a series of exact counts.
    ///
    /// A count that ends in five zeros among counts that end in any digit is often an estimate, or a placeholder that was
    /// never replaced. One exact count in `10^k` ends in `k` zeros by chance, so that `n · 10^−k` of the `n` exact counts
    /// of a thousand or more that the publisher states are to be expected to; that must stay below the parameter, which
    /// bounds the rate of false alarms a publisher. The figure must also end in at least `zeros` more zeros than any other of
    /// its series. Where all others end in zeros too, these are its step and do not count.
    ///
    /// Exceptions: a publisher may print large figures more coarsely than small ones, so that another count of the series
    /// must be as large; several round figures in a row are `precision-change`, figures that are stated to be rounded are left alone,
    /// and so are series of fewer than five exact counts.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - values: {2017: 441213, 2018: 388714, 2019: 391557, 2020: 412381, 2021: 400000, 2022: 437018}
    /// ```
    "TR308" "round-among-exact" Note;
    needs [Need::Periods(LEAST)];
    parameters &[
        Parameter {
            name: "zeros",
            default: 3.0,
            range: (1.0, 20.0),
            unit: "zeros",
            documentation: "How many zeros more than any other count of its series the figure ends in.",
        },
        Parameter {
            name: "expected-figures",
            default: 0.001,
            range: (0.0, 1.0),
            unit: "figures",
            documentation: "A figure counts where fewer than this many were to be expected among the publisher's exact counts.",
        },
    ];
    check check
}

/// A series of fewer exact counts does not show that it is one.
const LEAST: usize = 5;

/// An exact count of a thousand or more: smaller ones cannot be conspicuously round.
struct Count<'d> {
    at: &'d Observation,
    count: i64,
    /// How many zeros it ends in.
    zeros: u32,
}

/// A round figure.
struct Round<'d> {
    at: &'d Observation,
    zeros: u32,
    /// Most zeros that any other count of the series ends in, and that count.
    other: (u32, &'d Observation),
    /// Fewest zeros that any of them ends in: what the series is printed to.
    step: u32,
    /// Exact counts of the series.
    count: usize,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let least = context.parameters.lowest("zeros") as u32;
    let mut found: Vec<(&Series, Round<'_>)> = Vec::new();
    // How many exact counts of a thousand or more each publisher states.
    let mut stated: HashMap<&Name, usize> = HashMap::new();
    for series in dataset.series.iter().filter(|series| series.key.unit.additivity() != Additivity::None) {
        *stated.entry(&series.key.publisher).or_default() += series.makeup.large_counts;
        if series.points.len() < LEAST {
            continue;
        }
        sink.examined(series.points.len());
        // The cheap test first: one count in a thousand ends in three zeros.
        if series.makeup.has_round_counts {
            let counts = dataset.points(series).filter_map(|one| Some((one.quantity.exact_count()?, one)));
            let large: Vec<Count<'_>> = counts
                .filter(|(count, _)| *count >= Makeup::LARGE)
                .filter_map(|(count, at)| {
                    Some(Count { at, count, zeros: last_place(count.into())?.unsigned_abs() })
                })
                .collect();
            found.extend(round_figure(&large, least).map(|one| (series, one)));
        }
    }
    sink.nothing_to_check("no series of five periods or more that can be counted");
    for (series, round) in found {
        let limit = |name| context.parameters.get(name, &series.key, Some(round.at.period));
        let all = stated[&series.key.publisher];
        let expected = all as f64 * 10f64.powi(round.step as i32 - round.zeros as i32);
        let is_conspicuous = f64::from(round.zeros - round.other.0) >= limit("zeros");
        let most = limit("expected-figures");
        if is_conspicuous && expected < most {
            let finding = describe(context, sink, series, &round, (all, expected, most));
            sink.push(finding);
        }
    }
}

/// The figure that ends in more zeros than any other, by at least so many.
fn round_figure<'d>(counts: &[Count<'d>], least: u32) -> Option<Round<'d>> {
    let (place, round) = counts.iter().enumerate().max_by_key(|(_, one)| one.zeros)?;
    let others = counts.iter().enumerate().filter(|(other, _)| *other != place).map(|one| one.1);
    let other = others.clone().max_by_key(|one| one.zeros)?;
    let step = others.clone().map(|one| one.zeros).min()?;
    let goes_with_size = others.clone().all(|one| one.count < round.count);
    (counts.len() >= LEAST && round.zeros >= other.zeros + least && !goes_with_size).then_some(Round {
        at: round.at,
        zeros: round.zeros,
        other: (other.zeros, other.at),
        step,
        count: counts.len(),
    })
}

fn describe(
    context: &Context<'_>,
    sink: &Sink,
    series: &Series,
    round: &Round<'_>,
    (all, expected, limit): (usize, f64, f64),
) -> Finding {
    let name = series_name(context.dataset, series);
    let (most, other) = round.other;
    let message = format!(
        "{} of {name} in {} ends in {}, the {} beside it in {} at most",
        round.at.quantity,
        round.at.period,
        quantity_of(round.zeros as usize, "zero"),
        quantity_of(round.count - 1, "exact count"),
        most,
    );
    let place = round.at.origin.location();
    sink.finding(
        series.key.finding_subject(Some(round.at.period)),
        message,
        place,
        quantity_of(round.zeros as usize, "zero"),
    )
    .related(other.origin.location(), format!("{}: {}", other.period, other.quantity))
    .note(
        "usual",
        format!(
            "one count in {} ends so by chance; the publisher states {} of a thousand or more",
            grouped(Decimal::from(10i64.pow((round.zeros - round.step).min(18)))),
            quantity_of(all, "exact count"),
        ),
    )
    .help("check whether it is an estimate; if so, say so, with its precision")
    .confidence(Confidence::Medium)
    .score(Score::of_probability(expected))
    .evidence(Evidence {
        method: "trailing-zeros",
        observed: Some(round.at.quantity.to_string()),
        threshold: Some(("expected-figures", limit)),
        probability: Some(to_digits(expected, 1)),
        ..Evidence::default()
    })
}
