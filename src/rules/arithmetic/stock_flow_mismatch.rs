use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::diag::{grouped, signed};
use crate::model::{Dataset, Observation, RelationKind, Series};
use crate::rule::{Context, Need, Parameter, Sink};
use crate::rules::explanations::{nearest_digit_edit, slip};
use crate::rules::relations::{Related, related};
use crate::rules::sums::Judge;
use crate::stats::interval::Rounding;

crate::declare_rule! {
    /// A stock that grew by something else than the flow that is stated.
    ///
    /// What there is at the end of a period is what there was at its beginning and what came in since. Where a relation
    /// says of two metrics that they are stock and flow, the difference of the stocks at both ends is compared with
    /// the stated flow, with all three as intervals of printed precision. Stocks are taken where they are stated: at
    /// the end of the flow's period, and at or nearest after its beginning. Entries that left, or a stock that was
    /// taken some weeks late, make small differences; only what is more than a share of the flow is reported. Where
    /// another digit in one figure makes nearly all of the difference go away, it is named.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// candor: relations-v1
    /// relations:
    ///   - id: open-appeals
    ///     kind: stock_and_flow
    ///     stock: {metric: appeals, category: open}
    ///     flow: {metric: appeals, category: added}
    /// ---
    /// series:
    ///   - {category: open, values: {2023: 1200, 2024: 1900}}
    ///   - {category: added, values: {2024: 400}}
    /// ```
    "TR205" "stock-flow-mismatch" Warning;
    needs [Need::Observations];
    parameters &[Parameter {
        name: "share",
        default: 0.05,
        range: (0.0, 1.0),
        unit: "share of the flow",
        documentation: "Difference between growth and flow, as a share of the flow, up to which they count as agreeing.",
    }];
    check check
}

/// Share of the flow that may be left of a difference for an edit of one digit to explain it.
const LEFT: f64 = 0.001;

/// Two stocks and the flow between them.
struct Growth<'d> {
    opening: &'d Observation,
    closing: &'d Observation,
    flow: &'d Observation,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let judge = Judge::new(dataset);
    for Related { relation, members } in
        &related(dataset, |kind| matches!(kind, RelationKind::StockAndFlow { .. }))
    {
        let [stocks, flows] = [members[0], members[1]];
        for flow in dataset.points(flows) {
            let Some((opening, closing)) = ends(dataset, stocks, flow) else { continue };
            let growth = Growth { opening, closing, flow };
            let share = context.parameters.get("share", &flows.key, Some(flow.period));
            compare(sink, &judge, flows, &growth, (&relation.title, share));
        }
    }
    sink.nothing_to_check("no relation between a stock and its flow, with figures of both");
}

/// The stocks at the beginning and at the end of a flow's period.
fn ends<'d>(
    dataset: &'d Dataset,
    stocks: &'d Series,
    flow: &Observation,
) -> Option<(&'d Observation, &'d Observation)> {
    let stated = || dataset.points(stocks).filter(|stock| stock.quantity.point().is_some());
    let closing = stated().find(|stock| stock.period.end == flow.period.end)?;
    let before = stated().find(|stock| stock.period.end.tomorrow().ok() == Some(flow.period.start));
    let within = || {
        stated()
            .filter(|stock| flow.period.start <= stock.period.end && stock.period.end < flow.period.end)
            .min_by_key(|stock| stock.period.end)
    };
    Some((before.or_else(within)?, closing))
}

fn compare(
    sink: &mut Sink,
    judge: &Judge<'_>,
    flows: &Series,
    growth: &Growth<'_>,
    (title, share): (&str, f64),
) {
    let bounds = |one| judge.bounds(one, Rounding::Nearest);
    let grown = || bounds(growth.closing)?.plus(bounds(growth.opening)?.times(Decimal::NEGATIVE_ONE)?);
    let (Some(grown), Some(flow)) = (grown(), bounds(growth.flow)) else { return };
    sink.examined(1);
    let [opening, closing, stated] =
        [growth.opening, growth.closing, growth.flow].map(|one| one.quantity.point());
    let (Some(opening), Some(closing), Some(stated)) = (opening, closing, stated) else { return };
    let difference = closing - opening;
    let residual = difference - stated;
    let tolerated = stated.abs().to_f64().unwrap_or_default() * share;
    if grown.meets(flow) || residual.abs().to_f64().unwrap_or_default() <= tolerated {
        return;
    }
    let day = |one: &Observation| one.period.end;
    let message = format!(
        "from {} at {} to {} at {} are {}, while {} is stated for {}",
        growth.opening.quantity,
        day(growth.opening),
        growth.closing.quantity,
        day(growth.closing),
        signed(difference),
        growth.flow.quantity,
        growth.flow.period
    );
    let mut finding = sink
        .finding(
            flows.key.finding_subject(Some(growth.flow.period)),
            message,
            growth.flow.origin.location(),
            format!("flow: {}", growth.flow.quantity),
        )
        .related(growth.opening.origin.location(), format!("opening: {}", growth.opening.quantity))
        .related(growth.closing.origin.location(), format!("closing: {}", growth.closing.quantity))
        .note("differs", format!("by {}", signed(residual)))
        .note("relation", title);
    if let Some(help) = edit(opening, closing, stated) {
        finding = finding.help(help);
    }
    finding.evidence.method = "stock-and-flow";
    finding.evidence.observed = Some(growth.flow.quantity.to_string());
    finding.evidence.expected = Some(signed(difference));
    finding.evidence.threshold = Some(("share", share));
    sink.push(finding);
}

/// Another digit in one of the figures with which hardly anything is left of the difference, in words.
fn edit(opening: Decimal, closing: Decimal, flow: Decimal) -> Option<String> {
    let cells = [
        ("the flow", flow, closing - opening),
        ("the stock at the end", closing, opening + flow),
        ("the stock at the beginning", opening, closing - flow),
    ];
    let most = flow.abs().to_f64()? * LEFT;
    let mut edits = cells.into_iter().filter_map(|(name, value, wanted)| {
        let (edited, left) = nearest_digit_edit(value, wanted)?;
        (left.to_f64()? <= most).then(|| {
            let left = if left.is_zero() { "nothing".to_owned() } else { grouped(left) };
            format!("{name} as {}, {}, would leave {left}", grouped(edited), slip(value, edited))
        })
    });
    edits.next()
}
