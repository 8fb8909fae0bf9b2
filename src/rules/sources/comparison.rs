//! Which figures of two sources speak of the same thing, and at which scope.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::matter::{Matter, matters};
use super::side::{Entry, Figure, entries, without_repeats};
use crate::model::{Dataset, DocumentId, Name, Period, Scope as Level, Series, SeriesKey, territories_of};

/// What the two figures of a pair cover.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The company with all services that either side states.
    Company,
    /// The publisher's own service alone, which the other side lists apart.
    Brand,
    /// Without a service that the other side counts with the company.
    Without(String),
    /// A service that publishes for itself is within the figure of its owner.
    Within(String),
    /// What was found in this way alone.
    Detection(String),
    /// The first side's country with its territories.
    FirstWithTerritories,
    /// The second side's country with its territories.
    SecondWithTerritories,
}

/// Two figures at one scope.
#[derive(Debug, Clone)]
pub struct Reading<'d> {
    /// The scope.
    pub scope: Scope,
    /// The first side's figure.
    pub first: Figure<'d>,
    /// The second side's figure.
    pub second: Figure<'d>,
    /// Names of those whose activity the second figure covers.
    pub covers: Vec<String>,
}

/// All readings of one pair of figures; the first of them is the usual one.
#[derive(Debug, Clone)]
pub struct Pair<'d> {
    /// The period.
    pub period: Period,
    /// Figures at several scopes.
    pub readings: Vec<Reading<'d>>,
    /// Whether one side states a group and the other one of its services, and neither states what the other does.
    pub is_unmatched: bool,
}

/// Who states the figures of one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The company itself, with its services.
    Own,
    /// Another publisher.
    Publisher(Name),
    /// One document of a publisher.
    Document(DocumentId, Name),
}

/// Everything that two sources state of one thing.
#[derive(Debug, Clone)]
pub struct Comparison<'d> {
    /// What is counted: everything but publisher and subject.
    pub matter: SeriesKey,
    /// A difference, as a share of the mean, that a relation declares to be none.
    pub tolerance: Decimal,
    /// Identifier of the company.
    pub company: String,
    /// The first side.
    pub first: Source,
    /// The second side.
    pub second: Source,
    /// Pairs by period.
    pub pairs: Vec<Pair<'d>>,
}

/// Most names of whom one series could be about.
const LONGEST_KIN: usize = 16;
/// A part of a company's figure from which on a publisher stands for the company.
const MOST: Decimal = Decimal::from_parts(5, 0, 0, false, 1);

/// Everything that two sources state of the same thing, in a fixed order.
pub fn comparisons<'d>(dataset: &'d Dataset) -> Vec<Comparison<'d>> {
    if !has_sources(dataset, &dataset.series) {
        return Vec::new();
    }
    let mut found: BTreeMap<_, Comparison<'_>> = BTreeMap::new();
    for (place, matter) in matters(dataset).iter().enumerate() {
        let Matter { key, series, scope, tolerance } = matter;
        // Most series are about somebody of whom one source alone speaks.
        let mut groups = kin(dataset, series, *scope);
        groups.retain(|group| has_sources(dataset, group.iter().copied()));
        let series: Vec<&Series> = groups.concat();
        let series = &series;
        let periods: BTreeSet<Period> =
            series.iter().flat_map(|one| dataset.points(one)).map(|point| point.period).collect();
        for period in periods {
            // Whom a figure is about, or whom that belongs to.
            let owner = |id: &'d str| match scope {
                Level::Company => dataset.registry.top_of(id, period),
                Level::Entity => id,
            };
            for (company, entries) in by_company(dataset, series, period, owner) {
                for (first, second, pair) in pairs(dataset, company, entries, period, owner) {
                    let sources = (place, company.to_owned(), first.clone(), second.clone());
                    let comparison = found.entry(sources).or_insert_with(|| Comparison {
                        matter: key.clone(),
                        tolerance: *tolerance,
                        company: company.to_owned(),
                        first,
                        second,
                        pairs: Vec::new(),
                    });
                    comparison.pairs.push(pair);
                }
            }
        }
    }
    found.into_values().collect()
}

