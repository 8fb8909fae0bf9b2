//! What findings about releases have in common beneath their message.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::diag::{Change as Figure, Finding, quantity_of};
use crate::history::words::{change_in_words, figure_name};
use crate::history::{Change, Statement};
use crate::model::Registry;

/// Changes that a finding names.
const NAMED: usize = 3;
/// Adds the largest changes, a line each; they come the largest first.
pub fn name_largest(mut finding: Finding, registry: &Registry, changes: &[Change<'_>]) -> Finding {
    for change in changes.iter().take(NAMED) {
        let name = figure_name(registry, change.key, change.period());
        finding = finding.note("largest", format!("{name}: {}", change_in_words(change)));
    }
    if changes.len() > NAMED {
        finding = finding
            .note("others", format!("{} in the evidence", quantity_of(changes.len() - NAMED, "more change")));
    }
    finding
}

/// All changes as evidence.
pub fn figures(registry: &Registry, changes: &[Change<'_>]) -> Vec<Figure> {
    let figure = |change: &Change<'_>| Figure {
        name: figure_name(registry, change.key, change.period()),
        from: change.old.quantity.point(),
        to: change.new.quantity.point(),
    };
    changes.iter().map(figure).collect()
}

/// All figures of one side as evidence.
pub fn figures_of(registry: &Registry, statements: &[Statement<'_>]) -> Vec<Figure> {
    let figure = |one: &Statement<'_>| Figure {
        name: figure_name(registry, one.key, one.observation.period),
        from: one.observation.quantity.point(),
        to: None,
    };
    statements.iter().map(figure).collect()
}

/// A share as a percentage with one decimal, for a table.
pub fn percentage(share: f64) -> Option<Decimal> {
    Decimal::from_f64((share * 1000.0).round() / 10.0).map(|one| one.normalize())
}
