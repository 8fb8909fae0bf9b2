use std::collections::HashSet;

use super::{Lineage, VINTAGES, evidence, rolled_back};
use crate::diag::{Evidence, grouped};
use crate::history::{Change, Return, words};
use crate::model::{Additivity, Name, Period, SeriesKey};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A rate or share that was restated with its counts and stayed when these were put back.
    ///
    /// A rate is computed from counts, so both should change together. Where a release restates the counts and the rates
    /// of a subject, category and period, and a later one puts the counts back but not the rates, the rates still follow
    /// figures that the publisher has withdrawn. Where counts and rate are both exact enough to be recomputed, another
    /// rule does that.
    ///
    /// ## Example
    ///
    /// ```yaml without restated restated-materially rolled-back revision-unmarked
    /// vintage: {id: 2023-Q2}
    /// series: [{values: {2022: 9400}}, {metric: reversal-rate, unit: rate, values: {2022: 0.31}}]
    /// ---
    /// vintage: {id: 2023-Q3, supersedes: 2023-Q2}
    /// series: [{values: {2022: 2800}}, {metric: reversal-rate, unit: rate, values: {2022: 0.45}}]
    /// ---
    /// vintage: {id: 2023-Q4, supersedes: 2023-Q3}
    /// series: [{values: {2022: 9400}}, {metric: reversal-rate, unit: rate, values: {2022: 0.45}}]
    /// ```
    "TR506" "stale-after-restatement" Warning;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// What a rate shares with the counts that it is computed from, and the release that changed it.
type Place<'d> = (&'d Name, Option<&'d Name>, Option<&'d Name>, Option<&'d Name>, Period, usize);

fn place(key: &SeriesKey, period: Period, away: usize) -> Place<'_> {
    (&key.subject, key.category.as_ref(), key.surface.as_ref(), key.jurisdiction.as_ref(), period, away)
}

/// Reports, for each release that puts counts back, the rates that it leaves.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    let registry = &context.dataset.registry;
    for lineage in lineages {
        for (back, returns) in rolled_back::by_release(lineage) {
            sink.examined(returns.len());
            let is_count = |one: &&Return<'_, '_>| one.history.key.unit.additivity() != Additivity::None;
            let counts: HashSet<Place<'_>> = returns
                .iter()
                .filter(is_count)
                .map(|one| place(one.history.key, one.history.period, one.away()))
                .collect();
            let left = left_behind(lineage, back, &counts);
            let Some(first) = left.first() else { continue };
            let name = &lineage.sides[back].name;
            let what = match left.len() {
                1 => "1 rate or share".to_owned(),
                count => format!("{} rates and shares", grouped(count.into())),
            };
            let message = format!(
                "{what} of {} changed with the counts of the same category and did not return with them in {name}",
                words::period_names(left.iter().map(Change::period)),
            );
            let place = first.new.origin.location();
            let mut finding = sink
                .finding(
                    lineage.subject(name.clone()),
                    message,
                    place,
                    format!("{} still", words::printed(first.new)),
                )
                .related(first.old.origin.location(), format!("{} before", words::printed(first.old)));
            finding.cause = returns.first().map(|one| one.observations()[2].origin.location());
            finding = evidence::name_largest(finding, registry, &left)
                .help("compute them again from the counts that hold now, or say why they differ");
            sink.push(finding.evidence(Evidence {
                method: "vintages-left-behind",
                changes: evidence::figures(registry, &left),
                ..Evidence::default()
            }));
        }
    }
}

/// Rates that changed where and when the counts did and do not have their old number in the release that puts these
/// back; from the number before to the number now.
fn left_behind<'d>(lineage: &Lineage<'d>, back: usize, counts: &HashSet<Place<'d>>) -> Vec<Change<'d>> {
    let mut left = Vec::new();
    for history in &lineage.histories.list {
        if history.key.unit.additivity() != Additivity::None {
            continue;
        }
        let at = |release: usize| history.statements.iter().position(|(place, _)| *place == release);
        let Some(now) = at(back) else { continue };
        for place_of in 1..now {
            let (before, changed) = (history.statements[place_of - 1].1, history.statements[place_of]);
            let differs =
                |other: &crate::model::Observation| other.quantity.point() != before.quantity.point();
            if counts.contains(&place(history.key, history.period, changed.0))
                && differs(changed.1)
                && differs(history.statements[now].1)
            {
                left.push(Change { key: history.key, old: before, new: history.statements[now].1 });
                break;
            }
        }
    }
    left.sort_by(|one, other| other.weight().total_cmp(&one.weight()));
    left
}
