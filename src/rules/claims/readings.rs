//! Other ways to read a claim: in another unit, for a neighbouring period, of another base.
//!
//! These are tried only where the stated reading does not hold. They come in the order of how far they depart from it,
//! so that the first that fits is the nearest.

use std::collections::BTreeSet;

use super::select::Index;
use crate::model::{ClaimTerm, Expression, Function, Operation, Selection};
use crate::rules::linked::are_linked;

/// What a reading changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Departure {
    pub unit: bool,
    pub period: bool,
    pub base: bool,
}

impl Departure {
    /// How many things it changes.
    pub fn size(self) -> usize {
        [self.unit, self.period, self.base].into_iter().filter(|changed| *changed).count()
    }
}

/// Another reading.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    pub departure: Departure,
    pub expression: Expression,
}

/// The metrics that an expression names.
pub(super) fn metrics(expression: &Expression) -> BTreeSet<&str> {
    let selections = expression.selections();
    selections.into_iter().filter_map(|one| one.metric.as_ref()).map(|term| term.text.as_str()).collect()
}

/// Every other reading, the nearest first; periods are moved by at most `steps`.
pub(super) fn alternatives(index: &Index<'_>, expression: &Expression, steps: i16) -> Vec<Alternative> {
    let mut all = Vec::new();
    for (unit, in_unit) in choices(expression, in_other_units(index, expression)) {
        for (period, in_period) in choices(&in_unit, in_other_periods(&in_unit, steps)) {
            for (base, expression) in choices(&in_period, of_other_bases(index, &in_period)) {
                all.push(Alternative { departure: Departure { unit, period, base }, expression });
            }
        }
    }
    all.retain(|one| one.departure != Departure::default());
    all.sort_by_key(|one| one.departure.size());
    all
}

/// An expression as it is, and its changed forms.
fn choices(unchanged: &Expression, changed: Vec<Expression>) -> Vec<(bool, Expression)> {
    let changed = changed.into_iter().filter(|one| one != unchanged).map(|one| (true, one));
    std::iter::once((false, unchanged.clone())).chain(changed).collect()
}

/// In every linked metric, and in the same metric without a category: images are files of one kind.
fn in_other_units(index: &Index<'_>, expression: &Expression) -> Vec<Expression> {
    let registry = &index.dataset.registry;
    let used = metrics(expression);
    let mut all: Vec<Expression> = Vec::new();
    if expression.selections().iter().any(|one| one.category.is_some()) {
        all.push(expression.with_selections(&mut |one| Selection { category: None, ..one.clone() }));
    }
    let linked = |id: &str| used.iter().any(|metric| are_linked(registry, metric, id));
    let others = registry.metrics().map(|metric| metric.id.as_str());
    for metric in others.filter(|id| linked(id) || (used.len() > 1 && used.contains(id))) {
        all.push(in_metric(index, expression, metric));
    }
    all
}

/// The same in one metric throughout. A category stays where the metric has it too.
pub(super) fn in_metric(index: &Index<'_>, expression: &Expression, metric: &str) -> Expression {
    expression.with_selections(&mut |one| {
        let stays = |category: &ClaimTerm| index.has_category(metric, &category.text);
        let metric =
            one.metric.as_ref().map(|term| ClaimTerm { text: metric.to_owned(), location: term.location });
        Selection { metric, unit: None, category: one.category.clone().filter(stays), ..one.clone() }
    })
}

/// Some periods earlier or later. A record over many periods is not moved: it would no longer begin where it begins.
fn in_other_periods(expression: &Expression, steps: i16) -> Vec<Expression> {
    let is_movable = |one: &&Selection| {
        one.periods.is_some_and(|periods| periods.iter(3).count() < 3 && periods.moved(1).is_some())
    };
    if !expression.selections().iter().all(is_movable) {
        return Vec::new();
    }
    let nearest_first = (1..=steps).flat_map(|step| [-step, step]);
    nearest_first
        .map(|step| {
            expression.with_selections(&mut |one| {
                let periods = one.periods.and_then(|periods| periods.moved(step));
                Selection { periods, ..one.clone() }
            })
        })
        .collect()
}

