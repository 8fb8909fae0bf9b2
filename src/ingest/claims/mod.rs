//! Claims files: who said what of the figures, and the expressions that it should equal.
//!
//! What holds for a whole file (`defaults`) or a claim (`unit`, `period`) is written into every selection of its
//! expressions here. A fault in an expression points at the word in the file.

mod grammar;
mod resolve;

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;

use self::grammar::Fault;
use self::resolve::{Scope, resolve};
use super::Reader;
use super::value::plain_number;
use crate::diag::{Location, closest};
use crate::load::{Node, Tree};
use crate::model::{
    Bound, Claim, ClaimSource, ClaimTerm, Expression, Periods, ProblemKind, Quantity, Reading, Selection,
    Stated, Unit,
};
use crate::schema::Violation;
use crate::source::Span;

impl Reader<'_> {
    pub(super) fn read_claims(&mut self, tree: &Tree<'_>, root: Node<'_>, violations: Vec<Violation>) {
        self.schema_problems(violations);
        self.duplicate_keys(tree, |_| false);
        let defaults = root.get("defaults").map(|node| self.selection(node)).unwrap_or_default();
        let mut known: BTreeMap<String, Span> = BTreeMap::new();
        for node in items(root, "sources") {
            let source = self.builder.claim_source(ClaimSource {
                id: text(node, "id").unwrap_or_default(),
                publisher: text(node, "publisher").unwrap_or_default(),
                published: text(node, "published"),
                path: self.source.path.clone(),
            });
            let ids: Vec<String> = items(node, "claims").filter_map(|claim| text(claim, "id")).collect();
            for claim in items(node, "claims") {
                let Some(id) = claim.get("id") else { continue };
                if let Some(first) = known.insert(id.text().into_owned(), id.span()) {
                    self.repeated_claim(id, first);
                    continue;
                }
                if let Some(claim) = self.claim(claim, source, &defaults, &ids) {
                    self.builder.claim(claim);
                }
            }
        }
    }

    fn repeated_claim(&mut self, id: Node<'_>, first: Span) {
        let message = format!("the claim `{}` stands twice; the first is used", id.text());
        let mut problem = self.problem(ProblemKind::Schema, id.span(), message);
        "again".clone_into(&mut problem.label);
        problem.related = vec![(self.location(first), "first".to_owned())];
        self.builder.problem(problem);
    }

    fn claim(
        &mut self,
        node: Node<'_>,
        source: usize,
        defaults: &Selection,
        ids: &[String],
    ) -> Option<Claim> {
        let id = node.get("id")?;
        let unit = node.get("unit").and_then(|unit| Unit::parse(&unit.text()));
        let periods = node.get("period").and_then(|period| self.periods(period));
        let scope = Selection { unit, periods, ..defaults.clone() };
        // The unit is that of the number; what else it is computed from may be counted in others.
        let of_others = Selection { unit: None, ..scope.clone() };
        let reading = match (node.get("expression"), text(node, "not_expressible")) {
            (Some(expression), _) => {
                self.expression(expression, &scope).map_or(Reading::Faulty, Reading::Expression)
            }
            (None, Some(why)) => Reading::Inexpressible(why),
            (None, None) => Reading::Inexpressible(match text(node, "restates") {
                Some(other) => format!("it gives the figure of claim {other} again"),
                None => "it gives no expression".to_owned(),
            }),
        };
        let other_readings = items(node, "other_readings")
            .filter_map(|other| {
                Some((text(other, "reading")?, self.expression(other.get("expression")?, &of_others)?))
            })
            .collect();
        let stated = node.get("stated");
        let value = stated.and_then(|stated| stated.members().find(|one| one.key != "rounded_to"));
        Some(Claim {
            id: id.text().into_owned(),
            source,
            says: text(node, "says").unwrap_or_default(),
            stated: stated.and_then(stated_value),
            unit,
            periods,
            base: text(node, "base"),
            reading,
            other_readings,
            bound: node.get("bound").and_then(|bound| self.bound(bound, &of_others)),
            restates: node.get("restates").and_then(|other| self.restated(other, ids)),
            location: self.location(id.span()),
            value_location: self.location(value.map_or(id.span(), |one| one.value.span())),
        })
    }

    fn bound(&mut self, node: Node<'_>, scope: &Selection) -> Option<Bound> {
        let (is_least, expression) =
            node.get("at_least").map(|one| (true, one)).or_else(|| Some((false, node.get("at_most")?)))?;
        let because = text(node, "because").unwrap_or_default();
        Some(Bound { is_least, expression: self.expression(expression, scope)?, because })
    }

    fn restated(&mut self, node: Node<'_>, ids: &[String]) -> Option<ClaimTerm> {
        let term = self.term(node);
        if ids.contains(&term.text) {
            return Some(term);
        }
        let message = format!("no claim of this source is called `{}`", term.text);
        let mut problem = self.problem(ProblemKind::Schema, node.span(), message);
        problem.help = closest(&term.text, ids.iter().map(String::as_str))
            .map(|known| format!("did you mean `{known}`?"));
        self.builder.problem(problem);
        None
    }

    /// The expression in a value; what is wrong with it becomes a problem.
    fn expression(&mut self, node: Node<'_>, defaults: &Selection) -> Option<Expression> {
        // A bare number is no text in YAML and JSON.
        let text = node.text().into_owned();
        let source = self.input.source;
        let place = |range| Location { source, span: span_within(node, range), cell: None };
        let read = grammar::read(&text, self.limits)
            .and_then(|raw| resolve(raw, &Scope { defaults, place: &place }));
        read.map_err(|Fault { range, message, help }| {
            let mut problem = self.problem(
                ProblemKind::Schema,
                span_within(node, range),
                format!("in an expression: {message}"),
            );
            "here".clone_into(&mut problem.label);
            problem.help = help;
            self.builder.problem(problem);
        })
        .ok()
    }

    fn selection(&mut self, node: Node<'_>) -> Selection {
        let term = |name: &str| node.get(name).map(|one| self.term(one));
        Selection {
            publisher: term("publisher"),
            subject: term("subject"),
            company: term("company"),
            metric: term("metric"),
            unit: None,
            category: term("category"),
            jurisdiction: term("jurisdiction"),
            periods: None,
        }
    }

    fn term(&self, node: Node<'_>) -> ClaimTerm {
        ClaimTerm { text: node.text().into_owned(), location: self.location(node.span()) }
    }

    /// The periods in a value. What looks like none to the schema is reported by it.
    fn periods(&mut self, node: Node<'_>) -> Option<Periods> {
        let text = node.text();
        let periods = Periods::parse(&text);
        if periods.is_none() && text.contains("..") {
            let message = format!("`{text}` is no range of periods of one frequency");
            let problem = self.problem(ProblemKind::Schema, node.span(), message);
            self.builder.problem(problem);
        }
        periods
    }
}

