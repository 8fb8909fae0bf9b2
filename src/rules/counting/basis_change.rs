//! A second way in which bundling shows: the document itself says that several incidents count as one from a period on.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::diag::{Change, Confidence, Evidence, Finding, Score, percent_change, signed};
use crate::model::{Basis, Dataset, Observation, Series, SeriesKey};
use crate::rule::Sink;
use crate::rules::members::{Members, figure};
use crate::rules::time::change::Shape;
use crate::rules::time::explanation::{covering_breaks, explain_by};
use crate::rules::time::report::series_name;

/// Tells of series that differ in nothing but whether incidents are bundled, where one ends in the period before the
/// other begins. Where both state a period, that bridges them.
pub fn check(dataset: &Dataset, sink: &mut Sink) {
    let mut by_key: BTreeMap<SeriesKey, Vec<&Series>> = BTreeMap::new();
    for series in dataset.series.iter().filter(|series| bundles(series).is_some()) {
        let key =
            SeriesKey { basis: Basis { bundled: None, ..series.key.basis.clone() }, ..series.key.clone() };
        by_key.entry(key).or_default().push(series);
    }
    let mut members = None;
    for group in by_key.values() {
        let pairs = group.iter().flat_map(|old| group.iter().map(move |new| (*old, *new)));
        for (old, new) in pairs.filter(|(old, new)| bundles(old) != bundles(new)) {
            sink.examined(1);
            if let Some((before, at)) = seam(dataset, old, new) {
                let members = members.get_or_insert_with(|| Members::new(dataset));
                let finding = describe(dataset, members, sink, new, before, at);
                sink.push(finding);
            }
        }
    }
}

/// Whether several incidents may count as one; none where that is not stated.
fn bundles(series: &Series) -> Option<bool> {
    match series.key.basis.bundled.as_deref()? {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// The last figure of one series and the first of the other, in the period after it.
fn seam<'d>(
    dataset: &'d Dataset,
    old: &'d Series,
    new: &'d Series,
) -> Option<(&'d Observation, &'d Observation)> {
    let is_stated = |one: &&Observation| one.quantity.point().is_some();
    let before = dataset.points(old).rev().find(is_stated)?;
    let at = dataset.points(new).find(is_stated)?;
    let follows =
        before.period.is_followed_by(at.period) && before.period.frequency() == at.period.frequency();
    follows.then_some((before, at))
}

fn describe(
    dataset: &Dataset,
    members: &Members<'_>,
    sink: &Sink,
    series: &Series,
    before: &Observation,
    at: &Observation,
) -> Finding {
    let value = |one: &Observation| one.quantity.point().unwrap_or_default();
    let (from, to) = (value(before), value(at));
    let [old, new] = match bundles(series) {
        Some(true) => ["each by itself", "several as one"],
        _ => ["several as one", "each by itself"],
    };
    let name = series_name(dataset, series);
    let message = format!(
        "{name} count incidents {new} in {} ({}) and {old} in {} ({})",
        at.period, at.quantity, before.period, before.quantity
    );
    let place = at.origin.location();
    let change = percent_change(from, to);
    let mut finding = sink
        .finding(series.key.finding_subject(Some(at.period)), message, place, signed(to - from))
        .related(before.origin.location(), figure(before))
        .note(
            "counting",
            format!(
                "the basis that is stated changes, so that {} says nothing of how many incidents there were",
                change.as_deref().unwrap_or("the difference")
            ),
        )
        .note("world", "what of it is a change in the world cannot be told from these figures")
        .help("declare the break with its date and source, or state one of both periods on both bases")
        .confidence(Confidence::High)
        .cause(place);
    let breaks = covering_breaks(dataset, members, series, before, at, Shape::Step);
    explain_by(&mut finding, &breaks);
    let part = (to - from).abs().checked_div(from.max(to).max(Decimal::ONE)).and_then(|part| part.to_f64());
    finding.score(Score { suspicion: 3.0, influence: None }.with_influence(part.unwrap_or(1.0))).evidence(
        Evidence {
            method: "stated-basis",
            changes: vec![Change { name, from: Some(from), to: Some(to) }],
            ..Evidence::default()
        },
    )
}
