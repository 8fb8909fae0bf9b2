use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::basis_change;
use crate::diag::{Change, Confidence, Evidence, Finding, Score, grouped, percent_change, signed};
use crate::model::{Dataset, Observation, Series};
use crate::rule::{Context, Need, Parameter, Sink};
use crate::rules::linked::{linked_series, metrics_with_links};
use crate::rules::members::{Members, figure};
use crate::rules::time::change::Shape;
use crate::rules::time::explanation::{covering_breaks, explain_by};
use crate::rules::time::report::series_name;

crate::declare_rule! {
    /// A count falls while each of the counted things holds more than it did.
    ///
    /// Several incidents may be sent as one report. The reports then fall without fewer incidents behind them. Where a
    /// linked metric counts the same events in another unit, its figure over that of the series is the number of, say,
    /// incidents in a report. It is reported where the series falls and that number has risen by the parameter; where
    /// the linked metric is not stated for the period before, one incident a report is assumed there, and said so.
    /// Years, halves and quarters of one series are each compared with their own kind.
    ///
    /// Where a publisher states the basis (`basis: {bundled: yes}`) and it changes from one period to the next, that is
    /// told whichever way the figures go, unless a period is stated on both bases. A documented break explains it.
    ///
    /// The finding names both readings. It cannot tell how much of a fall is due to either where the linked figure of
    /// the period before is missing.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {metric: cybertipline-reports, unit: report, values: {2022: 32059029, 2023: 36210368, 2024: 20512803}}
    ///   - {metric: cybertipline-incidents, unit: incident, values: {2024: 29200000}}
    /// ```
    "TR401" "bundling-suspected" Warning;
    needs [Need::Periods(2)];
    parameters &[
        Parameter {
            name: "fall",
            default: 0.1,
            range: (0.0, 1.0),
            unit: "share",
            documentation: "The count falls by at least this part.",
        },
        Parameter {
            name: "ratio",
            default: 1.2,
            range: (1.0, 100.0),
            unit: "ratio",
            documentation: "One of the counted things holds at least this many times what it held before.",
        },
    ];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let linked = metrics_with_links(dataset);
    let is_linked = |series: &&Series| linked.contains(&*series.key.metric);
    let mut members = None;
    for series in dataset.series.iter().filter(is_linked) {
        let linked_series: Vec<&Series> = linked_series(dataset, series).collect();
        if linked_series.is_empty() {
            continue;
        }
        // Years and their quarters each by themselves: between two years stand the quarters of one.
        let by_frequency = dataset.points_by_frequency(series);
        let pairs = by_frequency.values().flat_map(|points| points.windows(2));
        for pair in pairs.filter(|pair| pair[0].period.is_followed_by(pair[1].period)) {
            sink.examined(1);
            for linked in &linked_series {
                let members = members.get_or_insert_with(|| Members::new(dataset));
                let found = compare(context, series, linked, pair[0], pair[1]);
                if let Some(found) = found {
                    let finding = describe(sink, dataset, members, &found);
                    sink.push(finding);
                }
            }
        }
    }
    basis_change::check(dataset, sink);
    sink.nothing_to_check(
        "no series whose events another metric counts in another unit, and none on two stated bases",
    );
}

struct Bundling<'d> {
    series: &'d Series,
    linked: &'d Series,
    before: &'d Observation,
    at: &'d Observation,
    linked_before: Option<&'d Observation>,
    linked_at: &'d Observation,
    /// How many of the linked things one of the series' own holds.
    ratio: Decimal,
    limit: f64,
}

fn compare<'d>(
    context: &Context<'d>,
    series: &'d Series,
    linked: &'d Series,
    before: &'d Observation,
    at: &'d Observation,
) -> Option<Bundling<'d>> {
    let (dataset, key) = (context.dataset, &series.key);
    let parameter = |name| context.parameters.get(name, key, Some(at.period));
    let (from, to) = (before.quantity.point()?, at.quantity.point()?);
    let fall = Decimal::ONE.checked_sub(to.checked_div(from)?)?.to_f64()?;
    if fall < parameter("fall").max(f64::MIN_POSITIVE) {
        return None;
    }
    let linked_at = dataset.point_at(linked, at.period)?;
    let linked_before = dataset.point_at(linked, before.period);
    let ratio = linked_at.quantity.point()?.checked_div(to)?;
    let ratio_before = match linked_before {
        Some(one) => one.quantity.point()?.checked_div(from)?,
        None => Decimal::ONE,
    };
    let limit = parameter("ratio");
    let growth = ratio.checked_div(ratio_before)?.to_f64()?;
    // Where the linked figure itself falls as far, the counts agree; and what holds less than one holds no bundle.
    let is_bundle = ratio.to_f64()? >= limit && growth >= limit;
    is_bundle.then_some(Bundling { series, linked, before, at, linked_before, linked_at, ratio, limit })
}