/// A share of another total of the same publisher.
fn of_other_bases(index: &Index<'_>, expression: &Expression) -> Vec<Expression> {
    let rebased = |function: Function, part: &Expression, whole: &Selection| -> Vec<Expression> {
        let Some(metric) = &whole.metric else { return Vec::new() };
        let publisher = whole.publisher.as_ref().map(|term| term.text.as_str());
        let totals = index.totals(publisher, &metric.text).into_iter();
        let categories: BTreeSet<_> = totals.map(|total| total.key.category.clone()).collect();
        categories
            .into_iter()
            .map(|category| {
                let category =
                    category.map(|text| ClaimTerm { text: text.to_string(), location: metric.location });
                let whole = Selection { subject: None, company: None, category, ..whole.clone() };
                Expression::Operands(
                    function,
                    vec![part.clone(), Expression::Of(Function::Value, Box::new(whole))],
                )
            })
            .collect()
    };
    match expression {
        Expression::Operands(function @ (Function::Share | Function::Ratio), operands) => {
            match operands.as_slice() {
                [part, Expression::Of(Function::Value, whole)] => rebased(*function, part, whole),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// An expression in words: `CyberTipline reports of Meta in 2024 as a share of CyberTipline reports in 2024`.
pub(super) fn words(index: &Index<'_>, expression: &Expression) -> String {
    match expression {
        Expression::Number(number) => crate::diag::grouped(*number),
        Expression::Of(function, selection) => {
            let what = index.words(selection);
            match function {
                Function::Value => what,
                Function::Sum => format!("sum of {what}"),
                Function::Minimum => format!("lowest of {what}"),
                Function::Maximum => format!("highest of {what}"),
                Function::Change => format!("change of {what}"),
                Function::PercentChange => format!("change of {what} in per cent"),
                Function::Changes => format!("changes of {what}"),
                Function::PercentChanges => format!("changes of {what} in per cent"),
                Function::Rank => format!("rank by {what}"),
                Function::Declines => format!("declines of {what}"),
                Function::Share | Function::Ratio => what,
            }
        }
        Expression::Operands(function, operands) => {
            let part = |one| apart(words(index, one), matches!(one, Expression::Binary(..)));
            let parts: Vec<String> = operands.iter().map(part).collect();
            match (function, parts.as_slice()) {
                (Function::Share, [part, whole]) => format!("{part} as a share of {whole}"),
                (Function::Ratio, [part, whole]) => format!("{part} over {whole}"),
                (Function::Change, [first, last]) => format!("change from {first} to {last}"),
                (Function::PercentChange, [first, last]) => {
                    format!("change from {first} to {last} in per cent")
                }
                (Function::Minimum, _) => format!("lowest of {}", parts.join(", ")),
                (Function::Maximum, _) => format!("highest of {}", parts.join(", ")),
                _ => parts.join(" + "),
            }
        }
        Expression::Binary(operation, left, right) => {
            let word = match operation {
                Operation::Plus => "plus",
                Operation::Minus => "minus",
                Operation::Times => "times",
                Operation::Over => "over",
            };
            let operand = |one: &Expression, is_right| {
                let is_apart = match one {
                    Expression::Binary(inner, ..) => binds_less(*inner, *operation, is_right),
                    Expression::Operands(..) => true,
                    _ => false,
                };
                apart(words(index, one), is_apart)
            };
            format!("{} {word} {}", operand(left, false), operand(right, true))
        }
    }
}

/// Words in parentheses, where they are set apart from those around them.
fn apart(words: String, is_apart: bool) -> String {
    if is_apart { format!("({words})") } else { words }
}

/// Whether an operation within another one stands in parentheses.
fn binds_less(inner: Operation, outer: Operation, is_right: bool) -> bool {
    let is_sum = |one: Operation| matches!(one, Operation::Plus | Operation::Minus);
    let is_inverse = matches!(outer, Operation::Minus | Operation::Over);
    match (is_sum(inner), is_sum(outer)) {
        (true, false) => true,
        (false, true) => false,
        _ => is_right && is_inverse,
    }
}
