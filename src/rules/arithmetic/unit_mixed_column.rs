use rust_decimal::Decimal;

use crate::model::{Additivity, Dataset, Observation, Series};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// Two units under one metric name.
    ///
    /// A column that holds counts in some rows and shares, averages or thousands in others cannot be compared down or
    /// summed. Where the units are stated, units-compared says which figures differ. Where they are not, the figures
    /// tell: a count is a whole number, so that a fraction under the name of a count is of another unit.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Spam, values: {2022: 1200, 2023: 1310, 2024: 0.412}}
    /// ```
    "TR208" "unit-mixed-column" Error;
    needs [Need::Observations];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    for series in dataset.series.iter().filter(|series| series.key.unit.additivity() != Additivity::None) {
        sink.examined(series.statements.len());
        if series.makeup.has_fractions {
            for one in dataset.statements(series).filter(|one| one.quantity.is_fraction()) {
                report_fraction(dataset, sink, series, one);
            }
        }
    }
}

fn report_fraction(dataset: &Dataset, sink: &mut Sink, series: &Series, one: &Observation) {
    let name = dataset.registry.metric_name(&series.key.metric);
    let message = format!(
        "{name} in {} is {}, which is no whole number of {}",
        one.period,
        one.quantity,
        series.key.unit.plural()
    );
    let is_share = one.quantity.point().is_some_and(|value| value > Decimal::ZERO && value < Decimal::ONE);
    let help = if is_share {
        "a share has a metric of its own"
    } else {
        "state the count, or the unit that this is in"
    };
    let mut finding = sink
        .finding(
            series.key.finding_subject(Some(one.period)),
            message,
            one.origin.location(),
            one.quantity.to_string(),
        )
        .help(help)
        .cause(one.origin.location())
        .fold(format!("{:?} {}", dataset.block_of(one).document, series.key.metric));
    finding.evidence.method = "whole-counts";
    finding.evidence.observed = Some(one.quantity.to_string());
    finding.evidence.expected = Some("a whole number".to_owned());
    sink.push(finding);
}
