//! Which series count the same thing: by their own metric and breakdown, or because a relation declares it (`same_as`).

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

use crate::model::{Basis, Dataset, Name, RelationKind, Scope, Series, SeriesKey, Term, fields_of};

/// Series that count the same thing, whoever states them and whoever they are about.
pub struct Matter<'d> {
    /// What they count: everything but publisher and subject.
    pub key: SeriesKey,
    /// The series.
    pub series: Vec<&'d Series>,
    /// At which level they are compared.
    pub scope: Scope,
    /// A difference, as a share of the mean, that a relation declares to be none.
    pub tolerance: Decimal,
}

/// All matters in a fixed order. Of series that a relation declares to be the same nothing else is said under the same key;
/// those beside them are compared by their metric as ever.
pub fn matters(dataset: &Dataset) -> Vec<Matter<'_>> {
    let mut by_key: HashMap<SeriesKey, Vec<&Series>> = HashMap::new();
    for series in &dataset.series {
        by_key.entry(matter_of(&series.key)).or_default().push(series);
    }
    let mut all = declared(dataset);
    // By their addresses: two series never have one key.
    let mut taken: HashMap<&SeriesKey, HashSet<*const Series>> = HashMap::new();
    for one in &all {
        taken.entry(&one.key).or_default().extend(one.series.iter().map(|one| std::ptr::from_ref(*one)));
    }
    let undeclared: Vec<Matter<'_>> = by_key
        .into_iter()
        .map(|(key, mut series)| {
            if let Some(taken) = taken.get(&key) {
                series.retain(|one| !taken.contains(&std::ptr::from_ref(*one)));
            }
            Matter { key, series, scope: Scope::Company, tolerance: Decimal::ZERO }
        })
        .filter(|one| !one.series.is_empty())
        .collect();
    all.extend(undeclared);
    all.sort_by(|one, other| one.key.cmp(&other.key));
    all
}

/// What a figure counts, without who states it, whom it is about and how it was found.
fn matter_of(key: &SeriesKey) -> SeriesKey {
    SeriesKey {
        publisher: Name::from(""),
        subject: Name::from(""),
        detection: None,
        basis: Basis::default(),
        ..key.clone()
    }
}

/// What relations declare to be the same.
fn declared(dataset: &Dataset) -> Vec<Matter<'_>> {
    let mut found = Vec::new();
    for relation in dataset.registry.relations() {
        let RelationKind::SameAs { one, other, scope, tolerance } = &relation.kind else { continue };
        let mut by_key: BTreeMap<SeriesKey, Vec<&Series>> = BTreeMap::new();
        for series in &dataset.series {
            let is_either = matches(one, other, &series.key) || matches(other, one, &series.key);
            if is_either {
                by_key.entry(common(dataset, one, other, &series.key)).or_default().push(series);
            }
        }
        let matter = |(key, series)| Matter { key, series, scope: *scope, tolerance: *tolerance };
        found.extend(by_key.into_iter().map(matter));
    }
    found
}

/// Whether a series stands at the place of a term, beside which another one names fields that this one does not.
fn matches(term: &Term, beside: &Term, key: &SeriesKey) -> bool {
    let agrees = |index: usize, named: Option<&Name>, other: Option<&Name>, field: Option<&Name>| {
        match (named, other) {
            (Some(_), _) => named == field,
            // Who is not named speaks of itself.
            (None, Some(_)) if index < 2 => key.publisher == key.subject,
            (None, Some(_)) => field.is_none(),
            (None, None) => true,
        }
    };
    let mut fields = term.fields().into_iter().zip(beside.fields()).zip(fields_of(key)).enumerate();
    term.metric == key.metric
        && fields.all(|(index, ((named, other), field))| agrees(index, named, other, field))
}

/// What the series at both places of a relation have in common.
fn common(dataset: &Dataset, one: &Term, other: &Term, key: &SeriesKey) -> SeriesKey {
    let is_named = |field: fn(&Term) -> &Option<Name>| field(one).is_some() || field(other).is_some();
    let mut common = matter_of(key);
    common.metric = one.metric.clone();
    common.unit = dataset.registry.metric(&one.metric).map_or(common.unit, |metric| metric.unit);
    for (is_named, field) in [
        (is_named(|term| &term.category), &mut common.category),
        (is_named(|term| &term.channel), &mut common.channel),
        (is_named(|term| &term.surface), &mut common.surface),
        (is_named(|term| &term.jurisdiction), &mut common.jurisdiction),
    ] {
        if is_named {
            *field = None;
        }
    }
    common
}
