//! Tables that are computed from what others state.
//!
//! A comparison of providers, year by year, is made from their own reports: half-years are summed, brands added to
//! their company. Nobody declares that; it shows. Where a document states figures of several publishers, and most of
//! these are what the other documents give when summed, it is derived, and a figure that does not follow has been left
//! behind.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

use crate::model::{
    Dataset, DocumentId, Frequency, Name, Observation, Period, Quantity, Series, SeriesId, SeriesKey,
};

/// Publishers whose figures a document must state to be a comparison.
const PUBLISHERS: usize = 3;
/// Figures that must be sums of what others state, unless configured otherwise.
pub const LEAST_DERIVED: usize = 5;
/// Share of the figures that must follow from the other documents.
const FOLLOWING: f64 = 0.8;

/// A document that is computed from others.
#[derive(Debug)]
pub struct Derived<'d> {
    /// The document.
    pub document: DocumentId,
    /// How many of its figures follow.
    pub follows: usize,
    /// The figures that do not.
    pub stale: Vec<Recomputed<'d>>,
}

/// A figure and what the other documents give in its place.
#[derive(Debug)]
pub struct Recomputed<'d> {
    /// The figure.
    pub stated: &'d Observation,
    /// What it is about.
    pub key: &'d SeriesKey,
    /// What it is computed from, by subject.
    pub inputs: Vec<(&'d Name, Vec<&'d Observation>)>,
    /// Their sum.
    pub sum: Decimal,
}

impl Recomputed<'_> {
    /// Subjects whose figures are exactly what the sum has more than what is stated.
    pub fn lacking(&self) -> Vec<&Name> {
        let stated = self.stated.quantity.point();
        let parts = self.inputs.iter().map(|(name, inputs)| (*name, total(inputs)));
        parts
            .filter(|(_, part)| stated.zip(*part).is_some_and(|(stated, part)| self.sum - part == stated))
            .map(|(name, _)| name)
            .collect()
    }
}

/// The sum of exact figures.
fn total(inputs: &[&Observation]) -> Option<Decimal> {
    inputs.iter().try_fold(Decimal::ZERO, |sum, one| sum.checked_add(one.quantity.exact_value()?))
}

/// Every document of which at least so many figures are sums of what others state, and most others are too.
pub fn derived(dataset: &Dataset, least: usize) -> Vec<Derived<'_>> {
    if dataset.documents.len() < 2 {
        return Vec::new();
    }
    let documents = (0..dataset.documents.len()).map(|index| DocumentId(index as u32));
    let comparisons: Vec<DocumentId> =
        documents.filter(|document| is_comparison(dataset, *document)).collect();
    if comparisons.is_empty() {
        return Vec::new();
    }
    let members = members(dataset);
    comparisons.into_iter().filter_map(|one| derived_from_others(dataset, &members, one, least)).collect()
}

/// Whether a document states figures of several publishers.
fn is_comparison(dataset: &Dataset, document: DocumentId) -> bool {
    let keys = dataset.blocks_of(document).iter().map(|block| &dataset.series(block.series).key);
    let publishers: BTreeSet<&Name> = keys.map(|key| &key.publisher).collect();
    publishers.len() >= PUBLISHERS
}

fn derived_from_others<'d>(
    dataset: &'d Dataset,
    members: &Members<'d>,
    document: DocumentId,
    least: usize,
) -> Option<Derived<'d>> {
    let (mut follows, mut computed, mut others, mut stale) = (0, 0, 0, Vec::new());
    let stated_here: BTreeSet<SeriesId> =
        dataset.blocks_of(document).iter().map(|block| block.series).collect();
    for series in stated_here.into_iter().map(|id| dataset.series(id)) {
        // Nobody else states anything of it.
        if series.blocks.iter().all(|block| dataset.block(*block).document == document) {
            continue;
        }
        let (mut following, mut behind) = (0, Vec::new());
        let own = dataset.statements(series).filter(|one| dataset.block_of(one).document == document);
        for stated in own {
            let Some(recomputed) = recompute(dataset, members, document, series, stated) else { continue };
            if stated.quantity == Quantity::exact(recomputed.sum) {
                following += 1;
                computed +=
                    usize::from(recomputed.inputs.iter().map(|(_, inputs)| inputs.len()).sum::<usize>() > 1);
            } else {
                behind.push(recomputed);
            }
        }
        follows += following;
        others += behind.len();
        // Where hardly any figure of a series follows, it is computed from something else.
        if following >= behind.len() {
            stale.extend(behind);
        }
    }
    let share = follows as f64 / (follows + others).max(1) as f64;
    (computed >= least && share >= FOLLOWING).then_some(Derived { document, follows, stale })
}

