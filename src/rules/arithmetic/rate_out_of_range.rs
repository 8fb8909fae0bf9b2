use rust_decimal::Decimal;

use crate::model::{Dataset, Interval, Metric, Observation, Series, Unit};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A share outside 0 to 1, or a percentage in a column of fractions.
    ///
    /// Shares are stated as fractions: 0.25, not 25. Where most values of the series are fractions, one above 1 was
    /// probably copied as a percentage; where all are between 0 and 100, the whole series is.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {metric: proactive-rate, unit: rate, values: {2022: 0.981, 2023: 0.992, 2024: 99.4}}
    /// ```
    "TR204" "rate-out-of-range" Error;
    needs [Need::Observations];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    for series in dataset.series.iter().filter(|series| is_share(dataset, series)) {
        let values: Vec<(&Observation, Interval)> =
            dataset.points(series).filter_map(|one| Some((one, one.quantity.interval()?))).collect();
        sink.examined(values.len());
        let outside: Vec<&Observation> =
            values.iter().filter(|(_, value)| is_outside(*value)).map(|(one, _)| *one).collect();
        for value in &outside {
            report(sink, series, value, outside.len() == values.len());
        }
    }
    sink.nothing_to_check("no series of shares");
}

/// A rate may be any quotient; it is a share where its metric says which counts it divides, or that it ends at one, or
/// where it is of views.
fn is_share(dataset: &Dataset, series: &Series) -> bool {
    let divides = |metric: &Metric| metric.rate_of.is_some() || metric.bounds.1 == Some(Decimal::ONE);
    series.key.unit == Unit::ViewShare
        || (series.key.unit == Unit::Rate && dataset.registry.metric(&series.key.metric).is_some_and(divides))
}

fn is_outside(value: Interval) -> bool {
    let share = Interval { low: Decimal::ZERO, high: Some(Decimal::ONE) };
    !value.meets(share)
}

fn report(sink: &mut Sink, series: &Series, value: &Observation, all: bool) {
    let message = format!("the share of {} is {}, outside 0 to 1", value.period, value.quantity);
    let help = match value.quantity.point() {
        Some(number) if all && number > Decimal::TWO && number <= Decimal::ONE_HUNDRED => {
            "the whole series looks like percentages: divide it by 100".to_owned()
        }
        Some(number) if number > Decimal::ONE && number <= Decimal::ONE_HUNDRED => {
            format!("as a percentage it would be {}", number / Decimal::ONE_HUNDRED)
        }
        _ => "a share is a fraction of one".to_owned(),
    };
    let place = value.origin.location();
    let mut finding = sink
        .finding(series.key.finding_subject(Some(value.period)), message, place, value.quantity.to_string())
        .help(help)
        .cause(place);
    if all {
        finding = finding.fold(format!("{:?}", series.blocks.first()));
    }
    finding.evidence.method = "share";
    finding.evidence.observed = Some(value.quantity.to_string());
    finding.evidence.expected = Some("0 to 1".to_owned());
    sink.push(finding);
}
