use super::{Nested, names, nested, sum};
use crate::diag::{Level, listing, signed};
use crate::model::Series;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// Finer periods that do not add up to the coarser one.
    ///
    /// Where all quarters of a year are stated in a unit that adds up, their sum is the year's figure. Sums are made
    /// of intervals of printed precision: an error where the figures are exact, a warning where they are rounded and
    /// yet no rounding makes them agree. Where some quarters are missing, the others cannot sum to more than the year. Distinct counts (accounts, users) are not summed.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2024-H1: 331, 2024-H2: 70, 2024: 402}}
    /// ```
    "TR102" "periods-disagree" Error;
    needs [Need::Periods(2)];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    for series in &context.dataset.series {
        for nested in &nested(context.dataset, series) {
            compare(sink, series, nested);
        }
    }
    sink.nothing_to_check("no period beside finer periods of it in a unit that adds up");
}

fn compare(sink: &mut Sink, series: &Series, nested: &Nested<'_>) {
    let (Some(sum), Some(whole)) = (sum(&nested.parts), nested.whole.quantity.interval()) else { return };
    sink.examined(1);
    // Some of the periods alone cannot exceed the whole, all of them must equal it.
    if if nested.complete { sum.meets(whole) } else { !whole.is_below(sum) } {
        return;
    }
    let period = nested.whole.period;
    let parts = names(nested.parts.iter().map(|part| part.period));
    let message = format!(
        "{} sum to {sum}, while {period} is stated as {}",
        listing(&parts, 12),
        nested.whole.quantity
    );
    let mut finding = sink.finding(
        series.key.finding_subject(Some(period)),
        message,
        nested.whole.origin.location(),
        format!("{period}: {}", nested.whole.quantity),
    );
    for part in &nested.parts {
        finding = finding.related(part.origin.location(), part.quantity.to_string());
    }
    if !(sum.is_point() && whole.is_point()) {
        finding.level = Level::Warning;
    }
    // One wrong year may disagree with its halves and with its quarters.
    finding = finding.cause(nested.whole.origin.location());
    if sum.is_point() && whole.is_point() {
        finding = finding.note("differs", format!("by {}", signed(whole.low - sum.low)));
    }
    finding.evidence.method = "sum-of-periods";
    finding.evidence.observed = Some(nested.whole.quantity.to_string());
    finding.evidence.expected = Some(sum.to_string());
    sink.push(finding);
}
