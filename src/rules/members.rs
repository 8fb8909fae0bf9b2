//! Who is behind an aggregate: the members of a total and what each adds to its change.
//!
//! A clearinghouse states one figure for everybody and one for each provider, and a provider may stand in the table
//! as several brands. Members are therefore counted by the company they belong to, each company's brands in brackets.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use crate::diag::{Change, grouped, percent_change, signed};
use crate::model::{Dataset, Observation, Period, Registry, Series, SeriesKey};

/// Finds the members of aggregates.
#[derive(Debug)]
pub struct Members<'d> {
    dataset: &'d Dataset,
    /// Series about single subjects, by everything that they share with their aggregate.
    by_aggregate: HashMap<SeriesKey, Vec<&'d Series>>,
}

/// What one company adds to a change.
#[derive(Debug, Clone)]
pub struct Part {
    /// Identifier of the company, or of the subject where it belongs to none.
    pub entity: String,
    /// Name in prose.
    pub name: String,
    /// Figure before: the sum of its brands.
    pub from: Decimal,
    /// Figure after.
    pub to: Decimal,
    /// Its brands, where it has several in the data.
    pub brands: Vec<Change>,
}

impl Part {
    /// After minus before.
    pub fn change(&self) -> Decimal {
        self.to - self.from
    }

    /// In a line: name, difference, percentage.
    pub fn words(&self) -> String {
        let percent = percent_change(self.from, self.to).map(|text| format!(" ({text})")).unwrap_or_default();
        format!("{} {}{percent}", self.name, signed(self.change()))
    }
}

/// The key of the aggregate that a series would be a member of.
fn aggregate_key(key: &SeriesKey) -> SeriesKey {
    SeriesKey { subject: key.publisher.clone(), category: None, ..key.clone() }
}

impl<'d> Members<'d> {
    /// Prepares a dataset.
    pub fn new(dataset: &'d Dataset) -> Self {
        let mut by_aggregate: HashMap<SeriesKey, Vec<&Series>> = HashMap::new();
        for series in dataset.series.iter().filter(|series| series.key.subject != series.key.publisher) {
            if !dataset.is_total(series) && series.key.category.is_none() {
                by_aggregate.entry(aggregate_key(&series.key)).or_default().push(series);
            }
        }
        Self { dataset, by_aggregate }
    }

    /// The series that are members of this one; none where it is no aggregate.
    pub fn of(&self, series: &Series) -> &[&'d Series] {
        let is_named_total =
            || series.blocks.iter().any(|id| self.dataset.block(*id).total_of.as_deref() == Some("subjects"));
        // A category of the publisher's own is no sum of everybody's uncategorised figures.
        if series.key.subject != series.key.publisher || (series.key.category.is_some() && !is_named_total())
        {
            return &[];
        }
        self.by_aggregate.get(&aggregate_key(&series.key)).map(Vec::as_slice).unwrap_or_default()
    }

    /// What each company adds to the change of an aggregate between two periods, the largest fall first. A brand
    /// counts where both periods state it. Where one does not, it counts as zero if the list of that period is
    /// complete or the brand no longer existed; else nothing is known of it, and it is left out on both sides.
    pub fn parts(&self, series: &Series, earlier: Period, later: Period) -> Vec<Part> {
        let registry = &self.dataset.registry;
        let complete = [earlier, later].map(|period| self.is_listed_whole(series, period));
        let mut companies: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        for member in self.of(series) {
            let subject = &member.key.subject;
            let figure = |period: Period, is_complete: bool| match self.dataset.point_at(member, period) {
                Some(point) => point.quantity.point(),
                None if is_complete || has_ended(registry, subject, period) => Some(Decimal::ZERO),
                None => None,
            };
            let (from, to) = (figure(earlier, complete[0]), figure(later, complete[1]));
            if from.is_some() && to.is_some() && (from, to) != (Some(Decimal::ZERO), Some(Decimal::ZERO)) {
                let name = registry.entity_name(subject).to_owned();
                companies.entry(registry.top_of(subject, later).to_owned()).or_default().push(Change {
                    name,
                    from,
                    to,
                });
            }
        }
        let mut parts: Vec<Part> =
            companies.into_iter().map(|(entity, brands)| part(registry, entity, brands)).collect();
        parts.sort_by(|left, right| (left.change(), &left.entity).cmp(&(right.change(), &right.entity)));
        parts
    }

    /// Whether every document that states members for a period says that it lists all of them.
    fn is_listed_whole(&self, series: &Series, period: Period) -> bool {
        let mut documents: Vec<_> = self
            .of(series)
            .iter()
            .filter_map(|member| self.dataset.point_at(member, period))
            .map(|point| self.dataset.block_of(point).document)
            .collect();
        documents.sort_unstable();
        documents.dedup();
        let lists_all = |document| {
            let mut totals = self.dataset.blocks_of(document).iter().filter(|block| block.total_of.is_some());
            self.dataset.document(document).complete && totals.next().is_some_and(|block| block.all_parts)
        };
        !documents.is_empty() && documents.into_iter().all(lists_all)
    }
}

fn part(registry: &Registry, entity: String, mut brands: Vec<Change>) -> Part {
    let sum = |side: fn(&Change) -> Option<Decimal>| brands.iter().filter_map(side).sum();
    let (from, to) = (sum(|brand| brand.from), sum(|brand| brand.to));
    // A company of which one brand alone is listed goes by that brand's name.
    let name = match brands.as_slice() {
        [only] => only.name.clone(),
        _ => registry.entity_name(&entity).to_owned(),
    };
    if brands.len() == 1 {
        brands.clear();
    }
    Part { entity, name, from, to, brands }
}

/// Whether an entity no longer existed when a period began.
pub fn has_ended(registry: &Registry, entity: &str, period: Period) -> bool {
    registry.entity(entity).and_then(|entity| entity.until).is_some_and(|until| until < period.start)
}

/// Brands of a company with their differences: those stated in both periods, the largest first.
pub fn brands_in_words(part: &Part) -> String {
    let mut both: Vec<(&str, Decimal)> =
        part.brands.iter().filter_map(|brand| Some((brand.name.as_str(), brand.to? - brand.from?))).collect();
    both.sort_by_key(|(name, change)| (std::cmp::Reverse(change.abs()), *name));
    let words: Vec<String> =
        both.iter().map(|(name, change)| format!("{name} {}", signed(*change))).collect();
    words.join(", ")
}

/// The figures of an observation in words: `2023: 36,210,368`.
pub fn figure(observation: &Observation) -> String {
    match observation.quantity.point() {
        Some(value) => format!("{}: {}", observation.period, grouped(value)),
        None => format!("{}: {}", observation.period, observation.quantity),
    }
}
