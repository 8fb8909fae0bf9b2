//! What the words mean: entities, metrics, documented breaks and relations.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Entities, Named, Period, Relation, SeriesKey, Unit};
use crate::diag::Location;

/// A company, brand, clearinghouse or regulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Identifier that documents use.
    pub id: String,
    /// Name in prose.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Classes of service it offers, such as `messaging`; entities that share one are peers.
    pub services: Vec<String>,
    /// Other names it has been published under.
    pub aliases: Vec<Alias>,
    /// Whom it belongs or belonged to.
    pub parents: Vec<Membership>,
    /// Last day on which it existed; open where it still does or that is not known.
    pub until: Option<Date>,
    /// Where it is defined, where a file of the user defines it.
    pub location: Option<Location>,
}

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// A company; may have brands.
    Company,
    /// A service under a name of its own.
    Brand,
    /// Receives and passes on reports.
    Clearinghouse,
    /// Supervises by law.
    Regulator,
}

/// A name that an entity has been published under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name as printed.
    pub name: String,
    /// First year or day; open where it is not known.
    pub from: Option<Date>,
    /// Last year or day; open where it is not known.
    pub until: Option<Date>,
}

/// Belonging to a parent for some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Identifier of the parent.
    pub parent: String,
    /// First day; open where it is not known.
    pub from: Option<Date>,
    /// Last day; open where it still holds.
    pub until: Option<Date>,
    /// Whether the entity is its parent under another name, and not a part of it.
    pub same: bool,
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// Identifier that documents use.
    pub id: String,
    /// Name in prose.
    pub name: String,
    /// Its unit of count.
    pub unit: Unit,
    /// Lowest and highest value it can have, where there are such.
    pub bounds: (Option<Decimal>, Option<Decimal>),
    /// Metrics that this one can never exceed, such as `appeals` for `restorations`.
    pub at_most: Vec<String>,
    /// The counts that it is a quotient of.
    pub rate_of: Option<RateOf>,
    /// Metrics that count the same events in another unit.
    pub linked: Vec<String>,
}

/// The counts behind a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateOf {
    /// Metric above the line.
    pub numerator: String,
    /// Metric below the line.
    pub denominator: String,
}

/// Which way a break moves the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// They rise.
    Up,
    /// They fall.
    Down,
    /// Either.
    Either,
}

/// A documented event that changes what is counted, or how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Identifier.
    pub id: String,
    /// What happened, in a few words.
    pub title: String,
    /// Publishers whose figures it touches; all where empty.
    pub publishers: Vec<String>,
    /// Entities whose figures it touches, with their members; all where empty.
    pub entities: Vec<String>,
    /// Metrics it touches; all where empty.
    pub metrics: Vec<String>,
    /// Jurisdictions it touches; all where empty.
    pub jurisdictions: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day, where the change was not sudden.
    pub until: Option<Date>,
    /// Which way the figures move.
    pub direction: Direction,
    /// What happened, in a sentence or two.
    pub explanation: String,
    /// Address of the publication that documents it.
    pub source: Option<String>,
    /// Where it is defined.
    pub location: Option<Location>,
}

/// Parents above an entity that are followed.
const LONGEST_CHAIN: usize = 8;

/// All known terms.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// Entities that the dataset defines.
    own: Entities,
    /// Entities that ship with candor; read when they are first asked for.
    shipped: Option<fn() -> &'static Entities>,
    metrics: BTreeMap<String, Metric>,
    breaks: Vec<Break>,
    relations: Vec<Relation>,
}

/// A country, the EU or the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jurisdiction {
    /// ISO 3166-1 alpha-2 code; `XK` and `ZZ`, which users assign themselves, for Kosovo and where the country is not
    /// known; `EU`; `worldwide`.
    pub code: &'static str,
    /// ISO 3166-1 alpha-3 code; empty where there is none.
    pub alpha_3: &'static str,
    /// Name in English.
    pub name: &'static str,
    /// Other names in use, with ` | ` between them.
    other_names: &'static str,
    /// Code of the country whose territory it is; empty where it is none.
    territory_of: &'static str,
}

impl Jurisdiction {
    /// Every name in English.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.other_names.split(" | ").filter(|name| !name.is_empty()))
    }
}

/// Every jurisdiction, by code.
pub fn jurisdictions() -> impl Iterator<Item = Jurisdiction> {
    include_str!("../../registry/jurisdictions.tsv").lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        let (code, alpha_3, name) = (cells.next()?, cells.next()?, cells.next()?);
        let (other_names, territory_of) =
            (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        Some(Jurisdiction { code, alpha_3, name, other_names, territory_of })
    })
}

/// Codes of the territories of a country that have codes of their own.
pub fn territories_of(country: &str) -> impl Iterator<Item = &'static str> {
    jurisdictions().filter(move |one| one.territory_of == country).map(|one| one.code)
}

/// The jurisdiction that a code or a name means, in any letter case.
pub fn jurisdiction(label: &str) -> Option<&'static str> {
    static CODES: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    let codes = CODES.get_or_init(|| {
        let labels = |one: Jurisdiction| {
            [one.code, one.alpha_3].into_iter().chain(one.names()).map(move |label| (label, one.code))
        };
        let all = jurisdictions().flat_map(labels).filter(|(label, _)| !label.is_empty());
        all.map(|(label, code)| (label.to_lowercase(), code)).collect()
    });
    let plain = label.trim().replace('\u{2019}', "'").to_lowercase();
    codes.get(&plain).copied()
}

/// Whether a list of a break names something; an empty one names everything.
pub fn names(list: &[String], name: &str) -> bool {
    list.is_empty() || list.iter().any(|one| one == name)
}

