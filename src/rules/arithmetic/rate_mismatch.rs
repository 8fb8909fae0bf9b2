use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use crate::diag::{ExpectedRange, grouped};
use crate::model::{Additivity, Dataset, Name, Observation, Quantity, RelationKind, Series, SeriesKey, Unit};
use crate::rule::{Context, Need, Sink};
use crate::rules::relations::related;
use crate::rules::sums::Judge;
use crate::stats::interval::{Bounds, Rounding};

crate::declare_rule! {
    /// A printed rate outside what the counts behind it give.
    ///
    /// A rate that the registry of metrics or a relation names as the quotient of two counts is compared with their
    /// quotient. The rate stands for the interval of its printed decimals, rounded or cut off, and so do counts that
    /// are rounded; only where the two have no number in common do they differ. A rate that states no precision has that of the most precise
    /// figure of its series. An error; a quotient of a count below one is none.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {metric: appeals, values: {2022: 400, 2023: 500, 2024: 640}}
    ///   - {metric: restorations-after-appeal, unit: restoration, values: {2022: 100, 2023: 140, 2024: 160}}
    ///   - {metric: reversal-rate, unit: rate, values: {2022: 0.25, 2023: 0.28, 2024: 0.52}}
    /// ```
    "TR203" "rate-mismatch" Error;
    needs [Need::Observations];
    parameters &[];
    check check
}

/// A rate with the counts behind it.
struct Quotient<'d> {
    rate: &'d Observation,
    numerator: &'d Observation,
    denominator: &'d Observation,
    key: &'d SeriesKey,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let judge = Judge::new(dataset);
    for [rates, numerators, denominators] in quotients(dataset) {
        for rate in dataset.points(rates) {
            let at = |series| dataset.point_at(series, rate.period);
            let (Some(numerator), Some(denominator)) = (at(numerators), at(denominators)) else { continue };
            let quotient = Quotient { rate, numerator, denominator, key: &rates.key };
            compare(dataset, sink, &judge, &quotient);
        }
    }
    sink.nothing_to_check("no rate beside the counts that it is the quotient of");
}

/// Every rate with its counts, by the registry of metrics and by relations.
fn quotients(dataset: &Dataset) -> Vec<[&Series; 3]> {
    let rate_of = |series: &Series| dataset.registry.metric(&series.key.metric)?.rate_of.as_ref();
    let rates: Vec<&Series> = dataset.series.iter().filter(|series| rate_of(series).is_some()).collect();
    let mut found: Vec<[&Series; 3]> = Vec::new();
    if !rates.is_empty() {
        let bare = |key: &SeriesKey| SeriesKey { metric: Name::from(""), unit: Unit::Rate, ..key.clone() };
        let counts: HashSet<&str> = rates
            .iter()
            .filter_map(|rate| rate_of(rate))
            .flat_map(|of| [of.numerator.as_str(), of.denominator.as_str()])
            .collect();
        let counted = dataset.series.iter().filter(|series| counts.contains(&*series.key.metric));
        let by_key: HashMap<(SeriesKey, &str), &Series> = counted
            .filter(|series| series.key.unit.additivity() != Additivity::None)
            .map(|series| ((bare(&series.key), &*series.key.metric), series))
            .collect();
        found.extend(rates.into_iter().filter_map(|rate| {
            let of = rate_of(rate)?;
            let count = |metric: &String| by_key.get(&(bare(&rate.key), metric.as_str())).copied();
            Some([rate, count(&of.numerator)?, count(&of.denominator)?])
        }));
    }
    let declared = related(dataset, |kind| matches!(kind, RelationKind::Ratio { .. }));
    // A relation may say again what the registry of metrics says.
    let is_same = |one: &[&Series; 3], other: &[&Series; 3]| {
        one.iter().zip(other).all(|(one, other)| std::ptr::eq(*one, *other))
    };
    let declared: Vec<[&Series; 3]> =
        declared.iter().filter_map(|one| <[&Series; 3]>::try_from(one.members.as_slice()).ok()).collect();
    for one in declared {
        if !found.iter().any(|known| is_same(known, &one)) {
            found.push(one);
        }
    }
    found
}

fn compare(dataset: &Dataset, sink: &mut Sink, judge: &Judge<'_>, of: &Quotient<'_>) {
    if [of.rate, of.numerator, of.denominator].iter().any(|one| matches!(one.quantity, Quantity::Absent(_))) {
        return;
    }
    let bounds = |rounding| -> Option<[Bounds; 2]> {
        let numerator = judge.bounds(of.numerator, rounding)?;
        let quotient = numerator.over(judge.bounds(of.denominator, rounding)?)?;
        Some([judge.bounds(of.rate, rounding)?, quotient])
    };
    let Some([rate, quotient]) = bounds(Rounding::Nearest) else { return };
    sink.examined(1);
    let fits_cut = || bounds(Rounding::CutOff).is_none_or(|[rate, quotient]| rate.meets(quotient));
    if !rate.meets(quotient) && !fits_cut() {
        report(dataset, sink, judge, of, quotient);
    }
}

