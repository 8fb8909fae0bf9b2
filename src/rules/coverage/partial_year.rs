use super::{Nested, names, nested, sum};
use crate::diag::{listing, quantity_of};
use crate::model::{Frequency, Series};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A year's figure that is built from fewer periods than the year has.
    ///
    /// The year equals the exact sum of the quarters, halves or months that are stated, and some of them are not: the
    /// figure looks like a year and is none, so that the change to the next full year is a rise that did not happen.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2024-Q1: 331, 2024-Q2: 70, 2024-Q3: 502, 2024: 903}}
    /// ```
    "TR105" "partial-year" Warning;
    needs [Need::Periods(2)];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    for series in &context.dataset.series {
        let years = nested(context.dataset, series).into_iter();
        for year in years.filter(|nested| nested.whole.period.frequency() == Frequency::Year) {
            sink.examined(1);
            compare(sink, series, &year);
        }
    }
    sink.nothing_to_check("no year beside finer periods of it");
}

fn compare(sink: &mut Sink, series: &Series, year: &Nested<'_>) {
    let (Some(sum), Some(whole)) = (sum(&year.parts), year.whole.quantity.interval()) else { return };
    // A single part, or a sum of zero, equals the year too easily.
    if year.complete || sum != whole || !sum.is_point() || sum.low.is_zero() || year.parts.len() < 2 {
        return;
    }
    let parts = names(year.parts.iter().map(|part| part.period));
    let period = year.whole.period;
    let message = format!("the figure of {period} is the sum of {} alone", listing(&parts, 12));
    let mut finding = sink
        .finding(
            series.key.finding_subject(Some(period)),
            message,
            year.whole.origin.location(),
            format!("{period}: {}", year.whole.quantity),
        )
        .help("state the months it covers as its period, or complete it");
    for part in &year.parts {
        finding = finding.related(part.origin.location(), part.quantity.to_string());
    }
    finding.evidence.method = "sum-of-some-periods";
    finding.evidence.observed = Some(year.whole.quantity.to_string());
    finding.evidence.expected =
        Some(format!("a sum of more than {}", quantity_of(year.parts.len(), "period")));
    sink.push(finding);
}
