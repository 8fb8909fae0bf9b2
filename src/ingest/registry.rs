//! Registries: entities, metrics and breaks. What the schema stage has refused is left out here without a second word.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::value::plain_number;

use crate::diag::Location;
use crate::load::Node;
use crate::model::{
    Alias, Break, Builder, Direction, Entity, EntityKind, Membership, Metric, Period, RateOf, Unit,
};
use crate::source::SourceId;

pub fn read_entities(root: Node<'_>, source: Option<SourceId>, builder: &mut Builder) {
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
            })
        };
        builder.registry().add_entity(Entity {
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
