//! Registries: entities, metrics, breaks and relations. What the schema stage has refused is left out here without a second word.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::value::plain_number;

use crate::diag::Location;
use crate::load::Node;
use crate::model::{
    Alias, Break, Builder, Direction, Entity, EntityKind, Membership, Metric, Name, Period, RateOf, Relation,
    RelationKind, Scope, Term, Unit,
};
use crate::source::SourceId;

pub fn read_entities(root: Node<'_>, source: Option<SourceId>, mut add: impl FnMut(Entity)) {
    for node in items(root, "entities") {
        let Some(id) = text(node, "id") else { continue };
        let kind = match text(node, "kind").as_deref() {
            Some("brand") => EntityKind::Brand,
            Some("clearinghouse") => EntityKind::Clearinghouse,
            Some("regulator") => EntityKind::Regulator,
            _ => EntityKind::Company,
        };
        let alias = |item: Node<'_>| Alias {
            name: text(item, "name").unwrap_or_else(|| item.text().into_owned()),
            from: date(item, "from", false),
            until: date(item, "until", true),
        };
        let membership = |item: Node<'_>| {
            Some(Membership {
                parent: text(item, "id")?,
                from: date(item, "from", false),
                until: date(item, "until", true),
                same: item.get("same").and_then(Node::as_bool).unwrap_or_default(),
            })
        };
        add(Entity {
            name: text(node, "name").unwrap_or_else(|| id.clone()),
            kind,
            services: strings(node, "services"),
            aliases: items(node, "aliases").map(alias).collect(),
            parents: items(node, "parent").filter_map(membership).collect(),
            until: date(node, "until", true),
            location: location(node, source),
            id,
        });
    }
}

pub fn read_metrics(root: Node<'_>, builder: &mut Builder) {
    for node in items(root, "metrics") {
        let (Some(id), Some(unit)) =
            (text(node, "id"), text(node, "unit").and_then(|unit| Unit::parse(&unit)))
        else {
            continue;
        };
        let rate_of = node.get("rate_of").and_then(|rate| {
            Some(RateOf { numerator: text(rate, "numerator")?, denominator: text(rate, "denominator")? })
        });
        builder.registry().add_metric(Metric {
            name: text(node, "name").unwrap_or_else(|| id.clone()),
            unit,
            bounds: (bound(node, "low"), bound(node, "high")),
            at_most: strings(node, "at_most"),
            rate_of,
            linked: strings(node, "linked"),
            id,
        });
    }
}

pub fn read_breaks(root: Node<'_>, source: Option<SourceId>, builder: &mut Builder) {
    for node in items(root, "breaks") {
        let (Some(id), Some(from)) = (text(node, "id"), date(node, "from", false)) else { continue };
        let direction = match text(node, "direction").as_deref() {
            Some("up") => Direction::Up,
            Some("down") => Direction::Down,
            _ => Direction::Either,
        };
        builder.registry().add_break(Break {
            title: text(node, "title").unwrap_or_else(|| id.clone()),
            publishers: strings(node, "publishers"),
            entities: strings(node, "entities"),
            metrics: strings(node, "metrics"),
            jurisdictions: strings(node, "jurisdictions"),
            from,
            until: date(node, "until", true),
            direction,
            explanation: text(node, "explanation").unwrap_or_default(),
            source: node.get("source").and_then(|origin| text(origin, "url")),
            location: location(node, source),
            id,
        });
    }
}

pub fn read_relations(root: Node<'_>, source: Option<SourceId>, builder: &mut Builder) {
    for relation in items(root, "relations").filter_map(|node| relation(node, source)) {
        builder.registry().add_relation(relation);
    }
}

/// One relation, of a registry or of a profile.
pub fn relation(node: Node<'_>, source: Option<SourceId>) -> Option<Relation> {
    let id = text(node, "id")?;
    let named = |name: &str| node.get(name).and_then(term);
    let parts = || items(node, "parts").map(term).collect::<Option<Vec<Term>>>();
    let kind = match text(node, "kind")?.as_str() {
        "sum" => RelationKind::Sum { whole: named("whole")?, parts: parts()? },
        "union" => RelationKind::Union { whole: named("whole")?, parts: parts()? },
        "part_of" => RelationKind::PartOf { part: named("part")?, whole: named("whole")? },
        "ratio" => RelationKind::Ratio {
            rate: named("rate")?,
            numerator: named("numerator")?,
            denominator: named("denominator")?,
        },
        "order" => RelationKind::Order { lower: named("lower")?, upper: named("upper")? },
        "stock_and_flow" => RelationKind::StockAndFlow { stock: named("stock")?, flow: named("flow")? },
        "same_as" => RelationKind::SameAs {
            one: named("one")?,
            other: named("other")?,
            scope: match text(node, "scope").as_deref() {
                Some("company") => Scope::Company,
                _ => Scope::Entity,
            },
            tolerance: node.get("tolerance").and_then(plain_number).unwrap_or_default(),
        },
        _ => return None,
    };
    let title = text(node, "title").unwrap_or_else(|| id.clone());
    Some(Relation { title, kind, location: location(node, source), id })
}

fn term(node: Node<'_>) -> Option<Term> {
    let named = |name: &str| text(node, name).map(Name::from);
    Some(Term {
        metric: named("metric")?,
        publisher: named("publisher"),
        subject: named("subject"),
        category: named("category"),
        channel: named("channel"),
        detection: named("detection"),
        surface: named("surface"),
        jurisdiction: named("jurisdiction"),
    })
}

fn location(node: Node<'_>, source: Option<SourceId>) -> Option<Location> {
    Some(Location { source: source?, span: node.get("id")?.span(), cell: None })
}

fn items<'t>(node: Node<'t>, name: &str) -> impl Iterator<Item = Node<'t>> {
    node.get(name).into_iter().flat_map(Node::items)
}

fn text(node: Node<'_>, name: &str) -> Option<String> {
    node.get(name).map(|field| field.text().into_owned())
}

fn bound(node: Node<'_>, end: &str) -> Option<Decimal> {
    node.get("bounds").and_then(|bounds| bounds.get(end)).and_then(plain_number)
}

fn strings(node: Node<'_>, name: &str) -> Vec<String> {
    items(node, name).map(|item| item.text().into_owned()).collect()
}

/// A day; of a year or a month its first day, or its last where `last` is set.
fn date(node: Node<'_>, name: &str, last: bool) -> Option<Date> {
    let text = text(node, name)?;
    match Period::parse(&text) {
        Some(period) => Some(if last { period.end } else { period.start }),
        None => text.parse().ok(),
    }
}
