//! Levels, selection and parameters of rules.

use super::{Faults, strings};
use crate::diag::{Level, closest};
use crate::engine::Plan;
use crate::load::Node;
use crate::model::Period;
use crate::rule::{Rule, Selector};
use crate::rules::{RULES, find};
use crate::source::Span;

/// Reads `[rules]` and `[[override]]`.
pub(super) fn plan(root: Node<'_>, faults: &mut Faults<'_>) -> Plan {
    let mut plan = Plan::default();
    if let Some(rules) = root.get("rules") {
        select(rules, &mut plan, faults);
        for member in rules.get("levels").into_iter().flat_map(Node::members) {
            for rule in named(&member.key, member.key_span, faults) {
                plan.policy.set_level(rule, None, level(member.value));
            }
        }
        for member in rules.get("parameters").into_iter().flat_map(Node::members) {
            for rule in named(&member.key, member.key_span, faults) {
                set_parameters(rule, member.value, None, &mut plan, faults);
            }
        }
    }
    for node in root.get("override").into_iter().flat_map(Node::items) {
        override_one(node, &mut plan, faults);
    }
    plan
}

fn select(rules: Node<'_>, plan: &mut Plan, faults: &mut Faults<'_>) {
    let all_named = |name: &str, faults: &mut Faults<'_>| -> Vec<&'static Rule> {
        strings(rules, name).flat_map(|(word, span)| named(&word, span, faults)).collect()
    };
    let selected = all_named("select", faults);
    let ignored = all_named("ignore", faults);
    for rule in RULES {
        let is_in = |list: &[&Rule]| list.iter().any(|one| one.id == rule.id);
        if (rules.get("select").is_some() && !is_in(&selected)) || is_in(&ignored) {
            plan.policy.turn_off(rule);
        }
    }
}

fn override_one(node: Node<'_>, plan: &mut Plan, faults: &mut Faults<'_>) {
    let Some(word) = node.get("rule") else { return };
    let selector = selector(node, faults);
    for rule in named(&word.text(), word.span(), faults) {
        if let Some(value) = node.get("level") {
            plan.policy.set_level(rule, Some(selector.clone()), level(value));
        }
        if let Some(values) = node.get("parameters") {
            set_parameters(rule, values, Some(&selector), plan, faults);
        }
    }
}

pub(super) fn selector(node: Node<'_>, faults: &mut Faults<'_>) -> Selector {
    let text = |name: &str| node.get(name).map(|node| node.text().into_owned());
    let period = node.get("period").and_then(|node| {
        let range = period_range(&node.text());
        if range.is_none() {
            faults
                .add(
                    node.span(),
                    "override/period",
                    format!("`{}` is no period", node.text()),
                    "a period, or two with `..` between",
                )
                .notes
                .push(crate::diag::Note {
                    kind: "help",
                    text: "write 2024, 2024-Q3 or 2020..2023".to_owned(),
                });
        }
        range
    });
    Selector {
        publisher: text("publisher"),
        entity: text("entity"),
        metric: text("metric"),
        category: text("category"),
        jurisdiction: text("jurisdiction"),
        period,
    }
}

fn period_range(text: &str) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    Some((Period::parse(first)?.start, Period::parse(last)?.end))
}

/// The rules that a word names: a code, a name, a family (`TR3`) or `ALL`.
pub(super) fn named(word: &str, span: Span, faults: &mut Faults<'_>) -> Vec<&'static Rule> {
    let found: Vec<&'static Rule> = RULES.iter().copied().filter(|rule| rule.is_named(word)).collect();
    if found.is_empty() {
        let names: Vec<&str> = RULES.iter().flat_map(|rule| [rule.id.name, rule.id.code]).collect();
        let close = closest(word, names).and_then(find);
        let help = match close {
            Some(rule) => format!("did you mean `{}` ({})?", rule.id.name, rule.id.code),
            None => "`candor rules` lists them".to_owned(),
        };
        let finding = faults.add(
            span,
            "rules",
            format!("there is no rule `{word}`"),
            "no code, name or family of a rule",
        );
        finding.notes.push(crate::diag::Note { kind: "help", text: help });
    }
    found
}

fn level(node: Node<'_>) -> Option<Level> {
    match &*node.text() {
        "error" => Some(Level::Error),
        "warning" => Some(Level::Warning),
        "note" => Some(Level::Note),
        _ => None,
    }
}

fn set_parameters(
    rule: &Rule,
    values: Node<'_>,
    selector: Option<&Selector>,
    plan: &mut Plan,
    faults: &mut Faults<'_>,
) {
    for member in values.members() {
        let Ok(value) = member.value.text().parse::<f64>() else { continue };
        if let Err(why) = plan.settings.set(rule, &member.key, selector.cloned(), value) {
            let is_known = rule.parameters.iter().any(|one| one.name == member.key);
            let span = if is_known { member.value.span() } else { member.key_span };
            faults.add(span, "rules/parameters", why, "");
        }
    }
}