fn describe(sink: &Sink, dataset: &Dataset, members: &Members<'_>, found: &Bundling<'_>) -> Finding {
    let Bundling { series, linked, before, at, linked_at, ratio, .. } = *found;
    let value = |one: &Observation| one.quantity.point().unwrap_or_default();
    let (own, other) = (series.key.unit, linked.key.unit);
    let fall = percent_change(value(before), value(at)).unwrap_or_default();
    let message = format!(
        "{} fall {} in {} while one {own} holds {} {}",
        series_name(dataset, series),
        fall.trim_start_matches('−'),
        at.period,
        ratio.round_dp(2).normalize(),
        other.plural(),
    );
    let place = at.origin.location();
    let subject = series.key.finding_subject(Some(at.period));
    let mut finding = sink
        .finding(subject, message, place, signed(value(at) - value(before)))
        .related(before.origin.location(), figure(before))
        .related(linked_at.origin.location(), format!("{}: {}", other.plural(), figure(linked_at)));
    let stated = format!(
        "{} {} in {} {}, {} to one",
        grouped(value(linked_at)),
        other.plural(),
        grouped(value(at)),
        own.plural(),
        ratio.round_dp(2).normalize()
    );
    finding = match found.linked_before {
        Some(one) => {
            let earlier = value(one).checked_div(value(before)).unwrap_or_default().round_dp(2).normalize();
            finding
                .related(one.origin.location(), format!("{}: {}", other.plural(), figure(one)))
                .note("ratio", format!("{stated}; {earlier} in {}", before.period))
        }
        None => {
            let assumed = percent_change(value(before), value(linked_at)).unwrap_or_default();
            finding.note(
                "ratio",
                format!(
                    "{stated}; if each {own} of {} held one, {} change by {assumed}",
                    before.period,
                    other.plural()
                ),
            )
        }
    };
    let parts = members.parts(series, before.period, at.period);
    if let Some(leader) = parts.first().filter(|part| part.change() < Decimal::ZERO && parts.len() > 1) {
        let others: Decimal = parts[1..].iter().map(crate::rules::members::Part::change).sum();
        let total = value(at) - value(before);
        finding = finding.note(
            "members",
            format!(
                "{} {}; all others that are listed in both periods {}, the rest of the total {}",
                leader.name,
                signed(leader.change()),
                signed(others),
                signed(total - leader.change() - others),
            ),
        );
    }
    finding = finding
        .note(
            "counting",
            format!(
                "several {} in one {own} lower the {} and not the {}",
                other.plural(),
                own.plural(),
                other.plural()
            ),
        )
        .note(
            "world",
            format!("fewer {} found, as when messages are encrypted end to end, lower both", other.plural()),
        );
    if found.linked_before.is_none() {
        let text = format!(
            "encryption and bundling cannot be separated from these data: {} are not stated for {}",
            other.plural(),
            before.period
        );
        finding = finding.note("open", text);
    }
    let breaks = covering_breaks(dataset, members, series, before, at, Shape::Step);
    explain_by(&mut finding, &breaks);
    let change = |name: &str, from: Option<&Observation>, to: &Observation| Change {
        name: name.to_owned(),
        from: from.map(value),
        to: Some(value(to)),
    };
    let influence = 1.0 - (value(at) / value(before)).to_f64().unwrap_or(0.0);
    finding
        .help(format!(
            "compare {}, or state how many {} one {own} held before",
            other.plural(),
            other.plural()
        ))
        .confidence(Confidence::Low)
        .cause(place)
        .score(Score { suspicion: 3.0, influence: None }.with_influence(influence))
        .evidence(Evidence {
            method: "units-in-one",
            observed: Some(ratio.round_dp(3).to_string()),
            threshold: Some(("ratio", found.limit)),
            expected: None,
            expected_range: None,
            probability: None,
            changes: vec![
                change(&own.plural(), Some(before), at),
                change(&other.plural(), found.linked_before, linked_at),
            ],
        })
}
