use std::collections::BTreeMap;

use super::{Lineage, VINTAGES, evidence};
use crate::diag::{Change as Figure, Evidence, Finding, grouped, listing};
use crate::history::{Change, Return, words};
use crate::model::Dataset;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A number that one release changed and a later one put back.
    ///
    /// In between, everybody who read the newest release had another figure than before and after. Nothing else looks
    /// like it: independent revisions do not return to the exact number. Compared are the numbers that all releases
    /// state of a figure, through renamed keys; there is one finding for each release that puts numbers back.
    ///
    /// ## Example
    ///
    /// ```yaml without restated restated-materially revision-unmarked
    /// vintage: {id: 2023-Q2}
    /// series: [{values: {2022: 9400}}]
    /// ---
    /// vintage: {id: 2023-Q3, supersedes: 2023-Q2}
    /// series: [{values: {2022: 2800}}]
    /// ---
    /// vintage: {id: 2023-Q4, supersedes: 2023-Q3}
    /// series: [{values: {2022: 9400}}]
    /// ```
    "TR503" "rolled-back" Warning;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// Numbers that came back, by the release that has them again, the largest change first.
pub(in crate::rules) fn by_release<'l, 'd>(lineage: &'l Lineage<'d>) -> BTreeMap<usize, Vec<Return<'l, 'd>>> {
    let mut groups: BTreeMap<usize, Vec<Return<'l, 'd>>> = BTreeMap::new();
    for one in lineage.histories.returns() {
        groups.entry(one.back()).or_default().push(one);
    }
    for group in groups.values_mut() {
        group.sort_by(|left, right| excursion(right).weight().total_cmp(&excursion(left).weight()));
    }
    groups
}

/// The change that was taken back.
fn excursion<'d>(one: &Return<'_, 'd>) -> Change<'d> {
    let [before, between, _] = one.observations();
    Change { key: one.history.key, old: before, new: between }
}

/// Reports each release that puts numbers back.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    for lineage in lineages {
        sink.examined(lineage.histories.list.iter().filter(|one| one.statements.len() > 2).count());
        for (back, returns) in by_release(lineage) {
            let finding = rollback(context.dataset, lineage, back, &returns, sink);
            sink.push(finding);
        }
    }
}

fn rollback(
    dataset: &Dataset,
    lineage: &Lineage<'_>,
    back: usize,
    returns: &[Return<'_, '_>],
    sink: &Sink,
) -> Finding {
    let name = |place: usize| lineage.sides[place].name.clone();
    let mut away: Vec<usize> = returns.iter().map(Return::away).collect();
    away.sort_unstable();
    away.dedup();
    let away_names: Vec<String> = away.iter().map(|place| name(*place)).collect();
    let count = returns.len();
    let message = format!(
        "{} of {} changed in {} and returned in {}",
        if count == 1 { "1 value".to_owned() } else { format!("{} values", grouped(count.into())) },
        words::period_names(returns.iter().map(|one| one.history.period)),
        listing(&away_names, 6),
        name(back)
    );
    let largest = &returns[0];
    let [before, between, after] = largest.observations();
    let at = after.origin.location();
    let before_release = largest.history.statements[largest.before].0;
    let mut finding = sink
        .finding(lineage.subject(name(back)), message, at, format!("{} again", words::printed(after)))
        .related(
            between.origin.location(),
            format!("{} in {}", words::printed(between), name(largest.away())),
        )
        .related(before.origin.location(), format!("{} in {}", words::printed(before), name(before_release)))
        .cause(at);
    let excursions: Vec<Change<'_>> = returns.iter().map(excursion).collect();
    finding = evidence::name_largest(finding, &dataset.registry, &excursions);
    for place in away {
        let of_release = returns.iter().filter(|one| one.away() == place).map(|one| one.history.period);
        finding = finding.note("changed", format!("in {}: {}", name(place), words::by_period(of_release)));
    }
    let figures = returns.iter().map(|one| {
        let [before, between, _] = one.observations();
        let name = words::figure_name(&dataset.registry, one.history.key, one.history.period);
        Figure { name, from: before.quantity.point(), to: between.quantity.point() }
    });
    finding.evidence(Evidence {
        method: "vintages-returned",
        changes: figures.collect(),
        ..Evidence::default()
    })
}
