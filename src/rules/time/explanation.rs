//! Which documented breaks cover a change.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::change::Shape;
use crate::diag::{Explanation, Finding, State};
use crate::model::{Break, Dataset, Observation, Period, Series};
use crate::rules::members::{Members, Part};
use crate::stats::contribution::gross;

/// A member's break explains an aggregate where the member accounts for this share of all falls, or of all rises.
const SHARE_THAT_EXPLAINS: f64 = 0.1;

/// Says of a finding that documented breaks explain it, where there are any.
pub fn explain_by(finding: &mut Finding, breaks: &[&Break]) {
    let explanation = |one: &&Break| Explanation {
        by: one.id.clone(),
        text: one.explanation.clone(),
        source: one.source.clone(),
    };
    if !breaks.is_empty() {
        finding.state = State::Explained { by: breaks.iter().map(explanation).collect() };
    }
}

/// Breaks that touch the series, or a member that accounts for much of the change, move figures the same way, and
/// began between the two periods. Where the series comes back, only what ended in time explains that.
pub fn covering_breaks<'d>(
    dataset: &'d Dataset,
    members: &Members<'d>,
    series: &'d Series,
    before: &'d Observation,
    at: &'d Observation,
    shape: Shape,
) -> Vec<&'d Break> {
    let rises = at.quantity.point() > before.quantity.point();
    let mut breaks = breaks_of_step(dataset, members, series, [before.period, at.period], rises);
    breaks.retain(|one| shape == Shape::Step || one.until.is_some_and(|until| until <= at.period.end));
    breaks
}

/// Breaks that cover a rise or a fall of a series, or of what it is made of, from one period to the next.
pub fn breaks_of_step<'d>(
    dataset: &'d Dataset,
    members: &Members<'d>,
    series: &'d Series,
    [before, at]: [Period; 2],
    rises: bool,
) -> Vec<&'d Break> {
    let registry = &dataset.registry;
    let key = &series.key;
    let mut breaks: Vec<&Break> = registry.breaks_between(key, before, at, rises).collect();
    if breaks.is_empty() {
        return breaks;
    }
    let parts = members.parts(series, before, at);
    let touches_member = |entity: &str| {
        parts.iter().any(|part| {
            share_of_gross(part, &parts) >= SHARE_THAT_EXPLAINS
                && (part.change() > Decimal::ZERO) == rises
                && (part.entity == entity || registry.belongs_to(entity, &part.entity, at))
        })
    };
    let touches = |entity: &str| {
        [before, at].into_iter().any(|period| registry.belongs_to(&key.subject, entity, period))
            || touches_member(entity)
    };
    breaks.retain(|one| one.entities.is_empty() || one.entities.iter().any(|entity| touches(entity)));
    breaks
}

/// A member's part of all falls, or of all rises.
pub fn share_of_gross(part: &Part, parts: &[Part]) -> f64 {
    let own = part.change().to_f64().unwrap_or_default();
    let gross = gross(parts.iter().filter_map(|part| part.change().to_f64()));
    own / if own < 0.0 { gross.falls } else { gross.rises }
}