/// Series by those whom they could be about at any time: the subject, whoever it belonged to, and whoever belonged to them.
fn kin<'d>(dataset: &'d Dataset, series: &[&'d Series], scope: Level) -> Vec<Vec<&'d Series>> {
    let mut groups: Vec<Vec<&Series>> = Vec::new();
    let mut group_of: HashMap<&str, usize> = HashMap::new();
    for one in series {
        let mut names = vec![&*one.key.subject];
        if scope == Level::Company {
            let mut next = 0;
            // A registry may name parents in a circle.
            while let Some(name) = names.get(next).copied().filter(|_| next < LONGEST_KIN) {
                next += 1;
                let parents = dataset.registry.entity(name).into_iter().flat_map(|entity| &entity.parents);
                let new =
                    parents.map(|membership| membership.parent.as_str()).filter(|name| !names.contains(name));
                let new: Vec<&str> = new.collect();
                names.extend(new);
            }
        }
        let mut known: Vec<usize> = names.iter().filter_map(|name| group_of.get(name).copied()).collect();
        known.sort_unstable();
        known.dedup();
        let into = known.first().copied().unwrap_or(groups.len());
        if into == groups.len() {
            groups.push(Vec::new());
        }
        for other in known.iter().skip(1) {
            let moved = std::mem::take(&mut groups[*other]);
            groups[into].extend(moved);
            group_of.values_mut().filter(|group| **group == *other).for_each(|group| *group = into);
        }
        groups[into].push(one);
        names.into_iter().for_each(|name| {
            group_of.insert(name, into);
        });
    }
    groups
}

/// Whether there are two publishers, or documents in two formats by one.
fn has_sources<'d>(dataset: &Dataset, series: impl IntoIterator<Item = &'d Series>) -> bool {
    let mut series = series.into_iter();
    let Some(first) = series.next() else { return false };
    let profile = |series: &Series| {
        let mut profiles =
            series.blocks.iter().map(|id| &dataset.document(dataset.block(*id).document).profile);
        let first = profiles.next();
        first.filter(|first| profiles.all(|other| other == *first))
    };
    let of_first = profile(first);
    of_first.is_none()
        || series.any(|other| other.key.publisher != first.key.publisher || profile(other) != of_first)
}

/// What is stated for a period, by the company that it is about.
fn by_company<'d>(
    dataset: &'d Dataset,
    alike: &[&'d Series],
    period: Period,
    owner: impl Fn(&'d str) -> &'d str,
) -> BTreeMap<&'d str, Vec<Entry<'d>>> {
    let mut companies: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for series in alike {
        let company = owner(&series.key.subject);
        companies.entry(company).or_default().extend(entries(dataset, series, period));
    }
    companies
}

type Compared<'d> = (Source, Source, Pair<'d>);

/// The pairs among what is stated of one company.
fn pairs<'d>(
    dataset: &'d Dataset,
    company: &str,
    entries: Vec<Entry<'d>>,
    period: Period,
    owner: impl Fn(&'d str) -> &'d str,
) -> Vec<Compared<'d>> {
    let mut by_publisher: BTreeMap<&'d Name, BTreeMap<DocumentId, Vec<Entry<'_>>>> = BTreeMap::new();
    for entry in entries {
        let documents = by_publisher.entry(&entry.series.key.publisher).or_default();
        documents.entry(entry.document).or_default().push(entry);
    }
    let (mut own, mut others) = (Vec::new(), Vec::new());
    let mut found = Vec::new();
    for (publisher, documents) in by_publisher {
        let mut documents: Vec<(DocumentId, Vec<Entry<'_>>)> =
            documents.into_iter().map(|(id, entries)| (id, without_repeats(entries))).collect();
        // The document that says most; a derived table speaks only where nothing else does.
        documents.sort_by_key(|(id, entries)| {
            (dataset.document(*id).derived, std::cmp::Reverse(entries.len()), std::cmp::Reverse(*id))
        });
        found.extend(between_documents(dataset, publisher, &documents, period));
        let Some((document, entries)) =
            documents.into_iter().next().filter(|(_, entries)| !entries.is_empty())
        else {
            continue;
        };
        if owner(publisher) == company {
            own.push((dataset.document(document).derived, entries));
        } else {
            others.push((publisher, entries));
        }
    }
    if own.iter().any(|(is_derived, _)| !is_derived) {
        own.retain(|(is_derived, _)| !is_derived);
    }
    let own: Vec<Entry<'_>> = own.into_iter().flat_map(|(_, entries)| entries).collect();
    for (index, (publisher, entries)) in others.iter().enumerate() {
        if let Some(pair) = own_against_other(dataset, &own, entries, period) {
            found.push((Source::Own, Source::Publisher((*publisher).clone()), pair));
        }
        for (later, others) in &others[index + 1..] {
            let sources = (Source::Publisher((*publisher).clone()), Source::Publisher((*later).clone()));
            found.extend(
                same_subjects(dataset, entries, others, period).map(|pair| (sources.0, sources.1, pair)),
            );
        }
    }
    found
}