fn report(dataset: &Dataset, sink: &mut Sink, judge: &Judge<'_>, of: &Quotient<'_>, quotient: Bounds) {
    let name = |one: &Observation| {
        let key = &dataset.series(dataset.block_of(one).series).key;
        dataset.registry.metric_name(&key.metric).to_lowercase()
    };
    let printed = shown(&of.rate.quantity);
    let mut message = format!(
        "the {} of {} is stated as {printed}, while {} of {} are {}",
        name(of.rate),
        of.rate.period,
        of.numerator.quantity,
        of.denominator.quantity,
        in_percent(quotient)
    );
    if let Some(breakdown) = of.key.narrowing() {
        message = format!("{breakdown}: {message}");
    }
    let mut finding = sink
        .finding(
            of.key.finding_subject(Some(of.rate.period)),
            message,
            of.rate.origin.location(),
            printed.clone(),
        )
        .related(of.numerator.origin.location(), format!("{}: {}", name(of.numerator), of.numerator.quantity))
        .related(
            of.denominator.origin.location(),
            format!("{}: {}", name(of.denominator), of.denominator.quantity),
        )
        .cause(of.rate.origin.location());
    if let Some(given) = given(judge, of) {
        finding = finding.note("gives", given);
    }
    if let Some(help) = possibility(judge, of, quotient) {
        finding = finding.help(help);
    }
    finding.evidence.method = "quotient";
    finding.evidence.observed = Some(printed);
    finding.evidence.expected = Some(in_percent(quotient));
    finding.evidence.expected_range = Some(ExpectedRange {
        low: quotient.low.map(|end| end.at.round_dp(4)),
        high: quotient.high.map(|end| end.at.round_dp(4)),
    });
    sink.push(finding);
}

/// What the stated rate of the denominator would be, as a count.
fn given(judge: &Judge<'_>, of: &Quotient<'_>) -> Option<String> {
    let base = of.denominator.quantity.point()?;
    let rate = of.rate.quantity.point()?;
    let rounded = |share: Decimal| share.checked_mul(base).map(|count| grouped(count.round()));
    let half = judge.step(of.rate).checked_div(Decimal::TWO)?;
    let (least, most) =
        ((rate - half).max(Decimal::ZERO).checked_mul(base)?, (rate + half).checked_mul(base)?);
    Some(format!(
        "{} of {} is {} ({} to {} with its rounding), not {}",
        shown(&of.rate.quantity),
        of.denominator.quantity,
        rounded(rate)?,
        grouped(least.ceil()),
        grouped(most.floor()),
        of.numerator.quantity
    ))
}

/// Another quotient of the same counts that the rate fits, in words.
fn possibility(judge: &Judge<'_>, of: &Quotient<'_>, quotient: Bounds) -> Option<String> {
    let rate = judge.bounds(of.rate, Rounding::Nearest)?;
    let one = Bounds::point(Decimal::ONE);
    let more = quotient.plus(Bounds::point(Decimal::NEGATIVE_ONE))?;
    let rest = one.plus(quotient.times(Decimal::NEGATIVE_ONE)?)?;
    let hundredth = quotient.times(Decimal::new(1, 2))?;
    let hundredfold = quotient.times(Decimal::ONE_HUNDRED)?;
    let is = |wanted: Bounds| rate.meets(wanted);
    if is(rest) {
        Some("it fits the share of the others: one minus the quotient".to_owned())
    } else if is(more) {
        Some(
            "it fits the percentage by which one is more than the other, in place of the percentage of it"
                .to_owned(),
        )
    } else if is(more.times(Decimal::NEGATIVE_ONE)?) {
        Some(
            "it fits the percentage by which one is less than the other, in place of the percentage of it"
                .to_owned(),
        )
    } else if is(hundredfold) {
        Some("it fits as a percentage in place of a fraction".to_owned())
    } else if is(hundredth) {
        Some("it fits as a hundredth: a fraction may have been divided once more".to_owned())
    } else {
        None
    }
}

/// A rate as a percentage, with the decimals it was printed with.
fn shown(rate: &Quantity) -> String {
    let percent = |value: Decimal| value.checked_mul(Decimal::ONE_HUNDRED).map(|percent| percent.normalize());
    let shown = match rate {
        Quantity::Exact(value) => percent(value.decimal()),
        Quantity::Rounded(rounded) => {
            percent(rounded.value).zip(percent(rounded.step)).map(|(mut shown, step)| {
                shown.rescale(step.scale());
                shown
            })
        }
        _ => None,
    };
    shown.map_or_else(|| rate.to_string(), |percent| format!("{} %", grouped(percent)))
}

/// A quotient as a percentage, to two decimals.
fn in_percent(quotient: Bounds) -> String {
    let percent = |value: Decimal| value.checked_mul(Decimal::ONE_HUNDRED).map(|one| one.round_dp(2));
    let ends = quotient.low.zip(quotient.high);
    match ends.and_then(|(low, high)| Some((percent(low.at)?, percent(high.at)?))) {
        Some((low, high)) if low == high => format!("{} %", grouped(low.normalize())),
        Some((low, high)) => format!("{} to {} %", grouped(low.normalize()), grouped(high.normalize())),
        None => "more than can be said".to_owned(),
    }
}