impl Break {
    /// Whether it touches the publisher, metric and jurisdiction of a series; whether it touches the entity, time tells.
    pub fn concerns(&self, key: &SeriesKey) -> bool {
        names(&self.publishers, &key.publisher)
            && names(&self.metrics, &key.metric)
            && names(&self.jurisdictions, key.jurisdiction.as_deref().unwrap_or("worldwide"))
    }
}

impl Registry {
    /// Puts entities behind those that are added: one that is added replaces the one of its identifier.
    #[must_use]
    pub fn with_shipped_entities(self, shipped: fn() -> &'static Entities) -> Self {
        Self { shipped: Some(shipped), ..self }
    }

    /// Adds an entity; a later one with the same identifier replaces it.
    pub fn add_entity(&mut self, entity: Entity) {
        self.own.add(entity);
    }

    /// Adds a metric; a later one with the same identifier replaces it.
    pub fn add_metric(&mut self, metric: Metric) {
        self.metrics.insert(metric.id.clone(), metric);
    }

    /// Adds a break; breaks are kept in the order of their dates.
    pub fn add_break(&mut self, new: Break) {
        self.breaks.retain(|old| old.id != new.id);
        let place = self.breaks.partition_point(|old| (old.from, &old.id) < (new.from, &new.id));
        self.breaks.insert(place, new);
    }

    /// Adds a relation; a later one with the same identifier replaces it.
    pub fn add_relation(&mut self, new: Relation) {
        self.relations.retain(|old| old.id != new.id);
        let place = self.relations.partition_point(|old| old.id < new.id);
        self.relations.insert(place, new);
    }

    /// The entity with this identifier.
    pub fn entity(&self, id: &str) -> Option<&Entity> {
        self.own.get(id).or_else(|| self.shipped?().get(id))
    }

    /// All entities: those of the dataset and then the others that ship with candor, each by identifier.
    pub fn entities(&self) -> impl Iterator<Item = &Entity> {
        let shipped = self.shipped.map(|shipped| shipped().iter()).into_iter().flatten();
        self.own.iter().chain(shipped.filter(|entity| self.own.get(&entity.id).is_none()))
    }

    /// The entities that the dataset defines.
    pub fn own_entities(&self) -> impl Iterator<Item = &Entity> {
        self.own.iter()
    }

    /// The entity that is published under a name: in a period, where it has been the name of several. The dataset's
    /// entities come first.
    pub fn entity_named(&self, name: &str, period: Option<Period>) -> Option<Named<'_>> {
        self.own.named(name, period).or_else(|| self.shipped?().named(name, period))
    }

    /// The entity that this one is under another name; itself where it is no other's name.
    pub fn identity_of<'a>(&'a self, id: &'a str, period: Period) -> &'a str {
        let mut identity = id;
        for _ in 0..LONGEST_CHAIN {
            match self.membership_in(identity, period) {
                Some(membership) if membership.same => identity = &membership.parent,
                _ => break,
            }
        }
        identity
    }

    /// The metric with this identifier.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        self.metrics.get(id)
    }

    /// All metrics by identifier.
    pub fn metrics(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.values()
    }

    /// All breaks by date.
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }

    /// All relations by identifier.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Name of an entity in prose; its identifier where it is not known.
    pub fn entity_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.entity(id).map_or(id, |entity| &entity.name)
    }

    /// Name of a metric in prose; its identifier where it is not known.
    pub fn metric_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.metric(id).map_or(id, |metric| &metric.name)
    }

    /// The parent that an entity had on the last day of a period: what was acquired during a year is listed under its
    /// new owner when the year's figures come out.
    pub fn parent_in(&self, id: &str, period: Period) -> Option<&Entity> {
        self.entity(&self.membership_in(id, period)?.parent)
    }

    fn membership_in(&self, id: &str, period: Period) -> Option<&Membership> {
        let holds = |membership: &&Membership| {
            membership.from.is_none_or(|from| from <= period.end)
                && membership.until.is_none_or(|until| until >= period.end)
        };
        self.entity(id)?.parents.iter().find(holds)
    }

    /// The company that an entity belongs to in a period, through any number of parents; itself where it has none.
    pub fn top_of<'a>(&'a self, id: &'a str, period: Period) -> &'a str {
        let mut top = id;
        // A registry may name parents in a circle; no real chain is longer than this.
        for _ in 0..LONGEST_CHAIN {
            match self.parent_in(top, period) {
                Some(parent) => top = &parent.id,
                None => break,
            }
        }
        top
    }

    /// Whether an entity is another one, or belonged to it in the period, directly or through others.
    pub fn belongs_to(&self, id: &str, ancestor: &str, period: Period) -> bool {
        let mut current = id;
        for _ in 0..LONGEST_CHAIN {
            if current == ancestor {
                return true;
            }
            match self.parent_in(current, period) {
                Some(parent) => current = &parent.id,
                None => return false,
            }
        }
        false
    }

    /// Breaks that could explain a change of a series from one period to the next: they touch its publisher, metric
    /// and jurisdiction, began between the first day of the earlier and the last day of the later period, and move
    /// figures that way. Whether they touch the entity is for the caller to say.
    pub fn breaks_between<'a>(
        &'a self,
        key: &'a SeriesKey,
        earlier: Period,
        later: Period,
        rises: bool,
    ) -> impl Iterator<Item = &'a Break> {
        self.breaks.iter().filter(move |one| {
            let in_time = one.from <= later.end && one.until.unwrap_or(one.from) > earlier.start;
            in_time
                && one.concerns(key)
                && match one.direction {
                    Direction::Up => rises,
                    Direction::Down => !rises,
                    Direction::Either => true,
                }
        })
    }
}