/// Pairs of one publisher's documents in different formats: its tables are sources to each other.
fn between_documents<'d>(
    dataset: &'d Dataset,
    publisher: &Name,
    documents: &[(DocumentId, Vec<Entry<'d>>)],
    period: Period,
) -> Vec<Compared<'d>> {
    let mut originals = documents.iter().filter(|(id, _)| !dataset.document(*id).derived);
    let Some((first, entries)) = originals.next() else { return Vec::new() };
    let profile = |id: DocumentId| dataset.document(id).profile.as_ref();
    originals
        .filter(|(id, _)| {
            profile(*id).is_some() && profile(*first).is_some() && profile(*id) != profile(*first)
        })
        .filter_map(|(id, others)| {
            let pair = same_subjects(dataset, entries, others, period)?;
            let source = |id: DocumentId| Source::Document(id, publisher.clone());
            Some((source(*first), source(*id), pair))
        })
        .collect()
}

fn sum_of<'e, 'd: 'e>(entries: impl IntoIterator<Item = &'e Entry<'d>>) -> Option<Figure<'d>> {
    Figure::sum(entries.into_iter().map(|entry| entry.figure.clone()))
}

/// Names of subjects, each once, in the order of their figures.
fn names(dataset: &Dataset, entries: &[&Entry<'_>], period: Period) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let name = dataset.registry.entity_name(dataset.registry.identity_of(entry.subject(), period));
        if names.iter().all(|known| known != name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// What a company says of itself against what another publisher says of it.
fn own_against_other<'d>(
    dataset: &'d Dataset,
    own: &[Entry<'d>],
    other: &[Entry<'d>],
    period: Period,
) -> Option<Pair<'d>> {
    let belongs = |id: &Name, to: &Name| dataset.registry.belongs_to(id, to, period);
    let first = sum_of(own)?;
    let all: Vec<&Entry<'_>> = other.iter().collect();
    let same: Vec<&Entry<'_>> =
        other.iter().filter(|entry| own.iter().any(|one| belongs(entry.subject(), one.subject()))).collect();
    let has_owner = other.iter().any(|entry| own.iter().any(|one| belongs(one.subject(), entry.subject())));
    let whole = sum_of(all.iter().copied())?;
    let reading = |scope: Scope, first: Figure<'d>, second: &[&Entry<'d>]| {
        Some(Reading {
            scope,
            first,
            second: sum_of(second.iter().copied())?,
            covers: names(dataset, second, period),
        })
    };
    let stands_for_company =
        sum_of(same.iter().copied()).is_some_and(|part| part.value >= whole.value * MOST);
    let mut readings = Vec::new();
    if same.is_empty() && !has_owner {
        // Siblings alone: each side speaks of another service.
        return None;
    }
    if same.is_empty() || stands_for_company {
        readings.extend(reading(Scope::Company, first.clone(), &all));
    }
    if !same.is_empty() && (same.len() < all.len() || readings.is_empty()) {
        readings.extend(reading(Scope::Brand, first.clone(), &same));
    }
    let base = if readings.first()?.scope == Scope::Company { &all } else { &same };
    let base_names: BTreeSet<&Name> = base.iter().map(|entry| entry.subject()).collect();
    for subject in base_names.iter().filter(|subject| own.iter().all(|one| one.subject() != **subject)) {
        let rest: Vec<&Entry<'_>> =
            base.iter().copied().filter(|entry| entry.subject() != *subject).collect();
        let name = dataset.registry.entity_name(subject).to_owned();
        readings.extend(reading(Scope::Without(name), first.clone(), &rest));
    }
    for part in own {
        let is_within =
            |one: &Entry<'_>| one.subject() != part.subject() && belongs(part.subject(), one.subject());
        if own.iter().any(is_within) {
            let rest = sum_of(own.iter().filter(|one| one.subject() != part.subject()))?;
            let name = dataset.registry.entity_name(part.subject()).to_owned();
            readings.extend(reading(Scope::Within(name), rest, base));
        }
    }
    let ways: BTreeSet<&Name> = own.iter().filter_map(|one| one.series.key.detection.as_ref()).collect();
    for way in ways {
        let part =
            sum_of(own.iter().filter(|one| one.series.key.detection.as_ref().is_none_or(|one| one == way)))?;
        readings.extend(reading(Scope::Detection(way.to_string()), part, base));
    }
    if let ([mine], [theirs]) = (own, base.as_slice()) {
        readings.extend(with_territories(dataset, mine, theirs, period));
    }
    Some(Pair { period, readings, is_unmatched: same.is_empty() })
}

/// What two sources say of the same subjects; `None` where the subjects differ.
fn same_subjects<'d>(
    dataset: &'d Dataset,
    first: &[Entry<'d>],
    second: &[Entry<'d>],
    period: Period,
) -> Option<Pair<'d>> {
    let subjects =
        |entries: &[Entry<'d>]| -> BTreeSet<&'d Name> { entries.iter().map(Entry::subject).collect() };
    if subjects(first) != subjects(second) {
        return None;
    }
    let all: Vec<&Entry<'_>> = second.iter().collect();
    let (one, other) = (sum_of(first)?, sum_of(second)?);
    let covers = names(dataset, &all, period);
    let mut readings = vec![Reading { scope: Scope::Company, first: one, second: other, covers }];
    if let ([one], [other]) = (first, second) {
        readings.extend(with_territories(dataset, one, other, period));
    }
    Some(Pair { period, readings, is_unmatched: false })
}

/// The same with the territories of a country added on one side, where its document lists them apart.
fn with_territories<'d>(
    dataset: &'d Dataset,
    first: &Entry<'d>,
    second: &Entry<'d>,
    period: Period,
) -> Vec<Reading<'d>> {
    let with = |entry: &Entry<'d>| -> Option<Figure<'d>> {
        let key = &entry.series.key;
        let territories: Vec<&str> = territories_of(key.jurisdiction.as_deref()?).collect();
        let is_territory = |one: &&Series| {
            one.key.jurisdiction.as_deref().is_some_and(|place| territories.contains(&place))
                && SeriesKey { jurisdiction: key.jurisdiction.clone(), ..one.key.clone() } == *key
        };
        let alike = dataset.series_about(&key.publisher, &key.subject).iter().filter(is_territory);
        let figures: Vec<Figure<'_>> = alike
            .flat_map(|series| entries(dataset, series, period))
            .filter(|one| one.document == entry.document)
            .map(|one| one.figure)
            .collect();
        if figures.is_empty() { None } else { Figure::sum([entry.figure.clone()].into_iter().chain(figures)) }
    };
    let covers = names(dataset, &[second], period);
    let reading = |scope, first, second| Reading { scope, first, second, covers: covers.clone() };
    let left = with(first).map(|figure| reading(Scope::FirstWithTerritories, figure, second.figure.clone()));
    let right =
        with(second).map(|figure| reading(Scope::SecondWithTerritories, first.figure.clone(), figure));
    left.into_iter().chain(right).collect()
}
