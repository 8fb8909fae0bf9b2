//! Constraints of a field: what values of its type must be beyond that.

use std::cmp::Ordering;

use regex::{Regex, RegexBuilder};

use super::field::{Field, Type, Value};
use crate::diag::{Location, listing};
use crate::load::{Kind, Node};
use crate::model::parse_number;

/// Most bytes of a compiled pattern: packages may come from strangers.
const PATTERN_LIMIT: usize = 1 << 20;
/// How many of the allowed values a message names.
const VALUES_SHOWN: usize = 8;

/// A constraint and where it is stated.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// Where.
    pub at: Location,
    /// What it demands.
    pub demand: Demand,
}

/// What a constraint demands.
#[derive(Debug, Clone)]
pub enum Demand {
    /// That there is a value.
    Required,
    /// That no value stands twice. This takes more than one cell to see.
    Unique,
    /// A least number of characters.
    MinLength(usize),
    /// A greatest number of characters.
    MaxLength(usize),
    /// A bound, as it is printed.
    Bound(Side, Value, String),
    /// That a pattern fits the whole text.
    Pattern(Regex, String),
    /// One of some values, as they are printed.
    OneOf(Vec<Value>, Vec<String>),
}

/// On which side of a bound values must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// On it or above.
    AtLeast,
    /// On it or below.
    AtMost,
    /// Above it.
    Above,
    /// Below it.
    Below,
}

impl Side {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::AtLeast => order.is_ge(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::Below => order.is_lt(),
        }
    }
}

impl Constraint {
    /// Reads a constraint of a field; `None` where it demands nothing or is none that concerns cells.
    ///
    /// # Errors
    /// Why it cannot be held against values.
    pub fn read(name: &str, node: Node<'_>, field: &Field, at: Location) -> Result<Option<Self>, String> {
        let length = || node.text().parse().ok();
        let bound = |side: Side| {
            let value = value_of(node, field).filter(|value| value.order(value).is_some());
            let why = || format!("`{name}` of `{}` is not {}", field.name, field.expected());
            let demand = |value| Some(Demand::Bound(side, value, node.text().into_owned()));
            value.map(demand).ok_or_else(why)
        };
        let is_true = node.as_bool() == Some(true);
        let demand = match name {
            "required" => is_true.then_some(Demand::Required),
            "unique" => is_true.then_some(Demand::Unique),
            "minLength" => length().map(Demand::MinLength),
            "maxLength" => length().map(Demand::MaxLength),
            "minimum" => bound(Side::AtLeast)?,
            "maximum" => bound(Side::AtMost)?,
            "exclusiveMinimum" => bound(Side::Above)?,
            "exclusiveMaximum" => bound(Side::Below)?,
            "pattern" => Some(pattern(&node.text())?),
            "enum" => {
                let values: Vec<Option<Value>> = node.items().map(|item| value_of(item, field)).collect();
                if let Some((_, item)) = values.iter().zip(node.items()).find(|(value, _)| value.is_none()) {
                    return Err(format!(
                        "`{}` among the values allowed for `{}` is not {}",
                        item.text(),
                        field.name,
                        field.expected()
                    ));
                }
                let texts = node.items().map(|item| item.text().into_owned()).collect();
                Some(Demand::OneOf(values.into_iter().flatten().collect(), texts))
            }
            _ => None,
        };
        Ok(demand.map(|demand| Self { at, demand }))
    }

    /// What is wrong with a value and what is expected; `None` where the constraint holds.
    pub fn violated_by(&self, value: &Value, text: &str) -> Option<(String, String)> {
        let length = || text.chars().count();
        match &self.demand {
            Demand::Required | Demand::Unique => None,
            Demand::MinLength(least) if length() < *least => {
                Some((format!("has {} characters", length()), format!("{least} or more characters")))
            }
            Demand::MaxLength(most) if length() > *most => {
                Some((format!("has {} characters", length()), format!("{most} characters or fewer")))
            }
            Demand::Bound(side, bound, printed) => {
                let holds = value.order(bound).is_none_or(|order| side.holds(order));
                let (what, expected) = match side {
                    Side::AtLeast => ("is below", "or more"),
                    Side::AtMost => ("is above", "or less"),
                    Side::Above => ("is not above", "exclusive"),
                    Side::Below => ("is not below", "exclusive"),
                };
                (!holds).then(|| (format!("{what} {printed}"), format!("{printed} {expected}")))
            }
            Demand::Pattern(pattern, printed) if !pattern.is_match(text) => Some((
                format!("does not match the pattern `{printed}`"),
                format!("text that matches `{printed}`"),
            )),
            Demand::OneOf(values, texts) if !values.contains(value) => {
                let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
                Some((
                    "is none of the values allowed".to_owned(),
                    format!("one of {}", listing(&texts, VALUES_SHOWN)),
                ))
            }
            _ => None,
        }
    }

    /// Its name in the standard.
    pub const fn name(&self) -> &'static str {
        match &self.demand {
            Demand::Required => "required",
            Demand::Unique => "unique",
            Demand::MinLength(_) => "minLength",
            Demand::MaxLength(_) => "maxLength",
            Demand::Bound(Side::AtLeast, ..) => "minimum",
            Demand::Bound(Side::AtMost, ..) => "maximum",
            Demand::Bound(Side::Above, ..) => "exclusiveMinimum",
            Demand::Bound(Side::Below, ..) => "exclusiveMaximum",
            Demand::Pattern(..) => "pattern",
            Demand::OneOf(..) => "enum",
        }
    }
}

/// A value in the package: a number of JSON, or a text as cells write it.
fn value_of(node: Node<'_>, field: &Field) -> Option<Value> {
    match (node.kind(), field.kind) {
        (Kind::Number, Type::Integer | Type::Number | Type::Year) => {
            parse_number(&node.text()).ok().map(Value::Number)
        }
        (Kind::Bool, Type::Boolean) => node.as_bool().map(Value::Truth),
        (Kind::Object | Kind::Array, _) => field.value(node.source_text()),
        _ => field.value(&node.text()),
    }
}

/// A pattern as XML Schema has it, for the whole text; it runs in linear time.
fn pattern(text: &str) -> Result<Demand, String> {
    let regex = RegexBuilder::new(&format!("^(?:{text})$")).size_limit(PATTERN_LIMIT).build();
    match regex {
        Ok(regex) => Ok(Demand::Pattern(regex, text.to_owned())),
        Err(regex::Error::CompiledTooBig(_)) => Err("this pattern is too large to be used".to_owned()),
        Err(_) => Err(format!(
            "`{text}` cannot be read as a regular expression; look-around and back-references are none"
        )),
    }
}
