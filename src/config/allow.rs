//! `[[allow]]`: findings that somebody has accepted.

use super::Faults;
use super::rules::{named, selector};
use crate::diag::Location;
use crate::load::Node;
use crate::suppress::Allow;

/// Reads every entry.
pub(super) fn entries(root: Node<'_>, faults: &mut Faults<'_>) -> Vec<Allow> {
    root.get("allow").into_iter().flat_map(Node::items).map(|node| entry(node, faults)).collect()
}

fn entry(node: Node<'_>, faults: &mut Faults<'_>) -> Allow {
    let text = |name: &str| node.get(name).map(|field| field.text().trim().to_owned());
    let rules = node.get("rule").map(|word| named(&word.text(), word.span(), faults)).unwrap_or_default();
    let until = node.get("until").and_then(|field| {
        let day = field.text().parse().ok();
        if day.is_none() {
            let message = format!("`{}` is no day", field.text());
            faults.add(field.span(), "allow/until", message, "write YYYY-MM-DD");
        }
        day
    });
    let place = node.get("rule").or_else(|| node.get("fingerprint")).unwrap_or(node);
    Allow {
        rules: rules.iter().map(|rule| rule.id).collect(),
        selector: selector(node, faults),
        fingerprint: text("fingerprint"),
        within: None,
        reason: text("reason").filter(|reason| !reason.is_empty()),
        source: text("source"),
        by: text("by"),
        until,
        location: Location { source: faults.source, span: place.span(), cell: None },
    }
}