/// Series by every company that their subject belongs or belonged to.
type Members<'d> = HashMap<&'d str, Vec<&'d Series>>;

fn members(dataset: &Dataset) -> Members<'_> {
    /// Parents above an entity that are followed.
    const LONGEST_CHAIN: usize = 8;
    let mut members: Members<'_> = HashMap::new();
    for series in &dataset.series {
        let mut above: BTreeSet<&str> = BTreeSet::new();
        let mut level = vec![&*series.key.subject];
        for _ in 0..LONGEST_CHAIN {
            let parents =
                level.iter().filter_map(|id| dataset.registry.entity(id)).flat_map(|one| &one.parents);
            level = parents.map(|membership| membership.parent.as_str()).collect();
            above.extend(&level);
        }
        for company in above {
            members.entry(company).or_default().push(series);
        }
    }
    members
}

/// What other documents give for a figure: that of its subject, and of all that belongs to it.
fn recompute<'d>(
    dataset: &'d Dataset,
    members: &Members<'d>,
    document: DocumentId,
    series: &'d Series,
    stated: &'d Observation,
) -> Option<Recomputed<'d>> {
    let key = &series.key;
    let own = inputs(dataset, document, series, stated.period)?;
    let speaks_of_itself = key.publisher == key.subject;
    let belonging = members.get(&*key.subject).into_iter().flatten().filter(|other| {
        let other = &other.key;
        let is_publisher = if speaks_of_itself {
            other.publisher == other.subject
        } else {
            other.publisher == key.publisher
        };
        is_publisher
            && other.subject != key.subject
            && is_like(other, key)
            && dataset.registry.belongs_to(&other.subject, &key.subject, stated.period)
    });
    let belonging = belonging
        .filter_map(|member| Some((&member.key.subject, inputs(dataset, document, member, stated.period)?)));
    let inputs: Vec<(&Name, Vec<&Observation>)> =
        std::iter::once((&key.subject, own)).chain(belonging).collect();
    let sum = inputs.iter().try_fold(Decimal::ZERO, |sum, (_, inputs)| sum.checked_add(total(inputs)?))?;
    Some(Recomputed { stated, key, inputs, sum })
}

/// Whether two series differ in publisher and subject alone.
pub fn is_like(one: &SeriesKey, other: &SeriesKey) -> bool {
    one.metric == other.metric
        && one.unit == other.unit
        && one.breakdown() == other.breakdown()
        && one.jurisdiction == other.jurisdiction
        && one.basis == other.basis
}

/// What other documents state of a series for a period: one figure, or those of all its halves, quarters or months.
fn inputs<'d>(
    dataset: &'d Dataset,
    document: DocumentId,
    series: &'d Series,
    period: Period,
) -> Option<Vec<&'d Observation>> {
    // Statements are in the order of their periods.
    let place = |day| series.statements.partition_point(|id| dataset.observation(id).period.start < day);
    let first = place(period.start);
    let last = period.end.tomorrow().map_or(series.statements.len(), place);
    let stated = || {
        dataset.observations.within(&series.statements, first..last).filter(|one| {
            let block = dataset.block_of(one);
            // What repeats another figure would be counted twice.
            block.document != document && !block.redundant && matches!(one.quantity, Quantity::Exact(_))
        })
    };
    if let Some(same) = stated().find(|one| one.period == period) {
        return Some(vec![same]);
    }
    let months = period.frequency().months()?;
    [Frequency::Half, Frequency::Quarter, Frequency::Month].into_iter().find_map(|frequency| {
        let count = months / frequency.months().filter(|length| *length < months)?;
        let mut parts: Vec<&Observation> = stated()
            .filter(|one| one.period.frequency() == frequency && period.contains(one.period))
            .collect();
        parts.dedup_by_key(|one| one.period);
        (parts.len() == count as usize).then_some(parts)
    })
}