fn items<'t>(node: Node<'t>, name: &str) -> impl Iterator<Item = Node<'t>> {
    node.get(name).into_iter().flat_map(Node::items)
}

fn text(node: Node<'_>, name: &str) -> Option<String> {
    node.get(name).map(|field| field.text().into_owned())
}

fn stated_value(node: Node<'_>) -> Option<Stated> {
    let number = |name: &str| node.get(name).and_then(plain_number);
    let about =
        |value| Stated::About(Quantity::rounded(value, number("rounded_to").unwrap_or(Decimal::ZERO)));
    number("value")
        .map(about)
        .or_else(|| number("at_least").map(Stated::AtLeast))
        .or_else(|| number("more_than").map(Stated::MoreThan))
        .or_else(|| number("at_most").map(Stated::AtMost))
        .or_else(|| number("less_than").map(Stated::LessThan))
}

/// Where some bytes of a text stand in the file. Quotes, and line breaks that the format folds, make the text differ
/// from what is written; where more does, such as escapes, the whole value is meant.
fn span_within(node: Node<'_>, range: Range<usize>) -> Span {
    let (text, whole, written) = (node.text(), node.span(), node.source_text());
    let quote = usize::from(node.is_quoted());
    // A block of text in YAML begins with a line of its own.
    let is_block = written.starts_with(['>', '|']);
    let before = if is_block { written.find('\n').map_or(0, |end| end + 1) } else { quote };
    let inner = written.get(before..written.len().saturating_sub(quote)).unwrap_or_default();
    let visible = |text: &str| -> Vec<(usize, char)> {
        text.char_indices().filter(|(_, letter)| !letter.is_whitespace()).collect()
    };
    let (of_text, of_file) = (visible(&text), visible(inner));
    if !of_text.iter().map(|one| one.1).eq(of_file.iter().map(|one| one.1)) {
        return whole;
    }
    let end_of = |(at, letter): &(usize, char)| at + letter.len_utf8();
    let first = of_text.partition_point(|(at, _)| *at < range.start);
    let last = of_text.partition_point(|(at, _)| *at < range.end).max(first);
    let all = of_file.last().map_or(0, end_of);
    let start = of_file.get(first).map_or(all, |one| one.0);
    let end = if last > first { of_file.get(last - 1).map_or(all, end_of) } else { start };
    let offset = whole.start + before as u32;
    Span::new(offset + start as u32, offset + end as u32)
}
