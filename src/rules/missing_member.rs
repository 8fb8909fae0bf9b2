//! Members of a list that other lists of the same kind have and this one has not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rust_decimal::Decimal;

use super::breakdown::BREAKDOWNS;
use super::sums::Sum;
use crate::model::{Dataset, DocumentId, Name, Observation, Quantity, SeriesKey};

/// Share of a list that another one must have, so that the two list the same kind of things.
const ALIKE: f64 = 0.8;
/// Members that a list may lack; where more are missing it is another list.
const MOST: usize = 3;

/// What a total has more than the members that are listed, and who is known and not among them.
#[derive(Debug)]
pub struct Missing<'d> {
    /// The difference.
    pub residual: Decimal,
    /// The breakdown, such as `jurisdictions`.
    pub breakdown: &'static str,
    /// Members that are listed elsewhere, with a figure there that equals the difference, where there is one.
    pub members: Vec<(Name, Option<&'d Observation>)>,
}

/// What documents list, by breakdown, document and metric; looked up once something does not add up.
pub struct Lists<'d> {
    dataset: &'d Dataset,
    known: OnceLock<BTreeMap<Place<'d>, BTreeSet<&'d Name>>>,
}

/// A breakdown of a metric in a document.
type Place<'d> = (&'static str, DocumentId, &'d Name);

impl<'d> Lists<'d> {
    /// The lists of a dataset.
    pub fn new(dataset: &'d Dataset) -> Self {
        Self { dataset, known: OnceLock::new() }
    }

    fn known(&self) -> &BTreeMap<Place<'d>, BTreeSet<&'d Name>> {
        self.known.get_or_init(|| {
            let mut lists: BTreeMap<Place<'d>, BTreeSet<&Name>> = BTreeMap::new();
            for block in self.dataset.blocks.iter().filter(|block| block.total_of.is_none()) {
                let key = &self.dataset.series(block.series).key;
                for breakdown in BREAKDOWNS {
                    if let Some(name) = member(key, breakdown) {
                        lists.entry((breakdown, block.document, &key.metric)).or_default().insert(name);
                    }
                }
            }
            lists
        })
    }

    /// The members that a total with exact figures probably lacks; `None` where it lacks nothing, or nobody is known.
    pub fn missing(&self, sum: &Sum<'d>, key: &SeriesKey) -> Option<Missing<'d>> {
        let dataset = self.dataset;
        let exact =
            |one: &Observation| one.quantity.interval().filter(|one| one.is_point()).map(|one| one.low);
        let total =
            sum.parts.iter().try_fold(Decimal::ZERO, |total, part| total.checked_add(exact(part)?))?;
        let residual = exact(sum.whole)?.checked_sub(total).filter(|left| *left > Decimal::ZERO)?;
        let whole = dataset.block_of(sum.whole);
        let breakdown = BREAKDOWNS.into_iter().find(|one| whole.total_of.as_deref() == Some(*one))?;
        let part_key = |one: &Observation| &dataset.series(dataset.block_of(one).series).key;
        let listed: BTreeSet<&Name> =
            sum.parts.iter().filter_map(|part| member(part_key(part), breakdown)).collect();
        let is_other =
            |place: &Place<'_>| place.0 == breakdown && (place.1 != whole.document || *place.2 != key.metric);
        let is_alike = |list: &&BTreeSet<&Name>| {
            list.intersection(&listed).count() as f64 >= ALIKE * listed.len() as f64
                && list.difference(&listed).count() <= MOST
        };
        let others = self.known().iter().filter(|(place, _)| is_other(place)).map(|(_, list)| list);
        let candidates: BTreeSet<&Name> =
            others.filter(is_alike).flat_map(|list| list.difference(&listed).copied()).collect();
        let stated_elsewhere = |name: &Name| {
            let of_member = dataset.series.iter().filter(|one| member(&one.key, breakdown) == Some(name));
            of_member
                .filter_map(|series| dataset.point_at(series, sum.whole.period))
                .find(|point| point.quantity == Quantity::exact(residual))
        };
        let mut members: Vec<(Name, Option<&Observation>)> =
            candidates.into_iter().map(|name| (name.clone(), stated_elsewhere(name))).collect();
        if members.iter().any(|(_, figure)| figure.is_some()) {
            members.retain(|(_, figure)| figure.is_some());
        }
        (!members.is_empty()).then_some(Missing { residual, breakdown, members })
    }
}

/// What a series is about in a breakdown.
fn member<'k>(key: &'k SeriesKey, breakdown: &str) -> Option<&'k Name> {
    match breakdown {
        "subjects" => (key.subject != key.publisher).then_some(&key.subject),
        "categories" => key.category.as_ref(),
        "jurisdictions" => key.jurisdiction.as_ref(),
        "channels" => key.channel.as_ref(),
        "surfaces" => key.surface.as_ref(),
        _ => None,
    }
}
